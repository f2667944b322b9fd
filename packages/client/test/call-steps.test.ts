import { describe, expect, test } from 'vitest';
import type { Credential } from '@aoai/auth';
import { isConnectionFailure } from '../src/answer/connection-failure.ts';
import { responseEvents } from './raw-answers.ts';
import { ok, useSteps } from './stepped-calls.ts';
import type { Step } from './stepped-calls.ts';

const setUp = useSteps();

const unauthorized: Step = [401, { error: { code: '401', message: 'No.' } }];
const firewall: Step = [403, { error: { code: '403', message: 'Virtual Network/Firewall rules.' } }];
const outage: Step = [503, { error: { code: 'x', message: 'Out.' } }];

describe('a credential that is refused', () => {
  test('is refreshed once for a call, and the second refusal is the answer', async () => {
    const { call, attempts, refreshed } = setUp({ first: [unauthorized] });
    expect((await call('first')).status).toBe(401);
    expect([attempts, refreshed]).toEqual([
      ['first', 'first'],
      [{ rejected: { 'api-key': 'key-0' }, claims: undefined }],
    ]);
  });

  test('and refused again ends a call to a pool as well, unless others answer what it refuses', async () => {
    const { call, attempts } = setUp({ first: [unauthorized], second: [ok] });
    expect((await call()).status).toBe(401);
    expect(attempts).toEqual(['first', 'first']);
  });

  test('is not refreshed in vain: what cannot be refreshed is not sent again', async () => {
    const { call, attempts, refreshed } = setUp({ first: [unauthorized] }, { mayRefresh: false });
    expect((await call('first')).status).toBe(401);
    expect([attempts, refreshed.length]).toEqual([['first'], 1]);
  });

  test('is refreshed with the claims that the service asks for', async () => {
    const claims = '{"access_token":{"nbf":{"essential":true}}}';
    const header = `Bearer error="insufficient_claims", claims="${Buffer.from(claims).toString('base64')}"`;
    const { call, refreshed } = setUp({ first: [[401, {}, { 'www-authenticate': header }], ok] });
    expect((await call('first')).status).toBe(200);
    expect(refreshed).toEqual([{ rejected: { 'api-key': 'key-0' }, claims }]);
  });

  test('and refused again, where no other target answers, is not sent there a third time', async () => {
    const { call, attempts, left, engine } = setUp({ first: [unauthorized], second: [ok] });
    // Two refusals of `first`; with the next one it refuses what others answer.
    await call('first');
    await call('second');
    left.second.splice(0, 1, firewall);
    expect((await call()).status).toBe(401);
    expect(engine.chooser.isRefusing(engine.targets.get('first') ?? raise())).toBe(true);
    expect(attempts).toEqual(['first', 'second', 'first']);
  });
});

describe('a call', () => {
  test('goes on from target to target, and comes back when none is left', async () => {
    const { call, attempts, events } = setUp({ first: [outage, ok], second: [outage] });
    expect((await call()).status).toBe(200);
    expect(attempts).toEqual(['first', 'second', 'first']);
    expect(events.filter(({ type }) => type === 'failover')).toMatchObject([
      { from: 'first', to: 'second', spillover: true },
      { from: 'second', to: 'first', spillover: false },
    ]);
  });

  test('makes so many retries and no more, and ends with the last answer', async () => {
    const { call, attempts, settled } = setUp({ first: [outage], second: [outage] }, { circuit: false });
    expect((await call()).status).toBe(503);
    expect(attempts).toEqual(['first', 'second', 'first', 'second', 'first', 'second']);
    expect(settled.map(({ result }) => result)).toEqual(Array(6).fill('failed'));
  });

  test('a refusal of each target ends it: none would answer now', async () => {
    const { call, attempts } = setUp({ first: [firewall], second: [firewall] });
    expect((await call()).status).toBe(403);
    expect(attempts).toEqual(['first', 'second']);
  });

  test('that no other target can answer takes nothing from the retry budget', async () => {
    const retry = { initialDelayMs: 2, maxDelayMs: 2, maxRetries: 5, budgetReserve: 1, budgetShare: 0 };
    const { call, attempts, left } = setUp({ first: [firewall] }, { retry, circuit: false });
    for (let at = 0; at < 3; at += 1) expect((await call('first')).status).toBe(403);
    left.first.splice(0, 1, outage);
    expect((await call()).status).toBe(200);
    expect(attempts).toEqual(['first', 'second']);
  });

  test('teaches the time until a stream begins when it does, and that of a whole answer at its end', async () => {
    const { call, begun, ended } = setUp({ first: [ok] });
    await call('first');
    expect([begun, ended.length]).toEqual([[], 1]);
    const streamed = setUp({ first: [[200, responseEvents()]] });
    const { events } = await streamed.call('first', undefined, { stream: true });
    expect([streamed.begun.length, streamed.ended.length]).toEqual([1, 0]);
    for await (const _ of events ?? []);
    expect([streamed.begun.length, streamed.ended.length]).toEqual([1, 1]);
  });

  test('that moves to a new deployment parks it for half a minute, and is answered elsewhere', async () => {
    const missing: Step = [404, { error: { code: 'DeploymentNotFound', message: 'No.' } }];
    const { call, attempts, engine, clock } = setUp({ first: [missing] });
    expect((await call()).status).toBe(200);
    expect(attempts).toEqual(['first', 'second']);
    const { quota } = engine.targets.get('first') ?? raise();
    expect(engine.quota.peek(quota).parkedUntilMs).toBe(clock.nowMs - 2 + 30_000);
    await call();
    expect(attempts, 'the next call leaves it alone').toEqual(['second']);
  });

  test.each([
    ['a longer', '60', '5', 60_000],
    ['a shorter', '5', '60', 60_000],
  ])('%s park is not shortened by one that ends earlier', async (_, one, other, parkedMs) => {
    const throttled = (seconds: string): Step => [429, {}, { 'retry-after': seconds }];
    const { engine, call, clock, left } = setUp({ first: [throttled(one)] }, { retry: false });
    const { quota } = engine.targets.get('first') ?? raise();
    const startMs = clock.nowMs;
    // Both are under way when the first is throttled.
    const both = [call('first'), call('first')];
    left.first.splice(0, 1, throttled(one), throttled(other));
    await Promise.all(both);
    expect(engine.quota.peek(quota).parkedUntilMs).toBeGreaterThanOrEqual(startMs + parkedMs);
  });
});

describe('the time of an attempt', () => {
  const hanging = (more: Partial<Credential> = {}): Credential => ({
    kind: 'api-key',
    headers: async () => new Promise(() => undefined),
    refresh: async () => Promise.resolve(false),
    ...more,
  });

  test('that is over before its credential is there is a time-out, which blames no target', async () => {
    const { call, attempts, settled, ended } = setUp(
      { first: [ok] },
      { credential: hanging(), attemptTimeoutMs: 5 },
    );
    const error = await call().then(raise, (thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: 'The attempt timed out: no answer within 5 ms.' });
    expect(isConnectionFailure(error)).toBe(true);
    expect(attempts).toEqual([]);
    expect(settled).toEqual([{ result: 'cancelled' }]);
    expect(ended).toMatchObject([{ result: 'other' }]);
  });

  test('that is over by the wish of the caller is none: the reason comes as it is', async () => {
    const stop = new AbortController();
    const { call, settled } = setUp({ first: [ok] }, { credential: hanging(), attemptTimeoutMs: 5_000 });
    const reason = new DOMException('enough', 'TimeoutError');
    const running = call('pool', stop.signal);
    setImmediate(() => {
      stop.abort(reason);
    });
    await expect(running).rejects.toBe(reason);
    expect(isConnectionFailure(reason)).toBe(false);
    expect(settled).toEqual([{ result: 'cancelled' }]);
  });

  test('of a credential that fails is nobody else’s: its error comes as it is, and no other target is tried', async () => {
    const error = new Error('no key');
    const { call, attempts, settled } = setUp(
      { first: [ok] },
      { credential: hanging({ headers: async () => Promise.reject(error) }) },
    );
    await expect(call()).rejects.toBe(error);
    expect([attempts, settled]).toEqual([[], [{ result: 'cancelled' }]]);
  });
});

test('what answers in place of the service may repeat the token, and the error does not', async () => {
  const headers = { authorization: 'bearer token-of-a-test', 'x-second': 'second-secret', 'x-empty': '' };
  const credential: Credential = {
    kind: 'entra-id',
    headers: () => headers,
    refresh: async () => Promise.resolve(false),
  };
  const page: Step = [200, { saw: 'token-of-a-test, again token-of-a-test, and second-secret.' }];
  const { call } = setUp({ first: [page] }, { credential, retry: false });
  const error = await call('first').then(raise, (thrown: unknown) => String(thrown));
  expect(error).toContain('***, again ***, and ***.');
  expect(error).not.toMatch(/token-of|second-secret/);
});

function raise(): never {
  throw new Error('No target.');
}
