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
