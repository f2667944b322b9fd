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
  },
});

/** What the service says of a batch at one look. */
export type BatchState = Partial<Omit<Batch, 'id' | 'metadata'>>;

/** A batch engine in memory: what becomes of each file and of each batch is given, look for look. */
export interface BatchEngine {
  readonly runner: BatchRunner<'bulk'>;
  readonly closing: AbortController;
  /** The batches, the newest last. Those that are here before a run were made by another process. */
  readonly batches: {
    id: string;
    created_at: number;
    metadata: Record<string, string>;
    states: BatchState[];
  }[];
  /** Method, path and time of each request. */
  readonly asked: { what: string; atMs: number }[];
  /** The states of each file at each look; the last one stays. */
  readonly fileStates: string[];
  /** The states of each batch that is made, at each look; the last one stays. */
  states: (made: number) => BatchState[];
  /** Method and path of what is never answered. */
  held: string | undefined;
}

/** An engine whose files are processed, and whose batches complete at the first look. */
export function batchEngine(): BatchEngine {
  const closing = new AbortController();
  const files = new Map<string, { text: string; looks: number }>();
  const engine: BatchEngine = {
    runner: batchRunner(config, {
      sdkFor: () => new OpenAI({ apiKey: 'key', baseURL: 'https://engine', fetch: answer, maxRetries: 0 }),
      targets: new Map(),
      closing: closing.signal,
      permit: (request) => request,
    }),
    closing,
    batches: [],
    asked: [],
    fileStates: ['processed'],
    states: () => [{ status: 'in_progress' }, { status: 'completed' }],
    held: undefined,
  };

  async function answer(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const { pathname, protocol } = new URL(url instanceof Request ? url.url : url);
    // The SDK finds out first whether this `fetch` takes forms.
    if (protocol === 'data:') return new Response();
    const what = `${init.method ?? 'GET'} ${pathname}`;
    engine.asked.push({ what, atMs: Date.now() });
    if (what === engine.held) await untilAborted(new Promise(() => undefined), init.signal ?? closing.signal);
    return Response.json(await stateOf(what, init));
  }

  async function stateOf(what: string, { body }: RequestInit): Promise<object> {
    const [, id = ''] = /\/((?:file|batch)_\d+)/.exec(what) ?? [];
    if (what === 'POST /files') {
      const file = (body as FormData).get('file') as File;
      files.set(`file_${files.size}`, { text: await file.text(), looks: 0 });
      return { id: `file_${files.size - 1}`, object: 'file', status: 'uploaded' };
    }
    const file = files.get(id);
    if (file !== undefined) return { id, object: 'file', status: lookAt(engine.fileStates, file.looks++) };
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

function lookAt(states: readonly string[], look: number): string | undefined {
  return states[Math.min(look, states.length - 1)];
}
