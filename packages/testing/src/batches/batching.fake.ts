import OpenAI, { toFile } from 'openai';
import type { ManualClock } from '../clock.ts';
import type { MockAzure } from '../start-mock-azure.ts';

/** A line of a file of results. */
export interface Line {
  readonly custom_id: string;
  readonly response: {
    readonly request_id: string;
    readonly status_code: number;
    readonly body: OpenAI.ChatCompletion;
  } | null;
  readonly error: { readonly code: string } | null;
}

export function connect({ endpoint, apiKey }: MockAzure): OpenAI {
  return new OpenAI({ baseURL: `${endpoint}/openai/v1/`, apiKey, maxRetries: 0 });
}

/** A request for a batch. */
export function line(id: string, content: string, change: object = {}): object {
  const body = { model: 'gpt-4.1', messages: [{ role: 'user', content }] };
  return { custom_id: id, method: 'POST', url: '/chat/completions', body, ...change };
}

/** The id of a new input file, once the service has processed it. */
export async function upload(
  client: OpenAI,
  lines: readonly (object | string)[],
  clock: Pick<ManualClock, 'advance'>,
): Promise<string> {
  const text = lines.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
  const file = await toFile(Buffer.from(text), 'in.jsonl');
  const { id } = await client.files.create({ file, purpose: 'batch' });
  await clock.advance(500);
  return id;
}

/** The id of a new batch of that file. */
export async function begin(client: OpenAI, inputFileId: string, options: object = {}): Promise<string> {
  const endpoint = '/chat/completions' as '/v1/chat/completions';
  const body = { input_file_id: inputFileId, endpoint, completion_window: '24h' } as const;
  return (await client.batches.create({ ...body, ...options })).id;
}

export async function readLines(client: OpenAI, id: string | null | undefined): Promise<Line[]> {
  const text = await (await client.files.content(id ?? '')).text();
  return text
    .split('\n')
    .filter((each) => each !== '')
    .map((each) => JSON.parse(each) as Line);
}
