import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scriptedStore } from '../../test/scripted-store.ts';
import type { Grant, QuotaTarget, Refusal } from '../quota/quota.ts';

// The server is a test here, which sees what is asked and when. What the scripts decide is in test/redis-books.test.ts.
const target: QuotaTarget = {
  key: 'contoso/chat',
  limits: { tpm: 1_000 },
  provisioned: false,
  circuit: { failures: 5, window: 3, openMs: 60, maxOpenMs: 1_000 },
};
const few = { input: 60, output: 40 };
const startMs = 10_000;

beforeEach(() => {
  vi.useFakeTimers({ now: startMs });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A store, and one attempt that it has granted. */
async function asked(
  answer: Readonly<Record<string, string | number>> = {},
  options: Parameters<typeof scriptedStore>[0] = {},
) {
  const scripted = scriptedStore(options);
  const reserving = scripted.store.reserve(target, few);
  scripted.last().answer(answer);
  const first = (await reserving) as Grant;
  await scripted.settled();
  return { ...scripted, first };
}

const refusalOf = (answer: unknown) => answer as Refusal;
const lease = { leaseTokens: 500, leaseCalls: 5, leaseMs: 20_000 };

describe('a question', () => {
  test('is about one target, whose keys share a hash tag', () => {
    const { store, last } = scriptedStore({ prefix: 'mine', probeMs: 5_000 });
    void store.reserve({ ...target, limits: { tpm: 1_000, rpm: 60 } }, { input: 60.5, output: 40 });
    expect(last().keys).toEqual(
      ['state', 'tokens', 'requests', 'replicas'].map((part) => `mine:{contoso/chat}:${part}`),
    );
    const { replica, id, ...question } = last().question;
    expect([replica, id]).toEqual([
      expect.stringMatching(/^[\da-f-]{36}$/),
      expect.stringMatching(/^[\da-f-]{36}$/),
    ]);
    expect(question).toEqual({
      attempts: '101:301',
      tokenLimit: '1000',
      requestLimit: '10',
      provisioned: '',
      capacity: '',
      probeMs: '5000',
      report: '',
      waitedUntilMs: '',
      tokenRate: '0',
      callRate: '0',
      counted: '',
      isLeaving: '',
    });
  });

  test('of provisioned throughput has the size of the bucket', () => {
    const { store, last } = scriptedStore();
    const ptu = { inputTpm: 2_500, outputWeight: 4 };
    void store.reserve({ ...target, provisioned: true, limits: { ptu: 15 }, ptu }, few);
    expect(last().question).toMatchObject({ attempts: '100:220', provisioned: '1', capacity: '37500' });
    expect(last().keys[0]).toBe('aoai:{contoso/chat}:state');
  });

  test('says until when the replica waits, by the clock of the server', async () => {
    const { store, last } = await asked({ serverMs: 73_000 }, { timeoutMs: 300 });
    await vi.advanceTimersByTimeAsync(1_000);
    void store.reserve(target, few);
    expect(last().question['waitedUntilMs']).toBe('74300');
  });

  test('that came late by the clock of the server alone is asked again: that clock was set', async () => {
    const { store, last, asked: all, settled } = await asked({ serverMs: 73_000 }, { timeoutMs: 100 });
    const large = { ...target, limits: { tpm: 100_000 } };
    const reserving = store.reserve(large, few);
    last().answer({ outcome: 'late', serverMs: 500_000 });
    await settled();
    expect(all).toHaveLength(3);
    expect(last().question).toMatchObject({ waitedUntilMs: '', attempts: '100:300' });
    last().answer({ serverMs: 500_000, tokenLimit: 100_000 });
    expect(await reserving).toMatchObject({ ok: true });
    await settled();
    const next = store.reserve(large, few);
    expect(last().question['waitedUntilMs']).toBe('500100');
    last().answer();
    await next;
  });

  test('is about all that wait, 64 at most, and one is asked at a time', async () => {
    const { store, last, asked: all, settled } = scriptedStore();
    const reserving = Array.from({ length: 70 }, async (_, place) =>
      store.reserve(target, { input: place + 1, output: 0 }),
    );
    expect(all).toHaveLength(1);
    expect(last().question['attempts']).toBe('1:1');
    last().answer();
    await settled();
    expect(all).toHaveLength(2);
    const attempts = last().question['attempts']?.split(',') ?? [];
    expect(attempts).toHaveLength(64);
    expect(attempts[0]).toBe('2:2');
    last().answer({ granted: 64 });
    await settled();
    expect(last().question['attempts']).toBe('66:66,67:67,68:68,69:69,70:70');
    last().answer({ granted: 2 });
    await settled();
    // What was granted in part is asked for again.
    expect(last().question['attempts']).toBe('68:68,69:69,70:70');
    last().answer({ granted: 3 });
    expect((await Promise.all(reserving)).every(({ ok }) => ok)).toBe(true);
    expect(all).toHaveLength(4);
  });
});

describe('a refusal', () => {
  const full = { outcome: 'no', granted: 0, reason: 'tokens', waitMs: 5_000 };

  test('holds for all that wait and want as much; who wants less is asked for again', async () => {
    const { store, last, settled } = scriptedStore();
    void store.reserve(target, few);
    const reserving = [50, 50, 49, 80].map(async (input) => store.reserve(target, { input, output: 0 }));
    last().answer();
    await settled();
    last().answer(full);
    await settled();
    expect(last().question['attempts']).toBe('49:49');
    last().answer();
    const answers = await Promise.all(reserving);
    expect(answers.map(({ ok }) => ok)).toEqual([false, false, true, false]);
    expect(answers[3]).toEqual({ ok: false, reason: 'tokens', retryAtMs: startMs + 5_000 });
  });

  test('for another reason than the windows holds for all that wait', async () => {
    const { store, last, asked: all, settled } = scriptedStore();
    void store.reserve(target, few);
    const reserving = [50, 10].map(async (input) => store.reserve(target, { input, output: 0 }));
    last().answer();
    await settled();
    last().answer({ ...full, reason: 'circuit-open' });
    expect((await Promise.all(reserving)).map((answer) => refusalOf(answer).reason)).toEqual([
      'circuit-open',
      'circuit-open',
    ]);
    expect(all).toHaveLength(2);
    void store.reserve(target, few);
    expect(all, 'and is not remembered').toHaveLength(3);
  });

  test('is remembered for a second, for what is as large', async () => {
    const { store, asked: all } = await asked(full);
    expect(store.reserve(target, few)).toEqual({ ok: false, reason: 'tokens', retryAtMs: startMs + 5_000 });
    expect(all).toHaveLength(1);
    void store.reserve(target, { input: 99, output: 0 });
    expect(all).toHaveLength(2);
    const other = await asked(full);
    await vi.advanceTimersByTimeAsync(999);
    expect(other.store.reserve(target, few)).not.toBeInstanceOf(Promise);
    await vi.advanceTimersByTimeAsync(1);
    expect(other.store.reserve(target, few)).toBeInstanceOf(Promise);
  });

  test('is remembered no longer than it holds', async () => {
    const { store } = await asked({ ...full, waitMs: 300 });
    await vi.advanceTimersByTimeAsync(299);
    expect(store.reserve(target, few)).not.toBeInstanceOf(Promise);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.reserve(target, few)).toBeInstanceOf(Promise);
  });

  test('is forgotten when something is given back, and -1 means never', async () => {
    const { store, first, last } = await asked();
    const reserving = store.reserve(target, few);
    last().answer({ ...full, waitMs: -1 });
    expect(refusalOf(await reserving).retryAtMs).toBe(Infinity);
    expect(store.reserve(target, few)).not.toBeInstanceOf(Promise);
    void store.settle(first, { result: 'cancelled', counted: false });
    expect(store.reserve(target, few)).toBeInstanceOf(Promise);
  });

  test('of a parked target needs no question', async () => {
    const { store, asked: all } = await asked({ parkedMs: 4_000 });
    expect(store.reserve(target, few)).toEqual({ ok: false, reason: 'parked', retryAtMs: startMs + 4_000 });
    expect(all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(store.reserve(target, few)).toBeInstanceOf(Promise);
  });
});

describe('a lease', () => {
  test('lets attempts in at once, until it is used up', async () => {
    const { store, asked: all } = await asked(lease);
    for (let call = 0; call < 5; call += 1)
      expect(store.reserve(target, few)).toMatchObject({ ok: true, probe: false });
    expect(store.reserve(target, few)).toBeInstanceOf(Promise);
    expect(all).toHaveLength(2);
    // At about the same time: one moment, which is over in 250 ms.
    expect(all[1]?.question).toMatchObject({ report: '0:500:5', attempts: '100:300' });
  });

  test('is renewed when nine tenths of it are over, with what was used of it', async () => {
    const { store, asked: all } = await asked(lease);
    void store.reserve(target, few);
    await vi.advanceTimersByTimeAsync(17_999);
    expect(all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(all).toHaveLength(2);
    expect(all[1]?.question).toMatchObject({ attempts: '', report: '17750:100:1', isLeaving: '' });
    // An attempt meanwhile does not use what was given back.
    expect(store.reserve(target, few)).toBeInstanceOf(Promise);
  });

  test('counts from the moment of the question: the server counts no earlier', async () => {
    const { store, last, settled } = scriptedStore();
    void store.reserve(target, few);
    await vi.advanceTimersByTimeAsync(90);
    last().answer({ ...lease, leaseMs: 500 });
    await settled();
    await vi.advanceTimersByTimeAsync(409);
    expect(store.reserve(target, few)).not.toBeInstanceOf(Promise);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.reserve(target, few)).toBeInstanceOf(Promise);
  });

  test('what is given back after the report is told within a quarter of a second', async () => {
    const { store, last, asked: all, settled } = await asked(lease);
    const grant = store.reserve(target, few) as Grant;
    await vi.advanceTimersByTimeAsync(18_000);
    last().answer();
    await settled();
    expect(all).toHaveLength(2);
    void store.settle(grant, { result: 'cancelled', counted: false });
    await vi.advanceTimersByTimeAsync(249);
    expect(all).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(last().question).toMatchObject({ attempts: '', report: '18000:-100:-1' });
  });

  test('each question puts its renewal off', async () => {
    const { store, last, asked: all, settled } = await asked(lease);
    await vi.advanceTimersByTimeAsync(1_000);
    void store.reserve(target, { input: 501, output: 0 });
    last().answer(lease);
    await settled();
    await vi.advanceTimersByTimeAsync(17_999);
    expect(all).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(all).toHaveLength(3);
  });

  test('ends as soon as the circuit counts failures', async () => {
    const { store, first, last, settled } = await asked(lease);
    expect(store.reserve(target, few)).not.toBeInstanceOf(Promise);
    void store.settle(first, { result: 'failed' });
    last().answer({ attempts: 1, failures: 1 });
    await settled();
    expect(store.reserve(target, few)).toBeInstanceOf(Promise);
  });

  test('goes on when a failed attempt left nothing behind', async () => {
    const { store, first, last, settled } = await asked(lease);
    void store.settle(first, { result: 'failed' });
    last().answer();
    await settled();
    expect(store.reserve(target, few)).not.toBeInstanceOf(Promise);
  });
});

describe('an end', () => {
  test('tells the store all that it needs', async () => {
    const { store, last } = await asked({ serverMs: 73_000, poured: 7, probe: 1 });
    const reserving = store.reserve({ ...target, limits: { tpm: 1_000, rpm: 60 } }, few);
    const { id } = last().question;
    last().answer({ serverMs: 73_500, poured: 9, probe: 1 });
    const grant = (await reserving) as Grant;
    expect(grant.probe).toBe(true);
    void store.settle(grant, {
      result: 'throttled',
      parkUntilMs: startMs + 3_000,
      limitHit: 'tokens',
      observed: { limitTokens: 900, limitRequests: 120, utilisation: 0.5 },
    });
    expect(last().name).toBe('settle');
    expect(last().question).toEqual({
      reservedAtMs: '73500',
      reservedTokens: '100',
      reservedWeighed: '300',
      usedWeighed: '0',
      countsTokens: '',
      countsCall: '1',
      tokenLimit: '1000',
      requestLimit: '10',
      provisioned: '',
      capacity: '',
      pouredBefore: '9',
      probe: '1',
      id,
      okBefore: '0',
      result: 'throttled',
      parkMs: '3000',
      saidTokenLimit: '900',
      saidRequestLimit: '20',
      utilisation: '0.5',
      limitHit: 'tokens',
      failures: '5',
      window: '3',
      openMs: '60',
      maxOpenMs: '1000',
    });
  });

  test.each([
    ['a failure', { result: 'failed' }, { countsTokens: '1', countsCall: '1', parkMs: '', limitHit: '' }],
    [
      'a park that is over',
      { result: 'cancelled', parkUntilMs: startMs - 5 },
      { parkMs: '0', countsCall: '1' },
    ],
    ['what never arrived', { result: 'cancelled', counted: false }, { countsTokens: '', countsCall: '' }],
    ['a refusal', { result: 'throttled' }, { countsTokens: '', countsCall: '1' }],
  ] as const)('%s is reported', async (_, settlement, question) => {
    const { store, first, last } = await asked();
    void store.settle(first, settlement);
    expect(last()).toMatchObject({ name: 'settle', question });
  });

  test('a success like all before it is reported with the next that is not, up to the window', async () => {
    const { store, first, last, asked: all } = await asked();
    for (let call = 0; call < 4; call += 1) expect(store.settle(first, { result: 'ok' })).toEqual({});
    expect(all).toHaveLength(1);
    void store.settle(first, { result: 'failed' });
    expect(last().question).toMatchObject({ result: 'failed', okBefore: '3' });
    void store.settle(first, { result: 'failed' });
    expect(last().question).toMatchObject({ okBefore: '0' });
  });

  test('a success is reported while the circuit counts failures', async () => {
    const { store, first, last } = await asked({ attempts: 1, failures: 1 });
    void store.settle(first, { result: 'ok' });
    expect(last()).toMatchObject({ name: 'settle', question: { result: 'ok' } });
  });

  test('limits of an answer are reported once, and again to other books', async () => {
    const { store, first, last, asked: all, settled } = await asked();
    const ok = (limitTokens: number, limitRequests?: number) => {
      const observed = { limitTokens, ...(limitRequests === undefined ? undefined : { limitRequests }) };
      void store.settle(first, { result: 'ok', observed });
      const isReported = last().name === 'settle';
      last().answer();
      return isReported;
    };
    expect(ok(500)).toBe(true);
    await settled();
    void store.settle(first, { result: 'ok', observed: { limitTokens: 500 } });
    expect(all).toHaveLength(2);
    expect(ok(500, 60)).toBe(true);
    await settled();
    expect(all).toHaveLength(3);
    const reserving = store.reserve(target, few);
    last().answer({ epoch: 'second' });
    await reserving;
    void store.settle(first, { result: 'ok', observed: { limitTokens: 500, limitRequests: 60 } });
    expect(last().name).toBe('settle');
  });

  test('says what has changed, by the clock of this process', async () => {
    const { store, first, last } = await asked();
    const ends = [store.settle(first, { result: 'failed' }), store.settle(first, { result: 'failed' })];
    await vi.advanceTimersByTimeAsync(20);
    last().answer({ openedMs: 60, newlyParkedMs: 500, circuit: 'open', openMs: 60, parkedMs: 500 });
    expect(await ends[1]).toEqual({
      circuitOpened: { untilMs: startMs + 80 },
      parked: { untilMs: startMs + 520 },
    });
    const peeked = { circuit: 'open', openUntilMs: startMs + 80, parkedUntilMs: startMs + 520 };
    expect(store.peek(target)).toMatchObject(peeked);
    await vi.advanceTimersByTimeAsync(60);
    expect(store.peek(target)).toMatchObject({ openUntilMs: 0, parkedUntilMs: startMs + 520 });
    await vi.advanceTimersByTimeAsync(440);
    expect(store.peek(target)).toMatchObject({ openUntilMs: 0, parkedUntilMs: 0 });
  });

  test('a store that fails when an attempt ends fails no call', async () => {
    const { store, first, last } = await asked();
    const ending = store.settle(first, { result: 'throttled', parkUntilMs: startMs + 3_000 });
    last().fail(new Error('gone'));
    // The books of this process have recorded it.
    expect(await ending).toEqual({ parked: { untilMs: startMs + 3_000 } });
    expect(store.peek(target).parkedUntilMs).toBe(startMs + 3_000);
  });
});

describe('close', () => {
  test('gives everything back, and renews nothing any more', async () => {
    const { store, last, asked: all } = await asked(lease);
    void store.reserve(target, few);
    const closing = store.close?.();
    expect(last().question).toMatchObject({ isLeaving: '1', attempts: '', report: '0:100:1' });
    expect([last().question['tokenRate'], last().question['id']]).toEqual(['0', '']);
    last().answer(lease);
    await closing;
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(all).toHaveLength(2);
  });

  test('twice at once is answered twice, and so is once more', async () => {
    const { store, asked: all } = await asked(lease);
    const [first, second] = [store.close?.(), store.close?.()];
    for (const question of all.slice(1)) question.answer(lease);
    await first;
    await second;
    const again = store.close?.();
    all.at(-1)?.answer(lease);
    await again;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('asks nothing of a store that is down, or that was never asked', async () => {
    const { store, first, last, asked: all } = await asked();
    const ending = store.settle(first, { result: 'failed' });
    last().fail(new Error('gone'));
    await ending;
    await store.close?.();
    expect(all).toHaveLength(2);
    const other = scriptedStore();
    other.store.peek(target);
    await other.store.close?.();
    expect(other.asked).toHaveLength(0);
  });

  test('ends also when the store does not take the farewell', async () => {
    const { store, last } = await asked();
    const closing = store.close?.();
    last().fail(new Error('gone'));
    await closing;
  });
});
