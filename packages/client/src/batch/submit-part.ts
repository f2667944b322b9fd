import { createHash } from 'node:crypto';
import { BadRequestError, toFile } from 'openai';
import type { OpenAI } from 'openai';
import type { Batch } from 'openai/resources/batches';
import type { BatchPart } from './batch-parts.ts';
import { unlessOut } from './unless-out.ts';
import { delay } from '../waiting/delay.ts';

/** Keys of the metadata of a batch that name its run and its part. */
export const runKey = 'aoai-run';
export const partKey = 'aoai-part';
export const hashKey = 'aoai-hash';

/** The run that a part belongs to. */
export interface PartOf {
  readonly id: string;
  readonly endpoint: string;
  readonly signal?: AbortSignal;
  readonly pollMs?: number;
  /** Aborts with the run, and when the client is closed. */
  readonly end: AbortSignal;
}

/** Submits a part: uploads its requests, waits until the service has processed the file, and creates the batch. */
export async function submitPart(
  sdk: OpenAI,
  { part, number, run }: { readonly part: BatchPart; readonly number: number; readonly run: PartOf },
): Promise<Batch> {
  const { id, endpoint, signal } = run;
  const name = `aoai-${id}-${number}.jsonl`;
  const file = await sdk.files.create(
    { file: await toFile(part.bytes, name, { type: 'application/jsonl' }), purpose: 'batch' },
    { signal },
  );
  const create = () =>
    sdk.batches.create(
      {
        input_file_id: file.id,
        endpoint: endpoint as '/v1/chat/completions',
        completion_window: '24h',
        metadata: { [runKey]: id, [partKey]: String(number), [hashKey]: hashOf(part) },
      },
      { signal },
    );
  return whenProcessed(sdk, { file, run, create });
}

/** The states of a file that the service has not processed yet: each api has its own word. */
const early: ReadonlySet<string | undefined> = new Set(['pending', 'uploaded', 'running', 'notRun']);

/** How often a batch may be refused for a file that is processed already: the batch engine may learn of it later. */
const mostRefusals = 20;

async function whenProcessed(
  sdk: OpenAI,
  {
    file,
    run,
    create,
  }: { readonly file: FileState; readonly run: PartOf; readonly create: () => Promise<Batch> },
): Promise<Batch> {
  const { signal, end, pollMs } = run;
  let { status } = file;
  let refusals = 0;
  // A file is ready within seconds, a batch within hours: `pollMs` of the batch would be too slow.
  for (let wait = Math.min(pollMs ?? 250, 250); ; wait = Math.min(10_000, wait * 1.5)) {
    if (!early.has(status)) {
      try {
        return await create();
      } catch (error) {
        refusals += 1;
        if (!saysPending(error) || refusals > mostRefusals) throw error;
      }
    }
    await delay(wait, end);
    const seen: FileState | undefined = await unlessOut(
      () => sdk.files.retrieve(file.id, { signal }),
      signal,
    );
    status = seen === undefined ? status : seen.status;
  }
}

/** The present state of a file. The types of the SDK do not have all states of Azure's files. */
interface FileState {
  readonly id: string;
  readonly status?: string;
}

/** Whether a batch was refused because its file is not processed yet: “The file … is in 'pending' state.” */
function saysPending(error: unknown): boolean {
  return (
    error instanceof BadRequestError &&
    /'(?:pending|uploaded|running|notrun)' state|not (?:yet )?(?:been )?processed|being processed/i.test(
      error.message,
    )
  );
}

/** A hash of the requests of a part: other requests have another one. */
export function hashOf({ bytes }: BatchPart): string {
  return createHash('sha256').update(bytes).digest('hex');
}
