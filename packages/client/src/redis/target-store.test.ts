import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scriptedStore } from '../../test/scripted-store.ts';
import type { Grant, QuotaTarget } from '../quota/quota.ts';

const target: QuotaTarget = {
  key: 'contoso/chat',
  limits: { tpm: 1_000 },
  provisioned: false,
  circuit: { failures: 5, window: 3, openMs: 60, maxOpenMs: 1_000 },
};
const few = { input: 100, output: 0 };

beforeEach(() => {
  vi.useFakeTimers({ now: 10_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store, and the grants of some attempts. */
async function grantedBy(answer: Readonly<Record<string, string | number>>, count = 1) {
  const scripted = scriptedStore();
  const grants: Grant[] = [];
  for (let attempt = 0; attempt < count; attempt += 1) {
    const reserving = scripted.store.reserve(target, few);
    scripted.last().answer({ ...answer, upTo: 700 + attempt });
    grants.push((await reserving) as Grant);
    await scripted.settled();
  }
  const [first] = grants;
  if (first === undefined) throw new Error('Nothing was granted.');
  return { ...scripted, grants, first };
}

test('what the service counted is told once, with the next question', async () => {
  const { store, first, last, settled } = await grantedBy({ booked: 600 });
  store.admitted?.(first, { limitTokens: 1_000, remainingTokens: 700 });
  const reserving = store.reserve(target, few);
  expect(last().question['counted']).toBe('300:600:700');
  last().answer();
  await reserving;
  await settled();
  void store.reserve(target, few);
  expect(last().question['counted']).toBe('');
});

test.each([
  ['no limit', { remainingTokens: 700 }],
  ['no rest', { limitTokens: 1_000 }],
  ['a rest of zero, which is more often wrong than right', { limitTokens: 1_000, remainingTokens: 0 }],
  ['nothing', undefined],
])('an answer with %s says nothing of it', async (_, observed) => {
  const { store, first, last } = await grantedBy({ booked: 600 });
  store.admitted?.(first, observed);
  void store.reserve(target, few);
  expect(last().question['counted']).toBe('');
});

test('more than the limit remains: nothing was counted', async () => {
  const { store, first, last } = await grantedBy({ booked: 600 });
  store.admitted?.(first, { limitTokens: 1_000, remainingTokens: 1_500 });
  void store.reserve(target, few);
  expect(last().question['counted']).toBe('0:600:700');
});

test('of many answers the latest sixteen are told', async () => {
  const { store, grants, last } = await grantedBy({ booked: 600 }, 17);
  for (const grant of grants) store.admitted?.(grant, { limitTokens: 1_000, remainingTokens: 700 });
  void store.reserve(target, few);
  const told = last().question['counted']?.split(',') ?? [];
  expect([told.length, told[0], told[15]]).toEqual([16, '300:600:701', '300:600:716']);
});

test('the end of an attempt that used a lease gives nothing back itself: the next report does', async () => {
  const { store, last, asked } = await grantedBy({ leaseTokens: 500, leaseCalls: 5, leaseMs: 20_000 });
  const leased = store.reserve(target, few) as Grant;
  void store.settle(leased, { result: 'throttled', limitHit: 'tokens' });
  expect(last().question).toMatchObject({ result: 'throttled', countsTokens: '1', countsCall: '1' });
  expect(asked).toHaveLength(2);
  void store.reserve(target, { input: 501, output: 0 });
  // No tokens, and one call.
  expect(last().question['report']).toBe('0:0:1');
});

const lease = { leaseTokens: 500, leaseCalls: 5, leaseMs: 20_000 };

test('the size of a lease is asked for by the rates of use, of the lease and beside it', async () => {
  const { store, last, settled } = await grantedBy({});
  await vi.advanceTimersByTimeAsync(2_000);
  const second = store.reserve(target, few);
  const part = (ms: number) => Math.exp(-ms / 15_000) / 15;
  expect(Number(last().question['tokenRate'])).toBeCloseTo(100 * part(2_000), 9);
  expect(Number(last().question['callRate'])).toBeCloseTo(part(2_000), 9);
  last().answer(lease);
  await second;
  await settled();
  expect(store.reserve(target, { input: 50, output: 0 })).toMatchObject({ ok: true });
  await vi.advanceTimersByTimeAsync(1_000);
  void store.reserve(target, { input: 501, output: 0 });
  expect(Number(last().question['tokenRate'])).toBeCloseTo(100 * part(3_000) + 150 * part(1_000), 9);
  expect(Number(last().question['callRate'])).toBeCloseTo(part(3_000) + 2 * part(1_000), 9);
});

test('a success tells what the service counted, and no other end does', async () => {
  const { store, first, last } = await grantedBy({ booked: 600 });
  const observed = { limitTokens: 1_000, remainingTokens: 700 };
  void store.settle(first, { result: 'cancelled', observed });
  void store.settle(first, { result: 'ok', observed });
  last().answer();
  void store.reserve(target, few);
  expect(last().question['counted']).toBe('300:600:700');
});

test('an attempt that used a lease says nothing of the books: it was in none', async () => {
  const { store, last } = await grantedBy(lease);
  const leased = store.reserve(target, few) as Grant;
  store.admitted?.(leased, { limitTokens: 1_000, remainingTokens: 700 });
  void store.reserve(target, { input: 501, output: 0 });
  expect(last().question['counted']).toBe('');
});

test('an attempt that used a lease was granted now, by the clock of the server', async () => {
  const { store, last } = await grantedBy({ ...lease, serverMs: 73_000 });
  await vi.advanceTimersByTimeAsync(500);
  void store.settle(store.reserve(target, few) as Grant, { result: 'failed' });
  expect(last().question['reservedAtMs']).toBe('73500');
});

test('the end of what the books of this process would have refused is told all the same', async () => {
  const { store, first, last, settled } = await grantedBy({});
  for (let failure = 0; failure < 3; failure += 1) {
    void store.settle(first, { result: 'failed' });
    last().answer();
  }
  void store.settle(first, { result: 'throttled', parkUntilMs: 60_000 });
  last().answer();
  await settled();
  const reserving = store.reserve(target, few);
  last().answer();
  const grant = (await reserving) as Grant;
  const ending = store.settle(grant, { result: 'failed' });
  last().answer();
  expect(await ending).toEqual({});
});

test('only successes are counted for the circuit', async () => {
  const { store, first, last } = await grantedBy({});
  void store.settle(first, { result: 'cancelled' });
  void store.settle(first, { result: 'ok' });
  void store.settle(first, { result: 'failed' });
  expect(last().question['okBefore']).toBe('1');
});

test('each end of provisioned throughput is told, and of other targets none that changes nothing', async () => {
  const { store, last, asked, first } = await grantedBy({ attempts: 1, failures: 1 });
  expect(store.settle(first, { result: 'cancelled' })).toEqual({});
  expect(asked).toHaveLength(1);
  const bought = { ...target, key: 'contoso/ptu', provisioned: true, limits: {} };
  const reserving = store.reserve(bought, few);
  last().answer();
  void store.settle((await reserving) as Grant, { result: 'ok', tokens: { input: 10, output: 0 } });
  expect(last()).toMatchObject({ name: 'settle', question: { result: 'ok', usedWeighed: '10' } });
});

test('a limit of calls that an answer names is told by itself, and when it changes', async () => {
  const { store, first, last, asked, settled } = await grantedBy({});
  for (const [limitRequests, questions] of [
    [60, 2],
    [60, 2],
    [120, 3],
  ] as const) {
    void store.settle(first, { result: 'ok', observed: { limitRequests } });
    expect(asked).toHaveLength(questions);
    last().answer();
    await settled();
  }
});

test('what an end changes may last no time at all', async () => {
  const { store, first, last } = await grantedBy({});
  const ending = store.settle(first, { result: 'failed' });
  last().answer({ openedMs: 0, newlyParkedMs: 0 });
  expect(await ending).toEqual({ circuitOpened: { untilMs: 10_000 }, parked: { untilMs: 10_000 } });
});

test('a refusal for calls is remembered like one for tokens, and may end at once', async () => {
  const full = { outcome: 'no', granted: 0, reason: 'requests' };
  const { store, asked } = await grantedBy({ ...full, waitMs: 5_000 });
  expect(store.reserve(target, few)).toEqual({ ok: false, reason: 'requests', retryAtMs: 15_000 });
  expect(asked).toHaveLength(1);
  const over = await grantedBy({ ...full, waitMs: 0 });
  expect(over.first).toMatchObject({ ok: false, retryAtMs: 10_000 });
});

test('a lease ends with a circuit that is not closed, whatever it counts', async () => {
  const { store, first, last, settled } = await grantedBy(lease);
  void store.settle(first, { result: 'failed' });
  last().answer({ circuit: 'half-open', attempts: 0 });
  await settled();
  expect(store.reserve(target, few)).toBeInstanceOf(Promise);
});

test('what is given back while there is a lease waits for its renewal', async () => {
  const { store, last, asked } = await grantedBy(lease);
  const leased = store.reserve(target, few) as Grant;
  void store.settle(leased, { result: 'cancelled', counted: false });
  await vi.advanceTimersByTimeAsync(17_999);
  expect(asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect([asked.length, last().question['report']]).toEqual([2, '']);
  expect(vi.getTimerCount(), 'the time limit of the question').toBe(1);
});

test('after the end nothing is renewed, not even to give something back', async () => {
  const { store, last, asked } = await grantedBy(lease);
  const leased = store.reserve(target, few) as Grant;
  const closing = store.close?.();
  last().answer();
  await closing;
  void store.settle(leased, { result: 'cancelled', counted: false });
  expect(vi.getTimerCount()).toBe(0);
  expect(asked).toHaveLength(2);
});

test('a replica that leaves before the first answer has nothing to give back', async () => {
  const { store, asked, last } = scriptedStore();
  const reserving = store.reserve(target, few);
  await store.close?.();
  expect(asked).toHaveLength(1);
  last().answer();
  await reserving;
});
