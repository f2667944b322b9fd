import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isConnectionFailure } from '../src/answer/connection-failure.ts';
import { memoryQuota } from '../src/quota/memory-quota.ts';
import { ok, useSteps } from './stepped-calls.ts';
import type { Step } from './stepped-calls.ts';

const setUp = useSteps();

const outage: Step = [503, { error: { code: 'x', message: 'Out.' } }];
const unauthorized: Step = [401, { error: { code: '401', message: 'No.' } }];
const wrong: Step = [400, { error: { code: 'invalid_value', message: 'Wrong.' } }];
const firewall: Step = [403, { error: { code: '403', message: 'Virtual Network/Firewall rules.' } }];
const missing: Step = [
  404,
  { error: { code: null, message: "Previous response with id 'resp_123' not found." } },
];
const cut = (code: string): Step => [Object.assign(new Error('cut'), { code })];

const refusing: Step = [Object.assign(new TypeError('It refuses.'), { code: 'PROXY_FAILED' })];

const thrown = async (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    () => undefined,
    (error: unknown) => error,
  );
type Setting = ReturnType<typeof setUp>;
const finished = ({ events }: Setting) => events.filter(({ type }) => type === 'call-finished');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 1 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the end of a call', () => {
  test('with an answer of the service is that answer, with the wait that its body asked for', async () => {
    const body = { error: { code: '429', message: 'Please retry after 7 seconds.' } };
    const setting = setUp({ first: [[429, body, { 'x-a': 'b' }]] }, { retry: false });
    const answer = await setting.call('first');
    expect([answer.status, answer.headers.get('x-a')]).toEqual([429, 'b']);
    expect([answer.headers.get('retry-after'), answer.headers.get('retry-after-ms')]).toEqual(['7', '7000']);
    expect(finished(setting)).toMatchObject([
      { outcome: 'error', status: 429, errorType: '429', attempts: 1 },
    ]);
  });

  test('without a wait leaves the headers as they are', async () => {
    const { call } = setUp({ first: [wrong] });
    const answer = await call('first');
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([400, null]);
  });

  test('has the wait of the last answer only', async () => {
    const throttled: Step = [429, {}, { 'retry-after-ms': '3' }];
    const { call, attempts } = setUp({ first: [throttled], second: [wrong] });
    const answer = await call();
    expect([attempts, answer.status, answer.headers.get('retry-after-ms')]).toEqual([
      ...[['first', 'second'], 400, null],
    ]);
  });

  test('without any answer is a connection failure, whose cause is the last one', async () => {
    const setting = setUp(
      { first: [cut('ECONNRESET')], second: [cut('ECONNREFUSED')] },
      { retry: { maxRetries: 1 } },
    );
    const error = await thrown(setting.call());
    expect(isConnectionFailure(error)).toBe(true);
    expect(setting.attempts).toEqual(['first', 'second']);
    expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    expect(finished(setting)).toMatchObject([{ outcome: 'error', attempts: 2 }]);
    expect(finished(setting)[0]).not.toHaveProperty('status');
  });

  test('by a failed connection after an answer forgets that answer', async () => {
    const setting = setUp({ first: [outage], second: [cut('ECONNRESET')] }, { retry: { maxRetries: 1 } });
    expect(isConnectionFailure(await thrown(setting.call()))).toBe(true);
  });

  test.each([
    ['a page', [200, 'text'] as unknown as Step, 'UNEXPECTED_ANSWER'],
    ['a proxy that refuses', refusing, 'PROXY_FAILED'],
  ])('by %s says what to do, in its own words', async (_, step, code) => {
    const setting = setUp({ first: [step] }, { retry: false });
    const error = await thrown(setting.call('first'));
    expect(error).toMatchObject({ code });
    expect(isConnectionFailure(error)).toBe(false);
  });

  test('by an abort frees the signal of the caller, and is told as one', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const throttled: Step = [429, {}, { 'retry-after': '30' }];
    const setting = setUp({ first: [throttled], second: [throttled] });
    const running = thrown(setting.call('pool', stop.signal));
    await vi.waitUntil(() => setting.attempts.length === 2);
    stop.abort(reason);
    expect(await running).toBe(reason);
    expect(finished(setting)).toMatchObject([{ outcome: 'aborted', errorType: 'Error' }]);
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
    expect(setting.settled.map(({ result }) => result)).toEqual(['throttled', 'throttled']);
  });

  test('at its deadline between two attempts says how many there were, and why', async () => {
    const failing = cut('ECONNRESET');
    const setting = setUp({ first: [failing], second: [failing] }, { deadlineMs: 2 });
    expect(await thrown(setting.call())).toMatchObject({
      ...{ code: 'DEADLINE_EXCEEDED', deadlineMs: 2, attempts: 1, cause: { code: 'ECONNRESET' } },
    });
    expect(finished(setting)).toMatchObject([{ outcome: 'error', errorType: 'DeadlineExceededError' }]);
  });

  test('lets a client be closed that has waited for it', async () => {
    const setting = setUp({ first: [outage] }, { retry: false });
    const running = setting.call('first');
    const closing = setting.engine.calls.close();
    expect((await running).status).toBe(503);
    await closing;
    expect(await thrown(setting.call('first'))).toMatchObject({ code: 'CLIENT_CLOSED' });
  });

  test('by a store that fails is its error, and nothing stays open', async () => {
    const quota = memoryQuota();
    const error = new Error('The store is away.');
    const setting = setUp(
      { first: [ok] },
      { quota: { ...quota, reserve: async () => Promise.reject(error) } },
    );
    expect(await thrown(setting.call('first'))).toBe(error);
    expect(finished(setting)).toMatchObject([{ outcome: 'error', attempts: 0 }]);
    expect(setting.engine.calls.has((finished(setting)[0] as { callId: string }).callId)).toBe(false);
  });
});

describe('what a next attempt costs', () => {
  test('one of the retries of the process: without one the answer is final', async () => {
    const { call, attempts, engine } = setUp(
      { first: [outage] },
      { retry: { budgetReserve: 1, budgetShare: 0 } },
    );
    expect((await call()).status).toBe(200);
    expect([attempts, engine.budget.saved()]).toEqual([['first', 'second'], 0]);
    expect((await call('first')).status).toBe(503);
    expect(attempts).toEqual(['first']);
  });

  test('nothing for a credential that is refreshed, nor for a resource that does not hold a thing', async () => {
    const retry = { budgetReserve: 0, budgetShare: 0, maxRetries: 0 };
    const refreshing = setUp({ first: [unauthorized, ok] }, { retry });
    expect((await refreshing.call('first')).status).toBe(200);
    refreshing.close();
    const looking = setUp({ first: [missing] }, { retry });
    const stored = { previous_response_id: 'resp_123' };
    expect((await looking.call('pool', undefined, stored)).status).toBe(200);
    expect(looking.attempts).toEqual(['first', 'second']);
  });

  test('no attempt at all after a refusal of the request, while none shows that the target is the problem', async () => {
    const { call, attempts } = setUp({ first: [wrong] });
    expect((await call()).status).toBe(400);
    expect(attempts).toEqual(['first']);
  });

  test('the last answer to a thing that is nowhere is the first one', async () => {
    const elsewhere: Step = [
      404,
      { error: { code: null, message: "Previous response with id 'resp_123' not found, too." } },
    ];
    const { call, attempts } = setUp({ first: [missing], second: [elsewhere] });
    const answer = await call('pool', undefined, { previous_response_id: 'resp_123' });
    expect(attempts).toEqual(['first', 'second']);
    expect(Buffer.from(answer.body as Uint8Array).toString()).toContain("'resp_123' not found.");
  });

  test('a call that is bound to a resource goes nowhere else when that refuses it', async () => {
    const { call, attempts, engine } = setUp({ first: [firewall] });
    engine.holders.remember(['resp_123'], 'sweden');
    expect((await call('pool', undefined, { previous_response_id: 'resp_123' })).status).toBe(403);
    expect(attempts).toEqual(['first']);
  });

  test('work that goes on without its connection is not begun a second time', async () => {
    const { call, attempts } = setUp({ first: [cut('ECONNRESET')] });
    expect(isConnectionFailure(await thrown(call('pool', undefined, { background: true })))).toBe(true);
    expect(attempts).toEqual(['first']);
  });
});

describe('a holder that other replicas know', () => {
  const asking = (found: (reference: string) => string | undefined) => {
    const asked: string[] = [];
    const holders = {
      find: async (reference: string) => {
        asked.push(reference);
        return Promise.resolve(found(reference));
      },
      remember: async () => Promise.resolve(),
    };
    return { asked, quota: { ...memoryQuota(), holders } };
  };
  const stored = { previous_response_id: 'resp_123' };

  test('is asked for once, and gets the call', async () => {
    const { asked, quota } = asking(() => 'france');
    const { call, attempts } = setUp({ first: [ok] }, { quota });
    await call('pool', undefined, stored);
    await call('pool', undefined, stored);
    expect([asked, attempts]).toEqual([['resp_123'], ['second']]);
  });

  test('is not asked for a call that refers to nothing', async () => {
    const { asked, quota } = asking(() => 'france');
    const { call, attempts } = setUp({ first: [ok] }, { quota });
    await call();
    expect([asked, attempts]).toEqual([[], ['first']]);
  });

  test('that this client does not have is none', async () => {
    const { quota } = asking(() => 'narnia');
    const { call, attempts } = setUp({ first: [ok] }, { quota });
    expect((await call('pool', undefined, stored)).status).toBe(200);
    expect(attempts).toEqual(['first']);
  });
});

describe('a credential that is refreshed', () => {
  test('is told, whether it helped or not', async () => {
    for (const mayRefresh of [true, false]) {
      const { call, events, close } = setUp({ first: [unauthorized, ok] }, { mayRefresh });
      await call('first');
      expect(events.filter(({ type }) => type === 'credential-refreshed')).toMatchObject([
        { resource: 'sweden', refreshed: mayRefresh },
      ]);
      close();
    }
  });

  test('is refreshed once for each resource', async () => {
    const { call, attempts, refreshed } = setUp({
      first: [unauthorized, outage],
      second: [unauthorized, ok],
    });
    expect((await call()).status).toBe(200);
    expect(attempts).toEqual(['first', 'first', 'second', 'first', 'second']);
    expect(refreshed.map(({ rejected }) => rejected)).toEqual([
      { 'api-key': 'key-0' },
      { 'api-key': 'key-1' },
    ]);
  });

  test('with an error ends the call with it', async () => {
    const error = new Error('No token.');
    const { call } = setUp({ first: [unauthorized] }, { refresh: async () => Promise.reject(error) });
    expect(await thrown(call('first'))).toBe(error);
  });

  test('too slowly ends at the deadline, or when the caller wishes', async () => {
    const refresh = async () => new Promise<never>(() => undefined);
    const late = setUp({ first: [unauthorized] }, { refresh, deadlineMs: 50 });
    expect(await thrown(late.call('first'))).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempts: 1 });
    late.close();
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborted = setUp({ first: [unauthorized] }, { refresh });
    const running = thrown(aborted.call('first', stop.signal));
    await vi.waitUntil(() => aborted.refreshed.length === 1);
    stop.abort(reason);
    expect(await running).toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ['Bearer claims=""', undefined],
    ['Bearer error="x", claims="e30="', '{}'],
    ['Bearer error="x"', undefined],
  ])('is asked with the claims of %s: %s', async (header, claims) => {
    const { call, refreshed } = setUp({ first: [[401, {}, { 'www-authenticate': header }], ok] });
    await call('first');
    expect(refreshed[0]?.claims).toBe(claims);
  });
});
