import { OpenAI } from 'openai';
import type { Batch } from 'openai/resources/batches';
import { describe, expect, test } from 'vitest';
import { readResults } from './batch-results.ts';

type Files = Readonly<Record<string, string | readonly Uint8Array[]>>;
type State = Partial<Pick<Batch, 'status' | 'output_file_id' | 'error_file_id' | 'errors'>>;

const both = { output_file_id: 'out', error_file_id: 'err' };

/** The results of a batch whose files have such contents. */
async function results(files: Files, state: State = both, { first = 0, count = 2 } = {}) {
  const sdk = new OpenAI({
    apiKey: 'key',
    baseURL: 'https://engine',
    maxRetries: 0,
    fetch: (url) => {
      const content = files[new URL(url).pathname.split('/')[2] ?? ''];
      return Promise.resolve(new Response(typeof content === 'string' ? content : piece(content ?? [])));
    },
  });
  const batch = { id: 'batch_0', status: 'completed', ...state } as Batch;
  const part = { bytes: Buffer.from(''), first, count };
  return readResults(sdk, { batch, part, signal: undefined });
}

function piece(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

const line = (id: number | string, rest: object) => `${JSON.stringify({ custom_id: String(id), ...rest })}\n`;
const answered = (body: unknown, status_code = 200) => ({
  response: { status_code, request_id: 'r1', body },
});

describe('results', () => {
  test('stand in the order of the requests, from the file of answers and the file of errors', async () => {
    const found = await results({
      out: line(1, answered('second')),
      err: line(0, answered({ error: { code: 'bad', message: 'No.' } }, 400)),
    });
    expect(found).toEqual([
      {
        ...{ ok: false, status: 400, code: 'bad', message: 'No.' },
        body: { error: { code: 'bad', message: 'No.' } },
      },
      { ok: true, status: 200, body: 'second', requestId: 'r1' },
    ]);
  });

  test('of a later part are counted from its first request', async () => {
    const found = await results({ out: line(7, answered('b')) + line(6, answered('a')) }, both, { first: 6 });
    expect(found).toMatchObject([{ body: 'a' }, { body: 'b' }]);
  });

  test('for requests of nobody are left out', async () => {
    const found = await results({
      out: [2, 3, -1, 'other'].map((id) => line(id, answered(id))).join(''),
    });
    expect(found).toMatchObject([{ code: 'batch_completed' }, { code: 'batch_completed' }]);
    expect(found).toHaveLength(2);
  });

  test('of a file that the service names and has not written are not asked for', async () => {
    const found = await results({}, { output_file_id: '' });
    expect(found).toHaveLength(2);
    expect(found[0]).toEqual({
      ...{ ok: false, status: undefined, code: 'batch_completed', body: undefined },
      message: 'The batch is completed and has no result for this request.',
    });
  });

  test('are read whatever the pieces in which their file comes', async () => {
    const text = `\n${line(0, answered('ä€😀'))}\r\n  \n${line(1, answered('b')).trimEnd()}`;
    const bytes = Buffer.from(text);
    expect(await results({ out: `${text}\n ` })).toMatchObject([{ body: 'ä€😀' }, { body: 'b' }]);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      expect(await results({ out: chunks })).toMatchObject([{ body: 'ä€😀' }, { body: 'b' }]);
    }
  });
});

describe('a request of a batch', () => {
  test.each([
    [199, false],
    [200, true],
    [299, true],
    [300, false],
  ])('that was answered with %i has succeeded: %j', async (status, ok) => {
    expect(await results({ out: line(0, answered({}, status)) })).toMatchObject([
      { ok, status },
      { ok: false },
    ]);
  });

  test.each([
    [
      { error: { code: 'inner', message: 'Inner.' } },
      { code: 'outer', message: 'Outer.' },
      'inner',
      'Inner.',
    ],
    [{ error: {} }, { code: 'outer', message: 'Outer.' }, 'outer', 'Outer.'],
    [{}, { code: 'outer', message: 'Outer.' }, 'outer', 'Outer.'],
    [{ error: {} }, {}, '503', ''],
    [{ error: {} }, null, '503', ''],
    [{}, undefined, '503', ''],
    [null, undefined, '503', ''],
  ])(
    'that failed says why in the words of its answer, then of its line: %j %j',
    async (body, error, code, message) => {
      const [found] = await results({ err: line(0, { ...answered(body, 503), error }) });
      expect(found).toEqual({ ok: false, status: 503, code, message, body });
    },
  );

  test.each([
    [{ response: null, error: { code: 'late', message: 'Too late.' } }, 'late', 'Too late.'],
    [{ error: {} }, 'unknown', 'No answer.'],
    [{ response: null, error: null }, 'unknown', 'No answer.'],
  ])('that was never made says so: %j', async (rest, code, message) => {
    const [found] = await results({ err: line(0, rest) });
    expect(found).toEqual({ ok: false, status: undefined, code, message, body: undefined });
  });
});

describe('a batch that was refused', () => {
  const refused = (data: NonNullable<Batch['errors']>['data']): State => ({
    status: 'failed',
    errors: { data: data ?? [] },
  });
  const reasons = async (state: State, part = {}) =>
    (await results({}, state, part)).map((result) => !result.ok && [result.code, result.message]);

  test('gives each line its own error, and the first of them to all others', async () => {
    const errors = refused([
      { line: 2, code: 'bad_line', message: 'No JSON.' },
      { line: 4, code: 'beyond', message: 'No such line.' },
      { line: 0, code: 'beyond', message: 'No such line.' },
    ]);
    const whole = ['bad_line', 'The batch was refused as a whole: No JSON.'];
    // Lines are counted from 1, in the file of the part.
    expect(await reasons(errors, { first: 100, count: 3 })).toEqual([whole, ['bad_line', 'No JSON.'], whole]);
  });

  test('gives all the error that has no line', async () => {
    const whole = ['too_large', 'The batch was refused as a whole: Too large.'];
    expect(await reasons(refused([{ line: null, code: 'too_large', message: 'Too large.' }]))).toEqual([
      whole,
      whole,
    ]);
    expect(await reasons(refused([{ code: 'too_large', message: 'Too large.' }]))).toEqual([whole, whole]);
  });

  test('says so when it gives no reason', async () => {
    const none = ['batch_failed', 'The batch was refused as a whole: no reason given'];
    for (const state of [refused([]), { status: 'failed', errors: {} }, { status: 'failed' }] as const) {
      expect(await reasons(state)).toEqual([none, none]);
    }
    expect(await reasons(refused([{ line: 1 }]))).toEqual([none, none]);
  });

  test('and has a result all the same keeps the result', async () => {
    const state = { ...both, ...refused([{ line: 1, code: 'bad_line' }]) };
    expect(await results({ out: line(0, answered('here')) }, state)).toMatchObject([
      { ok: true, body: 'here' },
      { ok: false, code: 'bad_line' },
    ]);
  });

  test.each(['expired', 'cancelled'] as const)('is told apart from one that is %s', async (status) => {
    const reason = [`batch_${status}`, `The batch is ${status} and has no result for this request.`];
    expect(await reasons({ status, errors: { data: [{ code: 'other' }] } })).toEqual([reason, reason]);
  });
});
