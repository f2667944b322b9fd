import { expect, test } from 'vitest';
import { memoryQuota } from './memory-quota.ts';
import type { Grant, QuotaTarget, Refusal, SettledChange, Settlement } from './quota.ts';

const target: QuotaTarget = {
  key: 'contoso.openai.azure.com/gpt',
  limits: {},
  provisioned: false,
  circuit: { failures: 2, window: 4, openMs: 1_000, maxOpenMs: 3_000 },
};
const tokens = { input: 1, output: 1 };

function setUp() {
  const clock = { nowMs: 10_000 };
  const store = memoryQuota({ now: () => clock.nowMs });
  const granted = (): Grant => {
    const answer = store.reserve(target, tokens) as Grant | Refusal;
    if (!answer.ok) throw new Error(answer.reason);
    return answer;
  };
  return {
    clock,
    store,
    granted,
    refused: (): Refusal => {
      const answer = store.reserve(target, tokens) as Grant | Refusal;
      if (answer.ok) throw new Error('granted');
      return answer;
    },
    attempt: (settlement: Settlement) => store.settle(granted(), settlement) as SettledChange,
  };
}

/** Two failures: open until 11,000. */
function opened() {
  const made = setUp();
  made.attempt({ result: 'failed' });
  made.attempt({ result: 'failed' });
  return made;
}

test('the failure that opens the circuit says until when, and only that one', () => {
  const { attempt, store, granted } = setUp();
  const late = granted();
  expect(attempt({ result: 'failed' })).toEqual({});
  expect(attempt({ result: 'failed' })).toEqual({ circuitOpened: { untilMs: 11_000 } });
  expect(store.settle(late, { result: 'failed' }), 'one that had begun before').toEqual({});
});

test.each(['throttled', 'cancelled'] as const)('%s is no failure of a target', (result) => {
  const { attempt, store } = setUp();
  attempt({ result: 'failed' });
  for (let count = 0; count < 5; count += 1) attempt({ result });
  expect(store.peek(target)).toMatchObject({ circuit: 'closed', attempts: 1, failures: 1 });
});

test('an open circuit refuses until its time has come, to the millisecond', () => {
  const { clock, refused, granted } = opened();
  clock.nowMs = 10_999;
  expect(refused()).toEqual({ ok: false, reason: 'circuit-open', retryAtMs: 11_000 });
  clock.nowMs = 11_000;
  expect(granted().probe).toBe(true);
});

test('beside a probe nobody is let in, and is told when to ask again', () => {
  const { clock, refused, granted } = opened();
  clock.nowMs = 12_000;
  granted();
  expect(refused()).toEqual({ ok: false, reason: 'circuit-open', retryAtMs: 13_000 });
});

test.each([
  ['ok', { circuitClosed: true }, 'closed'],
  // The target is alive: it answers.
  ['throttled', { circuitClosed: true }, 'closed'],
  ['failed', { circuitOpened: { untilMs: 13_000 } }, 'open'],
  ['cancelled', {}, 'open'],
] as const)('a probe that ends as %s changes %j, and the circuit is %s', (result, change, circuit) => {
  const { clock, attempt, store } = opened();
  clock.nowMs = 11_000;
  expect(attempt({ result })).toEqual(change);
  expect(store.peek(target).circuit).toBe(circuit);
});

test('after a probe that was cancelled the next one may try at once', () => {
  const { clock, attempt, granted } = opened();
  clock.nowMs = 11_000;
  attempt({ result: 'cancelled' });
  expect(granted().probe).toBe(true);
});

test('a target that is parked is refused until then, to the millisecond', () => {
  const { clock, attempt, refused, granted, store } = setUp();
  const parked = attempt({ result: 'throttled', parkUntilMs: 15_000 });
  expect(parked).toEqual({ parked: { untilMs: 15_000 } });
  clock.nowMs = 14_999;
  expect(refused()).toEqual({ ok: false, reason: 'parked', retryAtMs: 15_000 });
  expect(store.peek(target).parkedUntilMs).toBe(15_000);
  clock.nowMs = 15_000;
  expect(store.peek(target).parkedUntilMs).toBe(0);
  granted();
});

test('a later word only moves the time further away', () => {
  const { store, granted, refused } = setUp();
  const [first, second, third, fourth] = [granted(), granted(), granted(), granted()];
  void store.settle(first, { result: 'throttled', parkUntilMs: 70_000 });
  expect(store.settle(second, { result: 'throttled', parkUntilMs: 12_000 })).toEqual({});
  expect(refused().retryAtMs).toBe(70_000);
  expect(store.settle(third, { result: 'throttled', parkUntilMs: 70_000 }), 'the same again').toEqual({});
  expect(store.settle(fourth, { result: 'throttled', parkUntilMs: 90_000 })).toEqual({
    parked: { untilMs: 90_000 },
  });
});

test('a time that is over parks nothing', () => {
  const { attempt, granted } = setUp();
  expect(attempt({ result: 'throttled', parkUntilMs: 10_000 })).toEqual({});
  granted();
});

test('targets with the same key are one, others have nothing to do with each other', () => {
  const { store, attempt } = setUp();
  attempt({ result: 'throttled', parkUntilMs: 70_000 });
  expect(store.reserve({ ...target }, tokens)).toMatchObject({ ok: false });
  expect(store.reserve({ ...target, key: 'other' }, tokens)).toMatchObject({ ok: true });
});

test('after a refusal for want of quota one attempt at a time is sent, until the service lets it in', () => {
  const { store, attempt, granted, refused, clock } = setUp();
  attempt({ result: 'throttled' });
  const first = granted();
  expect(refused()).toEqual({ ok: false, reason: 'parked', retryAtMs: clock.nowMs + 100 });
  store.admitted?.(first, undefined);
  granted();
  granted();
  refused();
});

test('what is let in twice counts once', () => {
  const { store, attempt, granted, refused } = setUp();
  attempt({ result: 'throttled' });
  const first = granted();
  store.admitted?.(first, undefined);
  store.admitted?.(first, undefined);
  void store.settle(first, { result: 'ok' });
  granted();
  granted();
  refused();
});

test('an attempt that comes to nothing makes room for the next', () => {
  const { store, attempt, granted, refused } = setUp();
  attempt({ result: 'throttled' });
  const first = granted();
  refused();
  void store.settle(first, { result: 'cancelled' });
  granted();
});

test('successes are no failures, and what is known of the last attempts is all of it', () => {
  const { attempt, store } = setUp();
  attempt({ result: 'failed' });
  attempt({ result: 'ok' });
  attempt({ result: 'ok' });
  expect(store.peek(target)).toEqual({
    circuit: 'closed',
    attempts: 3,
    failures: 1,
    parkedUntilMs: 0,
    openUntilMs: 0,
    free: 1,
  });
});

test('an open circuit has forgotten the attempts that opened it, and says until when it is open', () => {
  const { store, clock, granted } = opened();
  const open = { circuit: 'open', attempts: 0, failures: 0, parkedUntilMs: 0, openUntilMs: 11_000, free: 1 };
  expect(store.peek(target)).toEqual(open);
  clock.nowMs = 11_000;
  granted();
  expect(store.peek(target)).toEqual({ ...open, circuit: 'half-open', openUntilMs: 0 });
});

test('a target whose limit is used up is refused, and told why', () => {
  const { store } = setUp();
  const small = { ...target, limits: { tpm: 3 } };
  void store.reserve(small, tokens);
  void store.reserve(small, tokens);
  expect(store.reserve(small, tokens)).toEqual({ ok: false, reason: 'tokens', retryAtMs: 70_250 });
  expect(store.reserve(small, { input: 4, output: 0 })).toMatchObject({ retryAtMs: Infinity });
});

test('what the headers of an answer say counts as soon as they are here', () => {
  const { store, granted, refused } = setUp();
  store.admitted?.(granted(), { limitTokens: 1 });
  expect(refused()).toEqual({ ok: false, reason: 'tokens', retryAtMs: Infinity });
});

test('the gauge of an answer counts when the answer begins, and not once more at its end', () => {
  const { store, clock } = setUp();
  const bought: QuotaTarget = {
    ...target,
    provisioned: true,
    limits: { ptu: 10 },
    ptu: { inputTpm: 100, outputWeight: 1 },
  };
  const reserve = (input: number) => store.reserve(bought, { input, output: 0 }) as Grant;
  const first = reserve(500);
  store.admitted?.(first, { utilisation: 0.5 });
  const short = reserve(300);
  void store.settle(short, { result: 'ok', tokens: { input: 0, output: 0 }, observed: { utilisation: 0.8 } });
  clock.nowMs += 6_000;
  const later = reserve(0);
  void store.settle(later, { result: 'ok', observed: { utilisation: 0.9 } });
  void store.settle(first, {
    result: 'ok',
    tokens: { input: 400, output: 0 },
    observed: { utilisation: 0.5 },
  });
  expect(store.peek(bought).free).toBeCloseTo(1 - (0.9 - 0.1), 9);
});

test('an answer that began and then ran into a limit does not slow the others down', () => {
  const { store, granted } = setUp();
  const first = granted();
  store.admitted?.(first, undefined);
  void store.settle(first, { result: 'throttled' });
  granted();
  granted();
});

test('who gave up without an answer has not been refused', () => {
  const { attempt, granted } = setUp();
  attempt({ result: 'cancelled' });
  attempt({ result: 'failed' });
  granted();
  granted();
});

test('a target that is parked and has an open circuit is refused for the circuit', () => {
  const { attempt, refused } = setUp();
  attempt({ result: 'failed' });
  attempt({ result: 'failed', parkUntilMs: 60_000 });
  expect(refused()).toEqual({ ok: false, reason: 'circuit-open', retryAtMs: 11_000 });
});

test('an answer that is settled in one step was let in as well', () => {
  const { attempt, granted, refused } = setUp();
  attempt({ result: 'throttled' });
  attempt({ result: 'ok' });
  granted();
  granted();
  refused();
});
