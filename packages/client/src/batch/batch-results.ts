import type { OpenAI } from 'openai';
import type { Batch } from 'openai/resources/batches';
import type { BatchPart } from './batch-parts.ts';

/** The result of one request of a batch. */
export type BatchResult =
  | {
      readonly ok: true;
      readonly status: number;
      /** The body of the answer, as a call outside a batch would return it. */
      readonly body: unknown;
      readonly requestId: string | undefined;
    }
  | {
      readonly ok: false;
      /** Missing when the request was never made: the batch failed, expired or was cancelled before. */
      readonly status: number | undefined;
      readonly code: string;
      readonly message: string;
      /** The body of the answer, if there was one. */
      readonly body: unknown;
    };

interface Finished {
  readonly batch: Batch;
  readonly part: BatchPart;
  readonly signal: AbortSignal | undefined;
}

/** The results of one batch in the order of its requests. Its files may have another order. */
export async function readResults(
  sdk: OpenAI,
  { batch, part, signal }: Finished,
): Promise<readonly BatchResult[]> {
  const results = new Array<BatchResult | undefined>(part.count).fill(undefined);
  for (const file of [batch.output_file_id, batch.error_file_id]) {
    // The service names a file even when it has never written it (docs/wire/batch.md#14.2).
    if (!file) continue;
    for await (const line of linesOf(await sdk.files.content(file, { signal }))) {
      const { custom_id: id, response, error } = JSON.parse(line) as Line;
      const index = Number(id) - part.first;
      if (index in results) results[index] = resultOf(response ?? undefined, error ?? undefined);
    }
  }
  const whole = wholeFailure(batch);
  for (const { line, code, message } of batch.errors?.data ?? []) {
    const index = (line ?? 0) - 1;
    if (index in results) results[index] ??= notMade(code ?? whole.code, message ?? whole.message);
  }
  return results.map((result) => result ?? notMade(whole.code, whole.message));
}

interface Line {
  readonly custom_id: string;
  readonly response?: {
    readonly status_code: number;
    readonly request_id?: string;
    readonly body: unknown;
  } | null;
  readonly error?: { readonly code?: string; readonly message?: string } | null;
}

function resultOf(response: NonNullable<Line['response']> | undefined, error: Line['error']): BatchResult {
  if (response === undefined) return notMade(error?.code ?? 'unknown', error?.message ?? 'No answer.');
  const { status_code: status, request_id: requestId, body } = response;
  if (status >= 200 && status < 300) return { ok: true, status, body, requestId };
  const { error: said } = (body ?? {}) as {
    readonly error?: { readonly code?: string; readonly message?: string };
  };
  return {
    ok: false,
    status,
    code: said?.code ?? error?.code ?? String(status),
    message: said?.message ?? error?.message ?? '',
    body,
  };
}

function wholeFailure({ status, errors }: Batch): { code: string; message: string } {
  const [first] = errors?.data ?? [];
  if (status === 'failed') {
    return {
      code: first?.code ?? 'batch_failed',
      message: `The batch was refused as a whole: ${first?.message ?? 'no reason given'}`,
    };
  }
  return { code: `batch_${status}`, message: `The batch is ${status} and has no result for this request.` };
}

function notMade(code: string, message: string): BatchResult {
  return { ok: false, status: undefined, code, message, body: undefined };
}

async function* linesOf(response: Response): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line.trim() !== '');
  }
  rest += decoder.decode();
  if (rest.trim() !== '') yield rest;
}
