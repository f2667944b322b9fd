import { expect, test } from 'vitest';
import { call } from './call.ts';
import { latency } from './latency.ts';
import { calling, scripted, type ScriptedAnswer } from './scripted.fake.ts';

/** The measurement of so many calls, and how many were made. */
async function measured(calls: number, ...answers: readonly ScriptedAnswer[]) {
  const service = scripted(...answers);
  const { probe, options } = calling(service);
  const first = await call(probe, options);
  const result = await latency(probe, { ...options, first, calls });
  return { result, made: service.sent.length };
}

const took = (...times: readonly number[]) => times.map((tookMs) => ({ tookMs }));

test('one call has the time of the first, and says that connecting is part of it', async () => {
  expect(await measured(1, ...took(900.4))).toEqual({
    made: 1,
    result: {
      check: 'latency',
      status: 'ok',
      cause: 'One call of chat/completions took 900 ms, with the time to connect.',
      latency: { kind: 'chat/completions', calls: 1, p50Ms: 900, p95Ms: 900 },
    },
  });
});

test('of two calls the second counts', async () => {
  const { result, made } = await measured(2, ...took(900, 100));
  expect(made).toBe(2);
  expect(result).toMatchObject({
    cause: 'p50 100 ms, p95 100 ms: 1 call of chat/completions after the first.',
    latency: { calls: 1, p50Ms: 100, p95Ms: 100 },
  });
});

test('times are sorted as numbers before a quantile is taken', async () => {
  const { result } = await measured(5, ...took(1, 1000, 9, 20, 300));
  expect(result).toMatchObject({
    cause: 'p50 20 ms, p95 1000 ms: 4 calls of chat/completions after the first.',
    latency: { calls: 4, p50Ms: 20, p95Ms: 1000 },
  });
});

test('of twenty-one calls p95 is the last but one of twenty', async () => {
  const { result } = await measured(21, ...took(0, ...Array.from({ length: 20 }, (_, index) => 20 - index)));
  expect(result?.latency).toMatchObject({ calls: 20, p50Ms: 10, p95Ms: 19 });
});

test('a call that took no time is one', async () => {
  expect((await measured(2, ...took(0, 0))).result?.latency).toMatchObject({ calls: 1, p50Ms: 0, p95Ms: 0 });
});

test('what was not answered is not measured, and not called again', async () => {
  expect(await measured(5, { status: 429 })).toEqual({ made: 1, result: undefined });
});

test('it stops at the first call that fails, and counts those before', async () => {
  const { result, made } = await measured(9, { tookMs: 900 }, { tookMs: 7 }, { status: 500 }, { tookMs: 8 });
  expect(made).toBe(3);
  expect(result?.latency).toMatchObject({ calls: 1, p50Ms: 7 });
});
