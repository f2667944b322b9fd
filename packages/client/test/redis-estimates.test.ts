import { describe, expect, test, vi } from 'vitest';
import type { QuotaTarget } from '../src/quota/quota.ts';
import { granted, useRedis } from './redis-fixture.ts';
import { hasRedis } from './redis-server.ts';

// Estimates are too high: the shared books learn from the headers of answers what part of them the service counts.
const target: QuotaTarget = {
  key: 'contoso/chat',
  limits: { tpm: 1_000 },
  provisioned: false,
  circuit: { failures: 2, window: 4, openMs: 60, maxOpenMs: 1_000 },
};
const state = 'aoai:{contoso/chat}:state';
const tokens = (input: number) => ({ input, output: 0 });

/** The present minute, which does not end within the next two seconds. */
async function presentMinute(): Promise<number> {
  await vi.waitUntil(() => Date.now() % 60_000 < 58_000, 3_000);
  return Math.floor(Date.now() / 60_000);
}

describe.skipIf(!hasRedis)('what the service counts of an estimate', () => {
  const redis = useRedis();

  type Books = Readonly<Record<string, string | number>>;
  const sliding: Books = { sm: -1, sn: 0.6, si: 0.6, st: 0, se: 30_000, sg: 0 };
  const fixed: Books = { sm: -1, sn: 0.6, si: 0.2, st: 0, se: 0, sg: 50 };

  /** `sm` from the present minute. */
  async function write({ sm, ...books }: Books): Promise<void> {
    const client = await redis.connect();
    const minute = await presentMinute();
    await client.hSet(state, { ...books, ...(sm === undefined ? undefined : { sm: minute + Number(sm) }) });
  }

  test.each<[string, Books, number]>([
    ['all of it while nothing was seen', { tp: 0 }, 1_000],
    ['sliding windows, over half a minute: the part that was seen, and one percent more', sliding, 1_650],
    ['sliding windows, over less: all of it', { ...sliding, se: 29_999 }, 1_000],
    ['the most and the least of sliding windows are alike', { ...sliding, si: 0.479, sg: 84 }, 1_000],
    ['fixed windows: the end of one may have been missed', fixed, 1_523],
    ['fixed windows, with too much between two answers: all of it', { ...fixed, sg: 84 }, 1_000],
    ['the same, and the minute before was seen: the larger part', { ...fixed, sg: 100, sb: 0.5 }, 1_414],
    ['the same, and the minute before had more', { ...fixed, sg: 100, sb: 0.8 }, 1_237],
    ['a whole minute was seen, and more in this one', { sm: 0, sb: 0.6, sn: 0.7 }, 1_414],
    ['a whole minute was seen, and less in this one', { sm: 0, sb: 0.6, sn: 0.5 }, 1_650],
    ['this minute alone is not enough', { sm: 0, sb: '', sn: 0.7 }, 1_000],
    ['the minute before the last one is too old', { ...sliding, sm: -2 }, 1_000],
    ['never less than a half', { ...sliding, sn: 0.3, si: 0.3 }, 2_000],
    ['never less than after a refusal', { ...sliding, sf: 0.8 }, 1_250],
    ['more than 95 % is all of it', { ...sliding, sn: 0.945, si: 0.945 }, 1_000],
    ['95 % is a part', { ...sliding, sn: 0.94, si: 0.94 }, 1_053],
  ])('%s', async (_, books, limit) => {
    await write(books);
    const store = await redis.replica();
    await granted(store, target, tokens(500));
    expect(store.peek(target).free).toBeCloseTo(1 - 500 / limit, 9);
  });

  test('a refusal shows that it was more than was assumed', async () => {
    await write(sliding);
    const store = await redis.replica();
    const grant = await granted(store, target, tokens(500));
    await store.settle(grant, { result: 'throttled' });
    const client = await redis.connect();
    expect(await client.hGet(state, 'sf')).toBeNull();
    const next = await granted(store, target, tokens(500));
    await store.settle(next, { result: 'throttled', limitHit: 'tokens' });
    expect(Number(await client.hGet(state, 'sf'))).toBeCloseTo(0.626, 9);
  });

  test('without a part there is nothing to raise', async () => {
    const store = await redis.replica();
    const grant = await granted(store, target, tokens(500));
    await store.settle(grant, { result: 'throttled', limitHit: 'tokens' });
    expect(await (await redis.connect()).hGet(state, 'sf')).toBeNull();
  });

  /** When tokens were last recorded, from now on. */
  async function lastRecorded(inMs: number): Promise<void> {
    await (await redis.connect()).hSet(state, { ga: Date.now() + inMs });
  }

  /** One attempt, an answer after a pause that says what remains, and the next question, which reports it. */
  async function answered(booked: number, remainingTokens: number, hasPause = true) {
    const minute = await presentMinute();
    const store = await redis.replica();
    const grant = await granted(store, target, tokens(booked));
    await lastRecorded(hasPause ? -1_000 : 5_000);
    store.admitted?.(grant, { limitTokens: 1_000, remainingTokens });
    await granted(store, target, tokens(1));
    const { sm, sn, si, sl, sg } = { ...(await (await redis.connect()).hGetAll(state)) };
    return { minute, seen: { sm: Number(sm) - minute, sn, si, sl, sg } };
  }

  test('an answer after a pause is compared with the books', async () => {
    const { seen } = await answered(600, 700);
    expect(seen).toEqual({ sm: 0, sn: '0.5', si: '0.5', sl: '600', sg: '600' });
  });

  test('up to half of the limit it would be too inexact', async () => {
    const { seen } = await answered(500, 700);
    expect(seen).toEqual({ sm: 0, sn: '', si: '1', sl: '500', sg: '500' });
  });

  test.each([
    ['right after others nobody knows which of them were counted', 700, false],
    ['a zero is more often wrong than right', 0, true],
  ])('%s', async (_, remaining, hasPause) => {
    const { seen } = await answered(600, remaining, hasPause);
    expect(seen).toMatchObject({ sm: NaN, sn: undefined });
  });

  test('the pause may also come later: it is remembered', async () => {
    const store = await redis.replica();
    await presentMinute();
    const grant = await granted(store, target, tokens(600));
    await lastRecorded(-1_000);
    await granted(store, target, tokens(1));
    store.admitted?.(grant, { limitTokens: 1_000, remainingTokens: 700 });
    await granted(store, target, tokens(1));
    expect(await (await redis.connect()).hGet(state, 'sn')).toBe('0.5');
  });

  test('a new minute begins anew, and what the one before has shown is kept', async () => {
    await write({ ...sliding, sg: 900, sl: 50 });
    const { seen } = await answered(600, 700);
    expect(seen).toEqual({ sm: 0, sn: '0.5', si: '0.5', sl: '600', sg: '550' });
    const { sb, st, se } = { ...(await (await redis.connect()).hGetAll(state)) };
    expect(sb).toBe('0.6');
    expect(Date.now() - Number(st)).toBeLessThan(2_000);
    expect(se).toBe(st);
  });

  test.each([
    [500, '600'],
    [5_000, '5000'],
  ])('an answer up to 600, after one up to %d, makes no gap smaller', async (sl, latest) => {
    await write({ sm: 0, sn: 0.5, si: 0.5, st: 1, sg: 300, sl });
    const { seen } = await answered(600, 700);
    expect(seen).toMatchObject({ sl: latest, sg: '300' });
  });

  test('the largest and the smallest part of a minute are kept', async () => {
    const minute = await presentMinute();
    const client = await redis.connect();
    await client.hSet(state, { sm: minute, sn: 0.7, si: 0.6, st: 1, sg: 10, sl: 0 });
    await answered(600, 700);
    expect({ ...(await client.hGetAll(state)) }).toMatchObject({ sn: '0.7', si: '0.5', st: '1', sg: '600' });
  });
});
