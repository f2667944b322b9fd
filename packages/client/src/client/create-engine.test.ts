import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { describe, expect, test } from 'vitest';
import { createEngine } from './create-engine.ts';
import type { ClientOptions, RetryOptions } from './client-options.ts';
import type { ClientEvent } from '../events/events.ts';
import { memoryQuota } from '../quota/memory-quota.ts';

const circuit = { failures: 5, window: 10, openMs: 5_000, maxOpenMs: 120_000 };
const key = apiKey('0123456789abcdef0123456789abcdef');
const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://sweden.openai.azure.com' },
    france: { endpoint: 'https://france.openai.azure.com' },
  },
  deployments: {
    first: { resource: 'sweden', deployment: 'mini', model: 'gpt-4.1-mini' },
    second: { resource: 'france', deployment: 'mini', model: 'gpt-4.1-mini' },
  },
  pools: { chat: ['first', 'second'] },
});

describe('createEngine', () => {
  const nowMs = Date.UTC(2026, 10, 29, 12);
  const events: ClientEvent[] = [];
  const watch = { emit: (event: ClientEvent) => void events.push(event), watched: () => undefined };
  const transport = async () => Promise.reject(new Error('Nothing is sent.'));
  const targetOf = (engine: ReturnType<typeof createEngine>, name = 'first') => {
    const target = engine.targets.get(name);
    if (target === undefined) throw new Error('No such target.');
    return target;
  };
  const engineOf = (options: ClientOptions) =>
    createEngine(config, { credential: key, transport, ...options }, watch);
  const rulesOf = (given: ClientOptions['circuit']) =>
    engineOf(given === undefined ? {} : { circuit: given }).targets.get('first')?.quota.circuit;

  test.each<[ClientOptions['circuit'], object]>([
    [undefined, {}],
    [{}, {}],
    [{ failures: 12 }, { failures: 12, window: 12 }],
    [{ failures: 3 }, { failures: 3 }],
    [{ window: 2 }, { failures: 2, window: 2 }],
    [{ window: 20 }, { window: 20 }],
    [{ openMs: 200_000 }, { openMs: 200_000, maxOpenMs: 200_000 }],
    [{ openMs: 100 }, { openMs: 100 }],
    [{ maxOpenMs: 300 }, { openMs: 300, maxOpenMs: 300 }],
    [{ maxOpenMs: 60_000 }, { maxOpenMs: 60_000 }],
    [false, { failures: Infinity, window: Infinity }],
  ])('a circuit of %j follows what was given', (given, rules) => {
    expect(rulesOf(given)).toEqual({ ...circuit, ...rules });
  });

  test('waits between attempts by default for half a second to eight', () => {
    expect(engineOf({}).backoff).toEqual({ initialDelayMs: 500, maxDelayMs: 8_000 });
    expect(engineOf({ retry: false }).backoff).toEqual({ initialDelayMs: 500, maxDelayMs: 8_000 });
    const retry = { initialDelayMs: 0, maxDelayMs: 7 };
    expect(engineOf({ retry }).backoff).toEqual(retry);
  });

  test('clients share one budget of retries, unless its size is given', () => {
    expect(engineOf({}).budget).toBe(engineOf({ retry: { maxRetries: 1 } }).budget);
    expect(engineOf({ retry: { budgetShare: 0.2 } }).budget).not.toBe(engineOf({}).budget);
    expect(engineOf({ retry: { budgetReserve: 20 } }).budget).not.toBe(engineOf({}).budget);
  });

  test('hedges only when it is told to, after the time that is given', () => {
    expect([engineOf({}).hedge, engineOf({ hedge: false }).hedge]).toEqual([undefined, undefined]);
    expect(engineOf({ hedge: 'auto' }).hedge?.afterMs).toBe('auto');
    expect(engineOf({ hedge: { afterMs: 70 } }).hedge?.afterMs).toBe(70);
  });

  interface Bucket {
    earn(): void;
    spend(): boolean;
  }
  /** How many hedges or retries can be made after so many further calls. */
  const spendable = (budget: Bucket | undefined, calls = 0) => {
    for (let call = 0; call < calls; call += 1) budget?.earn();
    let count = 0;
    while (count < 100 && budget?.spend() === true) count += 1;
    return count;
  };

  test.each<readonly [hedge: NonNullable<ClientOptions['hedge']>, calls: number, most: number]>([
    ['auto', 20, 15],
    [{ afterMs: 70 }, 20, 1],
    [{ afterMs: 70, maxShare: 0.25 }, 4, 1],
    [{ afterMs: 70, maxShare: 0 }, Infinity, 0],
  ])('hedges of %j: one at first, then one for %i calls; %i can be saved up', (hedge, calls, most) => {
    const { hedge: rules } = engineOf({ hedge });
    expect(spendable(rules)).toBe(1);
    if (calls < Infinity) expect([spendable(rules, calls - 1), spendable(rules, 1)]).toEqual([0, 1]);
    expect(spendable(rules, 2_000)).toBe(most);
  });

  test.each<readonly [retry: RetryOptions, atFirst: number, afterFour: number]>([
    [{ budgetReserve: 3 }, 3, 0],
    [{ budgetReserve: 0 }, 0, 0],
    [{ budgetShare: 0.5 }, 20, 2],
    [{ budgetShare: 0 }, 20, 0],
  ])('a budget of retries of its own begins full: %j', (retry, atFirst, afterFour) => {
    const { budget } = engineOf({ retry });
    expect(spendable(budget)).toBe(atFirst);
    expect(spendable(budget, 4)).toBe(afterFour);
  });

  /** The first target after ten calls, so many of which were slow, and the clock. */
  function afterCalls(given: ClientOptions['circuit'], slow: number, ms = 10_000) {
    const clock = { nowMs };
    const engine = engineOf({ now: () => clock.nowMs, ...(given !== undefined && { circuit: given }) });
    const tiers = [[...engine.targets.values()].map((target) => ({ target }))];
    const asked = { kind: 'chat', chain: () => ({ hashes: [] }) as never };
    const book = engine.chooser.book(targetOf(engine));
    const look = () => void engine.chooser.order(tiers, () => true, asked);
    const call = (tookMs: number) => {
      const choice = engine.chooser.lastChoice(tiers, { target: targetOf(engine) });
      const underWay = engine.chooser.begin(choice, asked);
      clock.nowMs += tookMs;
      engine.chooser.answered(underWay, 1);
      engine.chooser.ended(underWay, { result: 'ok' });
    };
    events.length = 0;
    for (let count = 0; count < 10; count += 1) call(count < 10 - slow ? 100 : ms);
    look();
    return { state: () => book.slow.state(clock.nowMs), clock, book };
  }

  test.each<readonly [circuit: ClientOptions['circuit'], slow: number, ms: number, state: string]>([
    [{ slowCallDurationMs: 3_000 }, 5, 3_001, 'open'],
    [{ slowCallDurationMs: 3_000 }, 5, 3_000, 'closed'],
    [{ slowCallDurationMs: 3_000 }, 4, 3_001, 'closed'],
    [{ slowCallDurationMs: 3_000, slowCallRate: 0.4 }, 4, 3_001, 'open'],
    [{ slowCallDurationMs: 3_000, slowCallRate: 0.6 }, 5, 3_001, 'closed'],
    [{ slowCallDurationMs: 3_000, window: 5, slowCallRate: 1 }, 5, 3_001, 'open'],
    [{ slowCallDurationMs: 3_000, slowCallRate: 1 }, 5, 3_001, 'closed'],
    [{ slowCallDurationMs: false }, 10, 60_000, 'closed'],
    [false, 10, 60_000, 'closed'],
  ])('with a circuit of %j, %i of ten calls of %i ms leave it %s', (given, slow, ms, state) => {
    expect(afterCalls(given, slow, ms).state()).toBe(state);
  });

  test.each<readonly [circuit: NonNullable<ClientOptions['circuit']>, openMs: number]>([
    [{ slowCallDurationMs: 3_000 }, 5_000],
    [{ slowCallDurationMs: 3_000, openMs: 70 }, 70],
  ])('with a circuit of %j a slow target is left alone for %i ms, and that is told', (given, openMs) => {
    const { clock, book } = afterCalls(given, 5);
    expect(events).toEqual([
      {
        ...{ type: 'circuit-opened', deployment: 'first', reason: 'slow-calls' },
        ...{ atMs: clock.nowMs, untilMs: clock.nowMs + openMs },
      },
    ]);
    expect([book.slow.openUntilMs, book.slow.state(clock.nowMs + openMs)]).toEqual([
      ...[clock.nowMs + openMs, 'probe-due'],
    ]);
  });

  test('a target that answers again is told of as well, without a time', () => {
    const engine = engineOf({ now: () => nowMs });
    const target = targetOf(engine);
    const tiers = [[{ target }]];
    const { refusals } = engine.chooser.book(target);
    for (let answered = 0; answered < 5; answered += 1) {
      refusals.refused({ status: 403, othersAnswered: answered }, nowMs);
    }
    events.length = 0;
    const asked = { kind: 'chat', chain: () => ({ hashes: [] }) as never };
    const underWay = engine.chooser.begin(engine.chooser.lastChoice(tiers, { target }), asked);
    engine.chooser.answered(underWay, 1);
    engine.chooser.ended(underWay, { result: 'ok' });
    expect(events).toEqual([
      { type: 'circuit-closed', deployment: 'first', reason: 'refusals', atMs: nowMs },
    ]);
  });

  test('keeps budgets that are given, and tells when one is nearly spent', async () => {
    expect(engineOf({}).budgets).toBeUndefined();
    const engine = engineOf({ now: () => nowMs, budgets: { limits: [{ per: 'day', tokens: 100 }] } });
    events.length = 0;
    await engine.budgets?.hold({}, { tokens: 90, cost: undefined });
    await expect(engine.budgets?.hold({}, { tokens: 11, cost: undefined })).rejects.toMatchObject({
      ...{ code: 'BUDGET_EXCEEDED', used: 90, asked: 11, endsAt: new Date(Date.UTC(2026, 10, 30)) },
    });
    expect(events).toMatchObject([{ type: 'budget-warning', atMs: nowMs, per: 'day', limit: 100 }]);
    await engine.budgets?.close();
  });

  test('asks the holders that a shared quota has, and no others', async () => {
    expect(engineOf({}).holders.ask).toBeUndefined();
    const quota = {
      ...memoryQuota(),
      holders: { find: async () => Promise.resolve('france'), remember: async () => Promise.resolve() },
    };
    const engine = engineOf({ quota });
    expect(await engine.holders.ask?.(['resp_1'])).toBe('france');
    expect(engine.quota).toBe(quota);
  });
});
