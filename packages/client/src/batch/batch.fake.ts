import { defineConfig } from '@aoai/config';
import { OpenAI } from 'openai';
import type { Batch } from 'openai/resources/batches';
import { batchRunner } from './batch.ts';
import type { BatchRunner } from './batch.ts';
import { untilAborted } from '../waiting/until-aborted.ts';

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    bulk: { resource: 'sweden', deployment: 'bulk', model: 'gpt-4.1', sku: 'GlobalBatch' },
    abroad: { resource: 'sweden', deployment: 'abroad', model: 'gpt-4.1', sku: 'GlobalBatch' },
  },
});

const breach = { target: 'abroad', policy: 'processing', reason: 'It is abroad.' };

/** What the service says of a batch at one look. */
export type BatchState = Partial<Omit<Batch, 'id' | 'metadata'>>;

/** A batch engine in memory: what becomes of each file and of each batch is given, look for look. */
export interface BatchEngine {
  readonly runner: BatchRunner<'bulk' | 'abroad'>;
  readonly closing: AbortController;
  /** The batches, the newest last. Those that are here before a run were made by another process. */
  readonly batches: {
    id: string;
    created_at: number;
    metadata: Record<string, string> | null;
    states: BatchState[];
  }[];
  /** Method and path, query and time of each request. */
  readonly asked: { what: string; search: string; atMs: number }[];
  /** The files as they were uploaded. */
  readonly uploads: { name: string; type: string; purpose: unknown; text: string }[];
  /** The states of each file at each look; the last one stays. */
  readonly fileStates: string[];
  /** The states of each batch that is made, at each look; the last one stays. */
  states: (made: number) => BatchState[];
  /** Method and path of what is never answered. */
  held: string | undefined;
  /** What is refused, by method and path: status and words, one for each time. A batch goes on to its next state then. */
  readonly refusals: Record<string, [status: number, message: string][]>;
}

/** An engine whose files are processed, where the policy forbids `abroad`, and whose batches complete at the first look. */
export function batchEngine(): BatchEngine {
  const closing = new AbortController();
  const looks = new Map<string, number>();
  const engine: BatchEngine = {
    runner: batchRunner(config, {
      sdkFor: () => new OpenAI({ apiKey: 'key', baseURL: 'https://engine', fetch: answer, maxRetries: 0 }),
      targets: new Map([
        ['bulk', { forbidden: undefined }],
        ['abroad', { forbidden: breach }],
      ]),
      closing: closing.signal,
      permit: (request) => request,
    }),
    closing,
    batches: [],
    asked: [],
    uploads: [],
    fileStates: ['processed'],
    states: () => [{ status: 'in_progress' }, { status: 'completed' }],
    held: undefined,
    refusals: {},
  };

  async function answer(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const { pathname, search, protocol } = new URL(url instanceof Request ? url.url : url);
    // The SDK finds out first whether this `fetch` takes forms.
    if (protocol === 'data:') return new Response();
    const what = `${init.method ?? 'GET'} ${pathname}`;
    engine.asked.push({ what, search, atMs: Date.now() });
    if (what === engine.held) await untilAborted(new Promise(() => undefined), init.signal ?? closing.signal);
    const [status, message] = engine.refusals[what]?.shift() ?? [200];
    if (status !== 200) {
      present(idIn(what));
      return Response.json({ error: { code: 'refused', message } }, { status });
    }
    return Response.json(await stateOf(what, init));
  }

  async function stateOf(what: string, { body }: RequestInit): Promise<object> {
    const id = idIn(what);
    if (what === 'POST /files') {
      const form = body as FormData;
      const file = form.get('file') as File;
      const made = `file_${engine.uploads.length}`;
      const { name, type } = file;
      engine.uploads.push({ name, type, purpose: form.get('purpose'), text: await file.text() });
      looks.set(made, 0);
      return { id: made, object: 'file', status: 'uploaded' };
    }
    const look = looks.get(id);
    if (look !== undefined) {
      looks.set(id, look + 1);
      return { id, object: 'file', status: lookAt(engine.fileStates, look) };
    }
    if (what === 'POST /batches') {
      const { metadata } = JSON.parse(body as string) as { metadata: Record<string, string> };
      const made = engine.batches.length;
      const created = Math.floor(Date.now() / 1_000);
      engine.batches.push({
        id: `batch_${made}`,
        created_at: created,
        metadata,
        states: engine.states(made),
      });
      return present(`batch_${made}`);
    }
    if (id !== '') return present(id);
    const data = engine.batches.map((batch) => present(batch.id, false)).reverse();
    return { object: 'list', data, has_more: false };
  }

  /** The state of a batch; each look but one at the list shows the next. */
  function present(id: string, isLook = true): object {
    const batch = engine.batches.find((each) => each.id === id);
    if (batch === undefined) return {};
    const { states, ...rest } = batch;
    const [state] = states;
    if (isLook && states.length > 1) states.shift();
    return { object: 'batch', ...rest, ...state };
  }

  return engine;
}

function idIn(what: string): string {
  return /\/((?:file|batch)_\d+)/.exec(what)?.[1] ?? '';
}

function lookAt(states: readonly string[], look: number): string | undefined {
  return states[Math.min(look, states.length - 1)];
}
