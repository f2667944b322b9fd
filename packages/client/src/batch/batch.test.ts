import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { batchEngine } from './batch.fake.ts';
import type { BatchEngine, BatchState } from './batch.fake.ts';
import type { BatchOptions, BatchProgress } from './batch.ts';

const bulk = { deployment: 'bulk' } as const;
const requests = [{ input: 'one' }];
const overfull: BatchState = {
  status: 'failed',
  errors: { data: [{ code: 'empty_file' }, { code: 'token_limit_exceeded' }] },
};

beforeEach(() => {
  vi.useFakeTimers({ now: 0, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Runs to the end of a run, however long it waits. */
async function run(
  { runner }: BatchEngine,
  options: Partial<BatchOptions<'bulk'>> = {},
  given: readonly Readonly<Record<string, unknown>>[] = requests,
) {
  const state = { isOver: false };
  const running = runner.run(given, { ...bulk, ...options }).finally(() => (state.isOver = true));
  running.catch(() => undefined);
  for (let step = 0; step < 200; step += 1) {
    await new Promise(setImmediate);
    if (state.isOver) return running;
    await vi.advanceTimersToNextTimerAsync();
  }
  throw new Error('The run does not end.');
}

/** The times between the requests of one kind, the first since the beginning or since the one before it. */
function waits({ asked }: BatchEngine, pattern: RegExp): number[] {
  return asked.flatMap(({ what, atMs }, at) =>
    pattern.test(what) ? [atMs - (asked[at - 1]?.atMs ?? 0)] : [],
  );
}

const looks = (engine: BatchEngine, pattern: RegExp) =>
  engine.asked.filter(({ what }) => pattern.test(what)).map(({ what }) => what.split('/').at(-1));

const after = (many: number, last: BatchState): BatchState[] => [
  ...Array.from({ length: many }, () => ({ status: 'in_progress' as const })),
  last,
];

describe('a batch', () => {
  test('is looked at after 5 seconds, then ever later, and at least once a minute', async () => {
    const engine = batchEngine();
    engine.states = () => after(10, { status: 'completed' });
    await run(engine);
    const found = waits(engine, /^GET \/batches\/batch/);
    expect(found.map((ms) => Math.round(ms / 1_000))).toEqual([5, 8, 11, 17, 25, 38, 57, 60, 60, 60]);
    expect(found.slice(-3)).toEqual([60_000, 60_000, 60_000]);
  });

  test('is looked at in the time that is asked for, each time', async () => {
    const engine = batchEngine();
    engine.states = () => after(5, { status: 'completed' });
    await run(engine, { pollMs: 90_000 });
    expect(waits(engine, /^GET \/batches\/batch/)).toEqual(Array.from({ length: 5 }, () => 90_000));
  });

  test('that has ended is not looked at again while others of its run go on', async () => {
    const engine = batchEngine();
    const ends = ['completed', 'failed', 'expired', 'cancelled', 'completed'] as const;
    engine.states = (made) => after(made === 4 ? 3 : 1, { status: ends[made] ?? 'completed' });
    await run(
      engine,
      { limits: { requests: 1, bytes: 1_000 } },
      ends.map((input) => ({ input })),
    );
    expect(looks(engine, /^GET \/batches\/batch/)).toEqual([
      ...['batch_0', 'batch_1', 'batch_2', 'batch_3', 'batch_4'],
      ...['batch_4', 'batch_4'],
    ]);
  });

  test('that ends while it is cancelled is waited for', async () => {
    const engine = batchEngine();
    engine.states = () => [
      ...(['validating', 'in_progress', 'finalizing', 'cancelling'] as const).map((status) => ({ status })),
      { status: 'cancelled' },
    ];
    const [result] = await run(engine);
    expect(result).toMatchObject({ ok: false, code: 'batch_cancelled' });
    expect(looks(engine, /^GET \/batches\/batch/)).toHaveLength(4);
  });

  test('for which there is no room is made again, with each look, until there is', async () => {
    const engine = batchEngine();
    engine.states = (made) => after(1, made < 2 ? overfull : { status: 'completed' });
    await run(engine);
    expect(engine.batches).toHaveLength(3);
    expect(looks(engine, /^GET \/batches\/batch/)).toEqual(['batch_0', 'batch_1', 'batch_2']);
    expect(new Set(engine.batches.map(({ metadata }) => JSON.stringify(metadata))).size).toBe(1);
  });

  test('is not made again for want of room before it has failed', async () => {
    const engine = batchEngine();
    engine.states = () => [
      { status: 'validating' },
      { ...overfull, status: 'in_progress' },
      { status: 'completed' },
    ];
    await run(engine);
    expect(engine.batches).toHaveLength(1);
  });

  test.each([{ data: [{ code: 'invalid_json_line' }] }, {}])(
    'that failed for another reason is not made again: %j',
    async (errors) => {
      const engine = batchEngine();
      engine.states = () => after(1, { status: 'failed', errors });
      const [result] = await run(engine);
      expect(result).toMatchObject({
        ok: false,
        status: undefined,
        code: errors.data?.[0]?.code ?? 'batch_failed',
      });
      expect(engine.batches).toHaveLength(1);
    },
  );
});

describe('progress', () => {
  test('is told at the beginning and after each look, summed up over the batches', async () => {
    const engine = batchEngine();
    const seen: BatchProgress[] = [];
    const counted = (completed: number, failed: number) => ({
      request_counts: { total: 2, completed, failed },
    });
    engine.states = (made) => [
      { status: 'validating' },
      { status: 'in_progress', ...counted(1, made) },
      { status: 'completed', ...counted(2 - made, made) },
    ];
    await run(
      engine,
      { id: 'nightly', limits: { requests: 2, bytes: 1_000 }, onProgress: (each) => seen.push(each) },
      ['a', 'b', 'c', 'd'].map((input) => ({ input })),
    );
    const batches = (status: string) => ['batch_0', 'batch_1'].map((id) => ({ id, status }));
    expect(seen).toEqual([
      { id: 'nightly', total: 4, completed: 0, failed: 0, batches: batches('validating') },
      { id: 'nightly', total: 4, completed: 2, failed: 1, batches: batches('in_progress') },
      { id: 'nightly', total: 4, completed: 3, failed: 1, batches: batches('completed') },
    ]);
  });
});

describe('a file', () => {
  test('is looked at after a quarter of a second, then ever later, and at least every ten seconds', async () => {
    const engine = batchEngine();
    engine.fileStates.unshift(...Array.from({ length: 11 }, () => 'pending'));
    await run(engine, { pollMs: 30_000 });
    const found = waits(engine, /^GET \/files\/file/);
    expect(found.slice(0, 3)).toEqual([250, 375, 562]);
    expect(found.slice(-3)).toEqual([expect.closeTo(9_611, -1), 10_000, 10_000]);
  });

  test('is looked at sooner when a shorter time is asked for', async () => {
    const engine = batchEngine();
    engine.fileStates.unshift('pending', 'pending');
    await run(engine, { pollMs: 100 });
    expect(waits(engine, /^GET \/files\/file/)).toEqual([100, 150, 225]);
  });

  test('has the name of its run and its part, and is of JSON lines for a batch', async () => {
    const engine = batchEngine();
    await run(engine, { id: 'nightly', limits: { requests: 1, bytes: 1_000 } }, [
      { input: 'a' },
      { input: 'b' },
    ]);
    const rest = { type: 'application/jsonl', purpose: 'batch' };
    expect(engine.uploads).toEqual([
      { name: 'aoai-nightly-0.jsonl', ...rest, text: expect.stringContaining('"input":"a"') as string },
      { name: 'aoai-nightly-1.jsonl', ...rest, text: expect.stringContaining('"input":"b"') as string },
    ]);
  });

  test.each([
    "The file is in 'pending' state.",
    "The file is in 'Uploaded' state.",
    "The file is in 'running' state.",
    "The file is in 'notRun' state.",
    'The file is not processed.',
    'The file is not yet processed.',
    'The file has not been processed.',
    'The file has not yet been processed.',
    'The file is being processed.',
  ])('that the batches do not know as processed yet is handed in a little later: %s', async (message) => {
    const engine = batchEngine();
    engine.refusals['POST /batches'] = [[400, message]];
    await run(engine);
    expect(looks(engine, /^POST/)).toEqual(['files', 'batches', 'batches']);
  });

  test.each([
    [400, 'The file is in another state.'],
    [404, 'The file is not yet processed.'],
    [503, 'The file is not yet processed.'],
  ])('whose batch is refused for good is not handed in again: %i %s', async (status, message) => {
    const engine = batchEngine();
    engine.refusals['POST /batches'] = [[status, message]];
    await expect(run(engine)).rejects.toMatchObject({ status });
    expect(looks(engine, /^POST/)).toEqual(['files', 'batches']);
  });

  test('that the batches do not know after twenty more attempts is given up', async () => {
    const engine = batchEngine();
    engine.refusals['POST /batches'] = Array.from({ length: 20 }, () => [400, 'Being processed.']);
    await run(engine);
    expect(engine.batches).toHaveLength(1);
    engine.refusals['POST /batches'] = Array.from({ length: 21 }, () => [400, 'Being processed.']);
    await expect(run(engine)).rejects.toMatchObject({ status: 400 });
    expect(engine.batches).toHaveLength(1);
  });

  test('whose state is not told for a while keeps the one that it had', async () => {
    const engine = batchEngine();
    engine.refusals['GET /files/file_0'] = [
      [503, 'Later.'],
      [429, 'Later.'],
    ];
    await run(engine);
    expect(engine.asked.map(({ what }) => what).slice(1, 6)).toEqual([
      'POST /files',
      ...Array.from({ length: 3 }, () => 'GET /files/file_0'),
      'POST /batches',
    ]);
  });

  test('makes no batch while it is processed, and one when it is', async () => {
    const engine = batchEngine();
    engine.fileStates.unshift('pending', 'running');
    await run(engine);
    expect(engine.asked.map(({ what }) => what).slice(1, 6)).toEqual([
      'POST /files',
      ...Array.from({ length: 3 }, () => 'GET /files/file_0'),
      'POST /batches',
    ]);
  });
});

describe('a run that goes on', () => {
  /** Makes the batches of a run, and puts others beside them, as other processes do. */
  async function withBatches(ages: readonly number[], given = requests) {
    const engine = batchEngine();
    await run(engine, { id: 'nightly', limits: { requests: 1, bytes: 1_000 } }, given);
    const [made] = engine.batches;
    if (made === undefined) throw new Error('No batch.');
    for (const [at, createdAt] of ages.entries()) {
      const id = `batch_${engine.batches.length}`;
      const states: BatchState[] = [{ status: 'failed', errors: { data: [{ code: `of ${at}` }] } }];
      engine.batches.push({ ...made, id, created_at: createdAt, states });
    }
    engine.asked.length = 0;
    return engine;
  }
  const codesOf = async (engine: BatchEngine, given = requests) =>
    (await run(engine, { id: 'nightly', limits: { requests: 1, bytes: 1_000 } }, given)).map(
      (result) => !result.ok && result.code,
    );

  test.each([
    ['the newest by its time, whatever the order of the list', [900, 700, 800], ['of 0']],
    ['the newest by its time, whatever the order of the list', [700, 900, 800], ['of 1']],
    ['the first of the list, the newest, where the times are the same', [900, 900, 900], ['of 2']],
  ])('takes %s: %j', async (_, ages, codes) => {
    const engine = await withBatches(ages);
    expect(await codesOf(engine)).toEqual(codes);
    expect(engine.asked.map(({ what }) => what)).toEqual(['GET /batches']);
  });

  test('waits for a batch that another process has made, and hands nothing in again', async () => {
    const engine = await withBatches([900]);
    engine.batches.at(-1)?.states.splice(0, 1, { status: 'in_progress' }, { status: 'expired' });
    expect(await codesOf(engine)).toEqual(['batch_expired']);
    expect(engine.asked.map(({ what }) => what)).toEqual([
      'GET /batches',
      ...['GET /batches/batch_1', 'GET /batches/batch_1'],
    ]);
  });

  test('makes again what had no room when its process ended', async () => {
    const engine = await withBatches([900]);
    engine.batches.at(-1)?.states.splice(0, 1, overfull);
    await codesOf(engine);
    expect(engine.batches).toHaveLength(3);
    expect(engine.asked.map(({ what }) => what).slice(0, 2)).toEqual(['GET /batches', 'POST /files']);
  });

  test('makes only the parts that are missing', async () => {
    const given = [{ input: 'one' }, { input: 'two' }];
    const engine = await withBatches([], given);
    engine.batches.splice(0, 1);
    await codesOf(engine, given);
    expect(engine.batches.map(({ metadata }) => metadata?.['aoai-part'])).toEqual(['1', '0']);
    expect(engine.asked.filter(({ what }) => what === 'POST /files')).toHaveLength(1);
  });

  test('reads the whole list of batches, a hundred at a time', async () => {
    const engine = await withBatches([]);
    await codesOf(engine);
    expect(engine.asked.map(({ what, search }) => what + search)).toEqual(['GET /batches?limit=100']);
  });

  test.each([
    ['other', [{ input: 'other' }]],
    ['other at their end', [{ input: 'one' }, { input: 'other' }]],
    ['fewer', [{ input: 'one' }]],
  ])('refuses requests that are %s before it hands anything in', async (_, given) => {
    const engine = await withBatches([], [{ input: 'one' }, { input: 'two' }]);
    await expect(codesOf(engine, given)).rejects.toThrow(
      'Cannot go on with the batch run "nightly": its requests are not the ones given.',
    );
    expect(engine.asked.map(({ what }) => what)).toEqual(['GET /batches']);
  });

  test('touches no batch of another run', async () => {
    const engine = await withBatches([900]);
    for (const batch of engine.batches) batch.metadata = { ...batch.metadata, 'aoai-run': 'weekly' };
    // A batch that another tool has made.
    engine.batches.push({
      id: 'batch_2',
      created_at: 1,
      metadata: null,
      states: [{ status: 'in_progress' }],
    });
    await codesOf(engine);
    expect(engine.batches).toHaveLength(4);
    engine.asked.length = 0;
    await engine.runner.cancel('monthly', bulk);
    await engine.runner.remove('monthly', bulk);
    expect(engine.asked.map(({ what }) => what)).toEqual(['GET /batches', 'GET /batches']);
  });
});

describe('a run that is ended', () => {
  test.each(['its own signal', 'the client'] as const)(
    'by %s ends at once and leaves no timer',
    async (by) => {
      const engine = batchEngine();
      const stop = new AbortController();
      const reason = new Error('enough');
      engine.states = () => after(9, { status: 'completed' });
      const running = engine.runner.run(requests, {
        ...bulk,
        signal: stop.signal,
        onProgress: () => {
          setImmediate(() => {
            (by === 'the client' ? engine.closing : stop).abort(reason);
          });
        },
      });
      await vi.advanceTimersByTimeAsync(250);
      await expect(running).rejects.toBe(reason);
      expect(vi.getTimerCount()).toBe(0);
      expect(looks(engine, /^GET \/batches\/batch/)).toEqual([]);
    },
  );

  test.each([
    'GET /batches',
    'POST /files',
    'GET /files/file_0',
    'POST /batches',
    'GET /batches/batch_0',
    'GET /files/file_7/content',
  ])('ends what it asks at that time: %s', async (held) => {
    const engine = batchEngine();
    const stop = new AbortController();
    engine.held = held;
    engine.states = () => after(1, { status: 'completed', output_file_id: 'file_7' });
    const running = engine.runner.run(requests, { ...bulk, signal: stop.signal });
    const isAsked = () => engine.asked.some(({ what }) => what === held);
    // What the SDK does before it asks takes real time: the clock runs slowly meanwhile, far from the limit of a request.
    while (!isAsked()) {
      await new Promise(setImmediate);
      if (!isAsked()) await vi.advanceTimersByTimeAsync(100);
    }
    stop.abort();
    await expect(running).rejects.toThrow(/abort/);
    expect(vi.getTimerCount()).toBe(0);
  });
});
