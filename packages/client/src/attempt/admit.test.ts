import { expect, test } from 'vitest';
import { choosing, kindOf } from '../choice/choosing.fake.ts';
import type { QuotaStore } from '../quota/quota.ts';
import type { Target } from '../route/target.ts';
import { cancellation } from '../waiting/cancellation.ts';
import { waitingLine } from '../waiting/waiting-line.ts';
import { admit } from './admit.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';

/** A call to a tier of two targets, whose quota answers so. */
function setUp(reserve: QuotaStore['reserve']) {
  const { chooser, quota, target, now } = choosing([['a', 'b']]);
  const members = ['a', 'b'].map((name) => {
    const deployment = { resource: 'sweden' };
    return { target: { ...target(name), deployment } as Target };
  });
  const engine = { chooser, quota: { ...quota, reserve }, now, emit: () => undefined };
  const call = {
    route: { name: 'pool', tiers: [members], leadOn: [], line: waitingLine(now) },
    asked: kindOf('chat'),
    request: { tokens: { input: 1, output: 1 } },
    attempts: 0,
    startedMs: now(),
    deadlineAtMs: now() + 1_000,
    cancellation: cancellation([]),
    elsewhere: [],
    refersTo: { things: [], items: [] },
  };
  const admitted = () => admit(engine as unknown as Engine, call as unknown as Call);
  const underWay = () => members.map((member) => chooser.book(member.target).inFlight);
  return { admitted, underWay };
}

test('a target that has no quota has no call under way, and the error says of each why', async () => {
  const { admitted, underWay } = setUp(() => ({ ok: false, reason: 'tokens', retryAtMs: 9_000 }));
  await expect(admitted()).rejects.toMatchObject({
    code: 'POOL_EXHAUSTED',
    targets: [
      { deployment: 'a', reason: 'tokens', retryAtMs: 9_000 },
      { deployment: 'b', reason: 'tokens', retryAtMs: 9_000 },
    ],
  });
  expect(underWay()).toEqual([0, 0]);
});

test('a store that fails ends the call with its error, and leaves no call under way', async () => {
  const { admitted, underWay } = setUp(async () => Promise.reject(new Error('The store is away.')));
  await expect(admitted()).rejects.toThrow('The store is away.');
  expect(underWay()).toEqual([0, 0]);
});

test('the next target takes what the first has no room for, and has one call under way', async () => {
  const { admitted, underWay } = setUp((target, tokens) =>
    target.key === 'a'
      ? { ok: false, reason: 'tokens', retryAtMs: 9_000 }
      : { ok: true, target, tokens, probe: false, lease: undefined },
  );
  expect((await admitted()).target.name).toBe('b');
  expect(underWay()).toEqual([0, 1]);
});
