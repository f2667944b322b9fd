import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scriptedStore } from '../../test/scripted-store.ts';
import type { Grant, QuotaTarget, Refusal } from '../quota/quota.ts';

// What a replica does when the store has stopped answering, and for a while after it answers again: other replicas may
// not have reached it yet.
const target: QuotaTarget = {
  key: 'contoso/chat',
  limits: { tpm: 1_000 },
  provisioned: false,
  circuit: { failures: 5, window: 3, openMs: 60, maxOpenMs: 1_000 },
};
const startMs = 10_000;
const tokens = (input: number) => ({ input, output: 0 });
const known = { tokenLimit: 1_000, replicas: 2 };
const gone = new Error('gone');

beforeEach(() => {
  vi.useFakeTimers({ now: startMs });
});
afterEach(() => {
  vi.useRealTimers();
});

function storeOf(options: Parameters<typeof scriptedStore>[0] = {}) {
  const scripted = scriptedStore({ degrade: 'local-share', random: () => 0, ...options });
  /** An attempt, whose question is answered, or not when there are no fields. */
  const attempt = async (
    input: number,
    fields: Readonly<Record<string, string | number>> | undefined,
    of = target,
  ): Promise<Grant | Refusal> => {
    const reserving = scripted.store.reserve(of, tokens(input));
    if (fields === undefined) scripted.last().fail(gone);
    else scripted.last().answer({ serverMs: Date.now(), ...fields });
    const answer = await reserving;
    await scripted.settled();
    return answer;
  };
  return { ...scripted, attempt };
}

const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('without the store', () => {
  test('the limits and the replicas of its last answer are shared equally, those of the operator at least', async () => {
    const { attempt } = storeOf({ replicas: 4 });
    await attempt(1, known, { ...target, limits: {} });
    expect(await attempt(50, undefined)).toMatchObject({ ok: true });
    await later(9_000);
    expect(await attempt(201, undefined)).toMatchObject({ ok: false, reason: 'tokens' });
    expect(await attempt(200, undefined)).toMatchObject({ ok: true });
  });

  test('so is its limit of calls, without those that it had counted', async () => {
    const { attempt } = storeOf();
    const requestsLeaving = [...Array<number>(11).fill(0), 2, 0].join(',');
    await attempt(1, { ...known, requestLimit: 6, requestsLeaving }, { ...target, limits: {} });
    expect(await attempt(1, undefined)).toMatchObject({ ok: true });
    await later(9_000);
    expect(await attempt(1, undefined)).toMatchObject({ ok: true });
    expect(await attempt(1, undefined)).toMatchObject({ ok: false, reason: 'requests' });
  });

  test('before its first answer what is larger than the share waits for its turn', async () => {
    const { attempt } = storeOf({ replicas: 2, random: () => 0.5 });
    expect(await attempt(900, undefined)).toEqual({
      ok: false,
      reason: 'tokens',
      retryAtMs: startMs + 24_000,
    });
  });

  test('nothing is believed to be free once attempts of a lease went past it', async () => {
    const { attempt, store } = storeOf();
    await attempt(100, { ...known, leaseTokens: 150, leaseCalls: 5, leaseMs: 20_000 });
    expect(store.reserve(target, tokens(100))).toMatchObject({ ok: true });
    expect(await attempt(100, undefined)).toMatchObject({ ok: false, reason: 'tokens' });
    const other = storeOf();
    await other.attempt(100, known);
    expect(await other.attempt(100, undefined)).toMatchObject({ ok: true });
  });

  test('the end of an attempt is not told: the store has no such attempt', async () => {
    const { attempt, store, asked } = storeOf();
    await attempt(100, known);
    const grant = (await attempt(100, undefined)) as Grant;
    expect(store.settle(grant, { result: 'failed' })).toEqual({});
    expect(store.settle(grant, { result: 'throttled', parkUntilMs: startMs + 500 })).toEqual({
      parked: { untilMs: startMs + 500 },
    });
    expect(asked).toHaveLength(2);
  });

  test('of attempts at the same time only what the service counted is told', async () => {
    const { attempt, store, last } = storeOf();
    await attempt(1, known);
    const first = (await attempt(30, undefined)) as Grant;
    await attempt(20, undefined);
    void store.settle(first, { result: 'throttled' });
    void store.reserve(target, tokens(1));
    expect(last().question['report']).toBe('0:20:2');
  });

  test('no lease is renewed', async () => {
    const { attempt, store, last, asked, settled } = storeOf();
    const grant = (await attempt(100, { leaseTokens: 500, leaseCalls: 5, leaseMs: 20_000 })) as Grant;
    void store.settle(grant, { result: 'failed' });
    last().fail(gone);
    await settled();
    await later(60_000);
    expect(asked).toHaveLength(2);
    await attempt(501, { leaseTokens: 500, leaseCalls: 5, leaseMs: 20_000 });
    void store.settle(grant, { result: 'failed' });
    last().fail(gone);
    await settled();
    await store.close?.();
    expect(vi.getTimerCount(), 'nor after the end').toBe(0);
  });
});

describe('when the store answers again after two seconds', () => {
  /** 100 tokens were used without it, and one token after it answered. */
  async function back(fields: Readonly<Record<string, string | number>> = {}) {
    const of = storeOf();
    await of.attempt(1, known);
    await later(1_000);
    await of.attempt(100, undefined);
    await later(2_000);
    expect(await of.attempt(1, { ...known, ...fields })).toMatchObject({ ok: true });
    return of;
  }

  test('the replica keeps to its share for as long, and half a second more', async () => {
    const { attempt, store, asked } = await back();
    expect(store.reserve(target, tokens(50)), 'a tenth, and two ninths of the rest').toMatchObject({
      ok: false,
      reason: 'tokens',
    });
    expect(asked).toHaveLength(3);
    expect(await attempt(49, known)).toMatchObject({ ok: true });
    expect(store.reserve(target, tokens(1)), 'what the store granted counts').toMatchObject({ ok: false });
    await later(2_499);
    expect(store.reserve(target, tokens(900))).toMatchObject({ ok: false, reason: 'tokens' });
    await later(1);
    expect(await attempt(900, known)).toMatchObject({ ok: true });
  });

  test('what the store grants beyond the share is given back to it', async () => {
    const of = storeOf();
    await of.attempt(1, known);
    await later(1_000);
    await of.attempt(100, undefined);
    await later(2_000);
    expect(await of.attempt(51, known)).toMatchObject({ ok: false, reason: 'tokens' });
    expect(of.last()).toMatchObject({
      name: 'settle',
      question: { result: 'cancelled', countsTokens: '', countsCall: '', reservedTokens: '51' },
    });
  });

  test('attempts are asked for one by one, and no lease', async () => {
    const { store, last, settled } = await back();
    const reserving = [10, 10, 10].map(async (input) => store.reserve(target, tokens(input)));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(last().question).toMatchObject({ attempts: '10:10', tokenRate: '0', callRate: '0' });
      last().answer({ ...known, serverMs: Date.now() });
      await settled();
    }
    expect((await Promise.all(reserving)).every(({ ok }) => ok)).toBe(true);
  });

  test('a lease that it gives all the same is not used, and goes back at once', async () => {
    const { store, asked, last } = await back({ leaseTokens: 400, leaseCalls: 5, leaseMs: 20_000 });
    expect(store.reserve(target, tokens(40))).toBeInstanceOf(Promise);
    last().answer({ ...known, leaseTokens: 400, leaseCalls: 5, leaseMs: 20_000 });
    await later(249);
    expect(asked).toHaveLength(4);
    await later(1);
    expect(last().question).toMatchObject({ attempts: '', tokenRate: '0' });
  });
});
