import { describe, expect, test } from 'vitest';
import { choosing, kindOf } from '../choice/choosing.fake.ts';
import type { ClientEvent } from '../events/events.ts';
import type { QuotaStore, Settlement } from '../quota/quota.ts';
import type { Target } from '../route/target.ts';
import { cancellation } from '../waiting/cancellation.ts';
import { waitingLine } from '../waiting/waiting-line.ts';
import { admit, admitNow } from './admit.ts';
import type { Call } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import { ResidencyError } from '../errors.ts';
import type { UnusableTarget } from '../errors.ts';

/** A call to a tier of two targets, whose quota answers so. */
function setUp(reserve: QuotaStore['reserve']) {
  const { chooser, quota, target, now } = choosing([['a', 'b']]);
  const members = ['a', 'b'].map((name) => {
    const deployment = { resource: 'sweden' };
    return { target: { ...target(name), deployment } as Target };
  });
  const events: ClientEvent[] = [];
  const settled: Settlement[] = [];
  const settle: QuotaStore['settle'] = (_, settlement) => {
    settled.push(settlement);
    return {};
  };
  const peek = { ...quota.peek(target('a').quota) };
  const engine = {
    chooser,
    quota: { ...quota, reserve, settle, peek: () => peek },
    now,
    emit: (event: ClientEvent) => events.push(event),
  };
  const call = {
    id: 'call',
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
  /** For a hedge beside the first of them. */
  const admittedNow = (fasterThanMs: number) => {
    const [first] = members;
    if (first === undefined) throw new Error('No target.');
    const beside = { exclude: first.target, fasterThanMs };
    return admitNow(engine as unknown as Engine, call as unknown as Call, beside);
  };
  /** A call to the second of them is expected to take so long. */
  const expectMs = (ms: number) => {
    engine.chooser = { ...chooser, expectedMs: (each) => (each.name === 'b' ? ms : 1) };
  };
  /** A target refuses what others answer. */
  const refuse = (name: string) => {
    const before = engine.chooser;
    engine.chooser = {
      ...before,
      refusesUntilMs: (each) => (each.name === name ? now() + 60_000 : before.refusesUntilMs(each)),
    };
  };
  const [a, b] = members.map((member) => member.target);
  if (a === undefined || b === undefined) throw new Error('No targets.');
  return {
    ...{ admitted, admittedNow, expectMs, refuse, underWay },
    ...{ call, events, settled, peek, members: { a, b }, nowMs: now() },
  };
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

test('what a call finds at its deadline, and can no longer send, is given back: no call is under way', async () => {
  const { admitted, underWay, call, settled, nowMs } = setUp((target, tokens) => ({
    ...{ ok: true, target, tokens, probe: false, lease: undefined },
  }));
  // The first in line looks for ever.
  const look = async () => new Promise<never>(() => undefined);
  const { cancellation: stop, route } = call;
  void route.line.wait({ sinceMs: 0, deadlineAtMs: Infinity, cancellation: stop, look });
  call.deadlineAtMs = nowMs;
  await expect(admitted()).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' });
  expect(underWay()).toEqual([0, 0]);
  expect(settled).toEqual([{ result: 'cancelled', counted: false }]);
});

test('tells what was skipped, until when, and which wait comes of it', async () => {
  let asked = 0;
  const { admitted, call, events, nowMs } = setUp((target, tokens) => {
    asked += 1;
    if (asked > 2) return { ok: true, target, tokens, probe: false, lease: undefined };
    const retryAtMs = target.key === 'a' ? Infinity : nowMs + 20;
    return { ok: false, reason: asked === 1 ? 'tokens' : 'parked', retryAtMs };
  });
  call.attempts = 2;
  await admitted();
  const event = { callId: 'call', atMs: nowMs };
  // What it finds when it looks again is its own affair.
  expect(events).toEqual([
    { type: 'target-skipped', ...event, deployment: 'a', reason: 'tokens' },
    { type: 'target-skipped', ...event, deployment: 'b', reason: 'parked', untilMs: nowMs + 20 },
    { type: 'retry-scheduled', ...event, attempt: 3, delayMs: 20 },
    { type: 'call-waiting', ...event, name: 'pool', ahead: 0, untilMs: nowMs + 20 },
  ]);
});

test('the first attempt that waits is no retry', async () => {
  let asked = 0;
  const { admitted, events, nowMs } = setUp((target, tokens) => {
    asked += 1;
    if (asked > 2) return { ok: true, target, tokens, probe: false, lease: undefined };
    return { ok: false, reason: 'requests', retryAtMs: nowMs + 5 };
  });
  await admitted();
  expect(events.map(({ type }) => type)).toEqual(['target-skipped', 'target-skipped', 'call-waiting']);
});

test.each([
  ['at the deadline is waited for', 1_000, undefined],
  ['after it is not', 1_001, 'POOL_EXHAUSTED'],
])('a target that is free %s', async (_, inMs, code) => {
  let asked = 0;
  const { admitted, call, nowMs } = setUp((target, tokens) => {
    asked += 1;
    if (asked > 2) return { ok: true, target, tokens, probe: false, lease: undefined };
    return { ok: false, reason: 'requests', retryAtMs: nowMs + inMs };
  });
  const admission = admitted().catch((error: unknown) => error);
  call.route.line.poke();
  await Promise.resolve();
  call.route.line.poke();
  expect(((await admission) as { code?: string }).code).toBe(code);
});

const admits: QuotaStore['reserve'] = (target, tokens) => ({
  ...{ ok: true, target, tokens, probe: false, lease: undefined },
});

test('a hedge goes to another target than the first attempt, whatever is known of it', async () => {
  const { admittedNow, underWay } = setUp(admits);
  expect((await admittedNow(0))?.target.name).toBe('b');
  expect(underWay()).toEqual([0, 1]);
});

test.each([
  [99, 'b'],
  [100, undefined],
])('a hedge at a target that takes %i ms, where less than 100 are of use, goes to %s', async (ms, name) => {
  const { admittedNow, expectMs, underWay } = setUp(admits);
  expectMs(ms);
  expect((await admittedNow(100))?.target.name).toBe(name);
  expect(underWay()).toEqual([0, name === undefined ? 0 : 1]);
});

test('a hedge does not go before calls that wait in line', async () => {
  const { admittedNow, underWay, call } = setUp(admits);
  const look = async () => new Promise<never>(() => undefined);
  void call.route.line.wait({ sinceMs: 0, deadlineAtMs: Infinity, cancellation: call.cancellation, look });
  expect(await admittedNow(100)).toBeUndefined();
  expect(underWay()).toEqual([0, 0]);
});

const full: QuotaStore['reserve'] = () => ({ ok: false, reason: 'tokens', retryAtMs: Infinity });

/** Why a call cannot go to either target. */
async function targetsOf(admission: Promise<unknown>): Promise<readonly UnusableTarget[]> {
  const error = await admission.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return (error as { targets: readonly UnusableTarget[] }).targets;
}

describe('what the policy forbids', () => {
  const breach = { target: 'a', policy: 'processing', reason: 'It processes in the world.' };

  test('is not asked for quota, and is an unusable target among others', async () => {
    const asked: string[] = [];
    const { admitted, members } = setUp((target, tokens) => {
      asked.push(target.key);
      return full(target, tokens);
    });
    Object.assign(members.a, { forbidden: breach });
    const [a, b] = await targetsOf(admitted());
    expect(a).toEqual({ deployment: 'a', reason: 'policy', detail: 'is forbidden by the policy' });
    expect(b?.reason).toBe('tokens');
    expect(asked).toEqual(['b']);
  });

  test('is the error where it is all there is', async () => {
    const { admitted, members } = setUp(full);
    Object.assign(members.a, { forbidden: breach });
    Object.assign(members.b, { forbidden: { ...breach, target: 'b' } });
    const error = await admitted().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ResidencyError);
    expect(error).toMatchObject({ target: 'a', policy: 'processing' });
  });
});

describe('a target that has failed the call', () => {
  test('is left alone until it may be tried again, and never when it has no such time', async () => {
    const { admitted, members, call, nowMs } = setUp(full);
    const failed = new Map([
      [members.a, { reason: 'failed', retryAtMs: nowMs + 2_000 }],
      [members.b, { reason: 'failed', retryAtMs: Infinity }],
    ]);
    Object.assign(call, { failed });
    expect(await targetsOf(admitted())).toEqual([
      { deployment: 'a', reason: 'failed', retryAtMs: nowMs + 2_000, detail: 'has failed this call' },
      { deployment: 'b', reason: 'failed', detail: 'has failed this call' },
    ]);
  });

  test('is free at that time', async () => {
    const { admitted, members, call, nowMs } = setUp(admits);
    const failed = new Map([[members.a, { reason: 'failed', retryAtMs: nowMs }]]);
    Object.assign(call, { failed });
    expect((await admitted()).target.name).toBe('a');
  });
});

describe('a target that refuses what others answer', () => {
  test('is taken when no other will ever do', async () => {
    const { admitted, refuse, underWay } = setUp((target, tokens) =>
      target.key === 'a' ? admits(target, tokens) : full(target, tokens),
    );
    refuse('a');
    expect((await admitted()).target.name).toBe('a');
    expect(underWay()).toEqual([1, 0]);
  });

  test('is not taken while another is only busy: that one is waited for', async () => {
    const { admitted, refuse, events, nowMs } = setUp((target, tokens) =>
      target.key === 'a' ? admits(target, tokens) : { ok: false, reason: 'tokens', retryAtMs: nowMs + 9_000 },
    );
    refuse('a');
    expect(await targetsOf(admitted())).toMatchObject([
      { deployment: 'a', reason: 'refusing', detail: 'refuses calls that others answer' },
      { deployment: 'b', reason: 'tokens' },
    ]);
    expect(events.map((event) => 'reason' in event && event.reason)).toEqual(['refusing', 'tokens']);
  });

  test('of several the next one is taken when the first has no quota', async () => {
    const { admitted, refuse, underWay } = setUp((target, tokens) =>
      target.key === 'b' ? admits(target, tokens) : full(target, tokens),
    );
    refuse('a');
    refuse('b');
    expect((await admitted()).target.name).toBe('b');
    expect(underWay()).toEqual([0, 1]);
  });

  test('is no target of a hedge', async () => {
    const { admittedNow, refuse, underWay } = setUp(admits);
    refuse('b');
    expect(await admittedNow(100)).toBeUndefined();
    expect(underWay()).toEqual([0, 0]);
  });
});

describe('the error says of a target that it', () => {
  const until = new Date(9_000).toISOString();

  test.each([
    ['parked', 9_000, `is parked until ${until}`],
    ['circuit-open', 9_000, `has an open circuit until ${until} (3 of the last 4 attempts failed)`],
    ['tokens', 9_000, `has no tokens left until ${until}`],
    ['requests', Infinity, 'never takes so many requests at once'],
  ] as const)('%s, until %d: it %s', async (reason, retryAtMs, detail) => {
    const { admitted, peek } = setUp(() => ({ ok: false, reason, retryAtMs }));
    peek.attempts = 4;
    peek.failures = 3;
    expect((await targetsOf(admitted()))[0]?.detail).toBe(detail);
  });

  test('has an open circuit, of which no attempt is known here', async () => {
    const { admitted } = setUp(() => ({ ok: false, reason: 'circuit-open', retryAtMs: 9_000 }));
    expect((await targetsOf(admitted()))[0]?.detail).toBe(`has an open circuit until ${until}`);
  });
});

test('the last error of a call is the cause of its end', async () => {
  const { admitted, call } = setUp(full);
  const cause = new Error('The connection was reset.');
  Object.assign(call, { last: { error: cause } });
  await expect(admitted()).rejects.toMatchObject({ code: 'POOL_EXHAUSTED', cause });
  Object.assign(call, { last: { answer: {} } });
  await expect(admitted()).rejects.toMatchObject({ cause: undefined });
});
