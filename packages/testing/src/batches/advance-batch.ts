import { addFile, livingFiles } from '../files/file-store.ts';
import type { WireResponse } from '../service/wire-response.ts';
import { checkLine, lineRanges, readLine, type BatchError, type LineCheck } from './batch-line.ts';
import { linesDoneAt, statusAt, timeline, type Batch } from './batch.ts';

const running = new WeakMap<Batch, Promise<void>>();

/**
 * Brings a batch up to date: checks its input, answers the lines that are due, writes its files. This happens only
 * when somebody reads the batch, so nothing is running when the mock closes. Resolves to the time up to which the
 * work is done, because the clock goes on meanwhile.
 */
export async function advanceBatch(batch: Batch): Promise<number> {
  const nowMs = batch.request.clock.now();
  const work = (running.get(batch) ?? Promise.resolve()).then(async () => advance(batch, nowMs));
  running.set(batch, work);
  await work;
  return nowMs;
}

async function advance(batch: Batch, nowMs: number): Promise<void> {
  if (nowMs < timeline(batch).inProgressAtMs) return;
  if (batch.input === undefined && batch.errors.length === 0 && batch.outputFileId === null)
    await validate(batch);
  if (batch.errors.length > 0 || batch.outputFileId !== null) return;
  await answerLines(batch, linesDoneAt(batch, nowMs));
  const status = statusAt(batch, nowMs);
  if (status === 'completed' || status === 'cancelled' || status === 'expired') finish(batch, status);
}

/** The service's limits (how-to/batch). */
const maximumLines = 100_000;
const reportedErrors = 100;

async function validate(batch: Batch): Promise<void> {
  const { request } = batch;
  const file = livingFiles(request).get(batch.inputFileId);
  if (file === undefined) {
    batch.errors = [problem('input_modified', `The input file ${batch.inputFileId} is no longer there.`)];
    return;
  }
  const check: LineCheck = {
    endpoint: batch.endpoint,
    hasDeployment: (name) => request.resource.deployment(name) !== undefined,
    seen: new Set(),
    model: undefined,
  };
  const ranges: (readonly [number, number])[] = [];
  const errors: BatchError[] = [];
  const pause = slices();
  for (const [start, end, line] of lineRanges(file.content)) {
    ranges.push([start, end]);
    if (ranges.length > maximumLines) break;
    const wrong = checkLine(file.content.toString('utf8', start, end), line, check);
    if (wrong !== undefined && errors.length < reportedErrors) errors.push(wrong);
    await pause();
  }
  if (ranges.length === 0)
    errors.push(problem('empty_file', 'The input file is empty. Give at least one request.'));
  if (ranges.length > maximumLines) {
    errors.splice(
      0,
      Infinity,
      problem('too_many_tasks', `The input file has more than ${maximumLines} requests.`),
    );
  }
  batch.errors = errors;
  if (errors.length > 0) return;
  batch.input = file.content;
  batch.ranges = ranges;
}

function problem(code: string, message: string): BatchError {
  return { code, message, param: null, line: null };
}

async function answerLines(batch: Batch, until: number): Promise<void> {
  const pause = slices();
  while (batch.done < until && batch.input !== undefined) {
    const range = batch.ranges[batch.done];
    if (range === undefined) return;
    const { customId, body } = readLine(batch.input, range);
    const response = await answerLine(batch, body, customId);
    const line = Buffer.from(`${outputLine(batch, customId, response)}\n`);
    batch.done += 1;
    if (response.status < 400) {
      // Azure writes answers in no particular order; callers who forget `custom_id` should notice.
      batch.outputs.splice(batch.outputs.length - (batch.done % 2), 0, line);
    } else {
      batch.failed += 1;
      batch.failures.push(line);
    }
    await pause();
  }
}

async function answerLine(
  batch: Batch,
  body: Readonly<Record<string, unknown>>,
  customId: string,
): Promise<WireResponse> {
  // A line has one answer: neither streams nor background work.
  const kept = Object.entries(body).filter(([name]) => name !== 'stream' && name !== 'background');
  return batch.request.dispatch({ path: batch.endpoint, body: Object.fromEntries(kept), label: customId });
}

function outputLine(batch: Batch, customId: string, response: WireResponse): string {
  const id = batch.request.random.fork(customId).guid();
  const body = response.kind === 'json' ? response.text : 'null';
  return `{"custom_id":${JSON.stringify(customId)},"response":{"body":${body},"request_id":"${id}","status_code":${response.status}},"error":null}`;
}

function finish(batch: Batch, status: 'completed' | 'cancelled' | 'expired'): void {
  const { request, input } = batch;
  if (status !== 'completed' && input !== undefined) {
    const [code, message] =
      status === 'expired'
        ? ['batch_expired', 'This request could not be executed before the completion window expired.']
        : ['batch_cancelled', 'This request was cancelled before it was executed.'];
    for (const range of batch.ranges.slice(batch.done)) {
      const id = JSON.stringify(readLine(input, range).customId);
      batch.failures.push(
        Buffer.from(`{"custom_id":${id},"response":null,"error":${JSON.stringify({ code, message })}}\n`),
      );
    }
  }
  const expiry =
    batch.outputExpiresAfterMs === undefined ? {} : { expiresAfterMs: batch.outputExpiresAfterMs };
  const write = (name: string, parts: readonly Buffer[]): string =>
    addFile(
      { ...request, random: request.random.fork(name) },
      {
        filename: `${batch.id}_${name}.jsonl`,
        purpose: 'batch_output',
        content: Buffer.concat(parts),
        ...expiry,
      },
    ).id;
  batch.outputFileId = write('output', batch.outputs);
  // The service names an error file even when it is empty (docs/wire/batch.md#14.2).
  batch.errorFileId = write('error', batch.failures);
  batch.outputs = [];
  batch.failures = [];
  batch.input = undefined;
}

const sliceMs = 8;

/** Yields to other requests after every few milliseconds of work. */
function slices(): () => Promise<void> | undefined {
  let startedAt = performance.now();
  return () => {
    if (performance.now() - startedAt < sliceMs) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        startedAt = performance.now();
        resolve();
      });
    });
  };
}
