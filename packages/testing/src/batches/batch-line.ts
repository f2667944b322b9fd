import { isRecord } from '../answer/records.ts';

/** A problem of a batch's input, as `errors.data` of the batch has it. */
export interface BatchError {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly line: number | null;
}

/** One request of a batch. */
export interface BatchLine {
  readonly customId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Where each line of a JSONL file begins and ends, and its number from 1 on. Blank lines are skipped. */
export function* lineRanges(content: Buffer): Iterable<readonly [start: number, end: number, line: number]> {
  for (let start = 0, line = 1; start < content.length; line += 1) {
    const found = content.indexOf(10, start);
    const end = found === -1 ? content.length : found;
    const last = end > start && content[end - 1] === 13 ? end - 1 : end;
    if (last > start) yield [start, last, line];
    start = end + 1;
  }
}

/** Reads a line that was checked before. */
export function readLine(content: Buffer, [start, end]: readonly [number, number]): BatchLine {
  const { custom_id: customId, body } = JSON.parse(content.toString('utf8', start, end)) as Record<
    string,
    unknown
  >;
  return { customId: String(customId), body: body as BatchLine['body'] };
}

/** The values that have to be the same in all lines. */
export interface LineCheck {
  /** The batch's endpoint, without `/v1`. */
  readonly endpoint: string;
  readonly hasDeployment: (name: string) => boolean;
  readonly seen: Set<string>;
  model: string | undefined;
}

/** What is wrong with a line (how-to/batch: the codes), or `undefined`. */
export function checkLine(text: string, line: number, check: LineCheck): BatchError | undefined {
  const wrong = (code: string, message: string, param: string | null = null): BatchError => ({
    code,
    message,
    param,
    line,
  });
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch {
    return wrong(
      'invalid_json_line',
      'A line in your input file is not valid JSON. Check the file and try again.',
    );
  }
  if (!isRecord(sent)) return wrong('invalid_json_line', 'A line in your input file is not a JSON object.');
  const { custom_id: id, method, url, body } = sent;
  if (typeof id !== 'string' || id === '')
    return wrong('invalid_request', "The 'custom_id' of a request is missing.", 'custom_id');
  if (check.seen.has(id))
    return wrong(
      'duplicate_custom_id',
      `The 'custom_id' ${JSON.stringify(id.slice(0, 100))} is used by more than one request.`,
      'custom_id',
    );
  check.seen.add(id);
  if (method !== 'POST') return wrong('invalid_request', "The 'method' of a request must be POST.", 'method');
  if (typeof url !== 'string' || withoutVersion(url) !== check.endpoint) {
    return wrong(
      'url_mismatch',
      `The URL of a request does not match the endpoint of the batch, ${check.endpoint}.`,
      'url',
    );
  }
  if (!isRecord(body)) return wrong('invalid_request', "The 'body' of a request is missing.", 'body');
  return checkModel(body['model'], wrong, check);
}

function checkModel(
  model: unknown,
  wrong: (code: string, message: string, param: string | null) => BatchError,
  check: LineCheck,
): BatchError | undefined {
  if (typeof model !== 'string' || !check.hasDeployment(model)) {
    const message = `The provided model deployment name ${JSON.stringify(model ?? null).slice(0, 100)} was not found.`;
    return wrong('model_not_found', message, 'body.model');
  }
  check.model ??= model;
  if (check.model === model) return undefined;
  return wrong(
    'model_mismatch',
    'All requests of a batch must name the same model deployment.',
    'body.model',
  );
}

/** `/v1/chat/completions` and `/chat/completions` are the same endpoint. */
export function withoutVersion(url: string): string {
  return url.replace(/^\/(?:openai\/)?v1(?=\/)/, '');
}
