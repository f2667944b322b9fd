import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runHedged } from '../src/attempt/hedge.ts';
import type { Admission } from '../src/attempt/admit.ts';
import type { HedgeRules } from '../src/engine/engine.ts';
import type { TransportRequest, TransportResponse } from '../src/transport/transport.ts';
import { rightBody } from './raw-answers.ts';
import { wired } from './wired-attempts.ts';
import type { Wired } from './wired-attempts.ts';

let given: Wired | undefined;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  given?.close();
  vi.useRealTimers();
});

interface Situation {
  readonly afterMs?: HedgeRules['afterMs'];
  /** When an answer is late. */
  readonly lateMs?: number | 'unknown';
  readonly saved?: number;
  readonly maySpend?: boolean;
  readonly isSlow?: boolean;
  readonly hasOther?: boolean;
  readonly json?: object;
}

/** A call whose first attempt is under way, and what is asked and done for its hedge. */
async function setUp({
  afterMs = 'auto',
  lateMs = 100,
  saved = 1,
  maySpend = true,
  isSlow = false,
  hasOther = true,
  json = {},
}: Situation = {}) {
  const sent: (TransportRequest & PromiseWithResolvers<TransportResponse>)[] = [];
  const wires = wired({
    transport: async (request) => {
      const answer = Promise.withResolvers<TransportResponse>();
      request.signal.addEventListener('abort', () => {
        answer.reject(request.signal.reason as Error);
      });
      sent.push({ ...request, ...answer });
      return answer.promise;
    },
  });
  given = wires;
  const { engine, clock } = wires;
  const asked = { deviations: [] as number[], keeps: [] as number[], fasterThanMs: [] as number[], back: 0 };
  const watched = {
    ...engine,
    hedge: {
      afterMs,
      earn: () => undefined,
      spend: (keep = 0) => {
        asked.keeps.push(keep);
        return maySpend;
      },
      giveBack: () => (asked.back += 1),
      saved: () => saved,
    },
    chooser: {
      ...engine.chooser,
      lateMs: (_: unknown, deviations: number) => {
        asked.deviations.push(deviations);
        return lateMs === 'unknown' ? undefined : lateMs;
      },
      isSlowNow: () => isSlow,
    },
  };
  const call = wires.begin({ ...json });
  const first = await wires.open(call);
  const other = wires.begin();
  /** An admission at the other target. */
  const admitNow = async (fasterThanMs: number): Promise<Admission | undefined> => {
    asked.fasterThanMs.push(fasterThanMs);
    if (!hasOther) return undefined;
    const target = engine.targets.get('second');
    if (target === undefined) throw new Error('No target.');
    const choice = engine.chooser.lastChoice(other.route.tiers, { target });
    const grant = await engine.quota.reserve(target.quota, call.request.tokens);
    if (!grant.ok) throw new Error('No quota.');
    return { target, grant, tier: 1, underWay: engine.chooser.begin(choice, call.asked) };
  };
  const ended = runHedged(watched, call, { first, admitNow });
  ended.catch(() => undefined);
  await settleDown();
  return {
    ...{ wires, call, first, sent, asked, ended },
    pass: async (ms: number) => {
      clock.nowMs += ms;
      await vi.advanceTimersByTimeAsync(ms);
      await settleDown();
    },
    answer: async (at: number) => {
      sent[at]?.resolve({
        status: 200,
        headers: new Headers({ 'content-type': 'application/json' }),
        body: new Blob([rightBody('/responses', '').body]).stream(),
        destroy: () => undefined,
      });
      return ended;
    },
  };
}

/** What is under way comes to its next wait. */
async function settleDown(): Promise<void> {
  for (let turn = 0; turn < 4; turn += 1) await new Promise(setImmediate);
}

describe('a hedge that learns when', () => {
  test.each([
    [1, 1.8],
    [0.5, 3.15],
    [0, 4.5],
  ])('with a budget that is full to %d comes after %d deviations', async (saved, deviations) => {
    const { asked, answer } = await setUp({ saved });
    expect(asked.deviations).toEqual([expect.closeTo(deviations, 9)]);
    await answer(0);
  });

  test('is sent when an answer is late, to a target that may answer within twice that time', async () => {
    const { asked, sent, pass, answer } = await setUp();
    await pass(99);
    expect([asked.fasterThanMs, asked.keeps, sent.length]).toEqual([[], [], 1]);
    await pass(1);
    expect([asked.fasterThanMs, sent.length, asked.back]).toEqual([[200], 2, 0]);
    await answer(1);
  });

  test.each([
    [false, 4],
    [true, 0],
  ])('at a target that is slow now (%s) leaves %d in the budget', async (isSlow, keep) => {
    const { asked, pass, answer } = await setUp({ isSlow });
    await pass(100);
    expect(asked.keeps).toEqual([keep]);
    await answer(0);
  });

  test('is never sent while nothing is known', async () => {
    const { asked, sent, pass, answer } = await setUp({ lateMs: 'unknown' });
    await pass(60_000);
    expect([asked.keeps, sent.length]).toEqual([[], 1]);
    await answer(0);
  });
});

describe('a hedge after a time that is given', () => {
  test('goes to any other target, and takes the last of the budget', async () => {
    const { asked, sent, pass, answer } = await setUp({ afterMs: 50, lateMs: 9_000 });
    await pass(49);
    expect(sent).toHaveLength(1);
    await pass(1);
    expect(asked).toEqual({ deviations: [], keeps: [0], fasterThanMs: [Infinity], back: 0 });
    await answer(1);
  });
});

describe('a hedge', () => {
  test('is not sent when the answer is there before', async () => {
    const { asked, sent, pass, answer, first } = await setUp();
    await pass(99);
    const timers = vi.getTimerCount();
    expect((await answer(0)).attempt).toBe(first);
    expect(vi.getTimerCount(), 'without the one that waits for it').toBe(timers - 1);
    await pass(1_000);
    expect([asked.keeps, sent.length]).toEqual([[], 1]);
  });

  test('that is not in the budget is not sent, and looks for no target', async () => {
    const { asked, sent, pass, answer, first } = await setUp({ maySpend: false });
    await pass(1_000);
    expect([asked.fasterThanMs, asked.back, sent.length]).toEqual([[], 0, 1]);
    expect((await answer(0)).attempt).toBe(first);
  });

  test('that finds no target goes back into the budget, once', async () => {
    const { asked, sent, pass, answer, first } = await setUp({ hasOther: false });
    await pass(1_000);
    expect([asked.fasterThanMs, asked.back, sent.length]).toEqual([[200], 1, 1]);
    expect((await answer(0)).attempt).toBe(first);
  });

  test('is not sent for work that would be done twice', async () => {
    const { asked, sent, pass, answer } = await setUp({ json: { background: true } });
    await pass(1_000);
    expect([asked.deviations, asked.keeps, sent.length]).toEqual([[], [], 1]);
    await answer(0);
  });

  test('is told as a hedge after its wait, not as a failover', async () => {
    const { wires, call, pass, answer } = await setUp();
    wires.events.length = 0;
    await pass(100);
    const atMs = wires.clock.nowMs;
    expect(wires.events).toMatchObject([
      { type: 'attempt-started', attempt: 2, deployment: 'second', hedge: true },
      { type: 'hedge-started', callId: call.id, atMs, from: 'first', to: 'second', afterMs: 100 },
    ]);
    expect(wires.events).toHaveLength(2);
    await answer(1);
  });

  test.each([
    [0, 1],
    [1, 0],
  ])(
    'attempt %i answers first: attempt %i is aborted and settled as nobody’s failure',
    async (one, other) => {
      const { wires, sent, pass, answer } = await setUp();
      await pass(100);
      const { attempt } = await answer(one);
      expect(attempt.number).toBe(one + 1);
      await settleDown();
      expect(sent[one]?.signal.aborted).toBe(false);
      expect(sent[other]?.signal.reason).toMatchObject({
        name: 'AbortError',
        message: 'Another target answered first.',
      });
      expect(wires.settled).toEqual([{ result: 'cancelled' }]);
      expect(wires.ended).toMatchObject([{ result: 'other' }]);
    },
  );
});
