import { afterEach, expect, test } from 'vitest';
import { settle } from '../src/attempt/settle.ts';
import { clientStatus } from '../src/client/status.ts';
import { finishCall } from '../src/engine/finish-call.ts';
import type { Usage } from '../src/events/events.ts';
import { wired } from './wired-attempts.ts';
import type { Wired } from './wired-attempts.ts';

let given: Wired | undefined;
afterEach(() => given?.close());

const setUp = (options: Parameters<typeof wired>[0] = {}): Wired => (given = wired(options));

const untouched = {
  ...{ circuit: 'closed', attempts: 0, failures: 0, parkedUntilMs: 0, openUntilMs: 0, free: 1 },
  ...{ latency: {}, cachedInputShare: 0 },
};
const nothing = {
  ...{ calls: 0, failed: 0, attempts: 0, cost: 0 },
  ...{ inputTokens: 0, cachedInputTokens: 0, outputTokens: 0 },
};

/** A call of the first deployment that is answered after such a time. */
async function answered({ engine, clock, begin, open }: Wired, ms: number, stream = false) {
  const call = begin({ stream });
  const attempt = await open(call);
  clock.nowMs += ms;
  engine.chooser.answered(attempt.admission.underWay, attempt.admission.grant.tokens.input);
  await settle(engine, attempt, { result: 'ok' });
  attempt.scope.end();
  return { call, attempt };
}

test('a client that has made no call knows its targets, and nothing of them', () => {
  const { engine } = setUp();
  expect(clientStatus(engine)).toEqual({
    waiting: 0,
    spending: nothing,
    spendingByDeployment: {},
    spendingByTag: {},
    targets: {
      first: { ...untouched, resource: 'sweden' },
      second: { ...untouched, resource: 'france' },
    },
  });
});

test('times are told by kind of call, in whole milliseconds, the middle one and that of the slowest twentieth', async () => {
  const wires = setUp();
  for (let count = 0; count < 19; count += 1) await answered(wires, 100.4);
  await answered(wires, 900);
  await answered(wires, 40, true);
  const { first, second } = clientStatus(wires.engine).targets;
  expect(first?.latency).toEqual({
    responses: { p50Ms: 100, p95Ms: expect.any(Number) as number },
    'responses stream': { p50Ms: 40, p95Ms: 40 },
  });
  expect(Number.isInteger(first?.latency['responses']?.p95Ms)).toBe(true);
  expect(second?.latency).toEqual({});
});

test('a kind of call that has no answer yet has no times', async () => {
  const { engine, begin, open } = setUp();
  await open(begin());
  expect(clientStatus(engine).targets['first']?.latency).toEqual({});
});

test('what was spent is told as a whole, by deployment and by tag, with the share that came from the cache', async () => {
  const wires = setUp({ tags: { team: 'search' } });
  const usage: Usage = { inputTokens: 80, cachedInputTokens: 20, outputTokens: 5 } as Usage;
  const { call, attempt } = await answered(wires, 5);
  finishCall(wires.engine, call, { outcome: 'ok', target: attempt.admission.target, usage });
  const { spending, spendingByDeployment, spendingByTag, targets } = clientStatus(wires.engine);
  const spent = { ...nothing, calls: 1, inputTokens: 80, cachedInputTokens: 20, outputTokens: 5 };
  expect(spending).toMatchObject({ ...spent, attempts: expect.any(Number) as number });
  expect(spendingByDeployment).toEqual({ first: spending });
  expect(spendingByTag).toEqual({ 'team=search': spending });
  expect([targets['first']?.cachedInputShare, targets['second']?.cachedInputShare]).toEqual([0.25, 0]);
});

test('a target that was called and has used nothing has no share of the cache', async () => {
  const wires = setUp();
  const { call, attempt } = await answered(wires, 5);
  finishCall(wires.engine, call, { outcome: 'aborted', target: attempt.admission.target });
  expect(clientStatus(wires.engine).targets['first']?.cachedInputShare).toBe(0);
});

test('calls that wait are counted over all names', async () => {
  const { engine, clock, begin } = setUp();
  const { cancellation } = begin();
  let isFree = false;
  const lines = ['pool', 'first', 'first'].map((name) => engine.route(name).line);
  const waiting = lines.map(async (line) =>
    line.wait({
      ...{ sinceMs: clock.nowMs, deadlineAtMs: clock.nowMs + 60_000, cancellation },
      look: () => (isFree ? { found: true } : { againAtMs: clock.nowMs + 60_000 }),
    }),
  );
  expect(clientStatus(engine).waiting).toBe(3);
  isFree = true;
  engine.wake();
  expect(await Promise.all(waiting)).toEqual([true, true, true]);
  expect(clientStatus(engine).waiting).toBe(0);
});

test('a target that gets no calls tells why: it refuses what others answer, or it is slow', () => {
  const { engine, clock } = setUp();
  const problems = () => Object.values(clientStatus(engine).targets).map(({ problem }) => problem);
  const [first, second] = [...engine.targets.values()].map((target) => engine.chooser.book(target));
  for (let order = 0; order < 10; order += 1) {
    second?.slow.add({ order, value: true }, false, clock.nowMs);
    second?.slow.addUnderWay([{ order: order + 10, value: true }], clock.nowMs);
  }
  expect(problems()).toEqual([undefined, 'slow-calls']);
  for (let answered = 0; answered < 5; answered += 1) {
    first?.refusals.refused({ status: 403, othersAnswered: answered }, clock.nowMs);
  }
  expect(problems()).toEqual(['refusals', 'slow-calls']);
  first?.refusals.accepted();
  second?.slow.close();
  expect(problems()).toEqual([undefined, undefined]);
});
