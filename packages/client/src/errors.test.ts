import { OpenAIError } from 'openai';
import { describe, expect, test } from 'vitest';
import {
  AnswerTooLargeError,
  BudgetExceededError,
  ClientClosedError,
  DeadlineExceededError,
  PoolExhaustedError,
  QuotaStoreError,
  ResidencyError,
  StreamTruncatedError,
  TransportLoadError,
  UnexpectedAnswerError,
} from './errors.ts';

const cause = new Error('It broke.');
const nowMs = Date.UTC(2026, 10, 29, 12);
const page = { deployment: 'chat', status: 200, contentType: 'text/html', isPage: true };

test.each([
  [new DeadlineExceededError({ call: 'chat', deadlineMs: 5, attempts: 0 }), 'DEADLINE_EXCEEDED'],
  [new PoolExhaustedError({ pool: 'chat', targets: [], nowMs }), 'POOL_EXHAUSTED'],
  [new StreamTruncatedError({ deployment: 'chat', text: '', events: 0 }), 'STREAM_TRUNCATED'],
  [new UnexpectedAnswerError({ ...page, cause: 'a', fix: 'b' }), 'UNEXPECTED_ANSWER'],
  [new AnswerTooLargeError({ deployment: 'chat', maxAnswerBytes: 7 }), 'ANSWER_TOO_LARGE'],
  [new ResidencyError({ target: 'chat', policy: 'processing', reason: 'No.' }), 'RESIDENCY_FORBIDDEN'],
  [new ClientClosedError(), 'CLIENT_CLOSED'],
  [new TransportLoadError(cause), 'TRANSPORT_NOT_LOADED'],
  [new QuotaStoreError({ store: 'redis' }), 'QUOTA_STORE_DOWN'],
  [
    new BudgetExceededError({ per: 'day', unit: 'cost', limit: 1, used: 1, asked: 1, endsAtMs: nowMs }),
    'BUDGET_EXCEEDED',
  ],
])('%s has a code, and the name of its class, and is passed on by the helpers of the SDK', (error, code) => {
  expect(error.code).toBe(code);
  expect(error.name).toBe(error.constructor.name);
  expect(error).toBeInstanceOf(OpenAIError);
});

test.each([
  [0, '0 attempts'],
  [1, '1 attempt'],
  [2, '2 attempts'],
])('a deadline tells how many attempts there were: %i', (attempts, words) => {
  const error = new DeadlineExceededError({ call: 'chat', deadlineMs: 500, attempts, cause });
  expect(error).toMatchObject({ deadlineMs: 500, attempts, cause });
  expect(error.message).toBe(
    `Cannot finish "chat": 500 ms have passed after ${words}. Raise \`deadlineMs\`, or lower \`attemptTimeoutMs\` to leave time for another attempt.`,
  );
});

describe('a pool in which nothing can be called', () => {
  const parked = (deployment: string, inMs?: number) => ({
    ...({ deployment, reason: 'parked', detail: 'is parked' } as const),
    ...(inMs === undefined ? undefined : { retryAtMs: nowMs + inMs }),
  });
  const exhausted = (...inMs: (number | undefined)[]) =>
    new PoolExhaustedError({
      ...{ pool: 'chat', nowMs, cause },
      targets: inMs.map((each, at) => parked(`chat-${at}`, each)),
    });

  test('tells of each target, and when the first of them can be called again', () => {
    const error = exhausted(31_999, undefined, 5_000);
    expect(error.message).toBe(
      'No deployment of "chat" can be called before the deadline: "chat-0" is parked, "chat-1" is parked, "chat-2" is parked. Retry after 12:00:05Z or raise `deadlineMs`.',
    );
    expect(error).toMatchObject({
      pool: 'chat',
      cause,
      retryAt: new Date(nowMs + 5_000),
      retryAfterMs: 5_000,
    });
    expect(error.targets.map(({ deployment }) => deployment)).toEqual(['chat-0', 'chat-1', 'chat-2']);
  });

  test('names the date when that is more than a day away, by the clock of the call', () => {
    expect(exhausted(86_400_000).message).toContain('Retry after 12:00:00Z or');
    expect(exhausted(86_400_001).message).toContain('Retry after 2026-11-30T12:00:00Z or');
  });

  test('has no time when waiting does not help, and none before now', () => {
    for (const error of [exhausted(undefined), exhausted()]) {
      expect(error.message).toMatch(/\. Waiting does not help: see the reasons\.$/);
      expect([error.retryAt, error.retryAfterMs]).toEqual([undefined, undefined]);
    }
    expect(exhausted(-5)).toMatchObject({ retryAt: new Date(nowMs - 5), retryAfterMs: 0 });
  });
});

describe('a stream that was cut', () => {
  test.each([
    [0, '0 events'],
    [1, '1 event'],
    [7, '7 events'],
  ])('tells how far it came: %i', (events, words) => {
    const error = new StreamTruncatedError({ deployment: 'chat', text: 'Hel', events, cause });
    expect(error).toMatchObject({ deployment: 'chat', text: 'Hel', events, cause });
    expect(error.message).toBe(
      `The stream from "chat" was cut: it stopped after ${words} without saying that it had finished. Use \`text\` as a partial answer, or make the call again.`,
    );
    expect([error.responseId, error.sequenceNumber]).toEqual([undefined, undefined]);
  });

  test('can be continued where it said so, also after its first event', () => {
    const place = { responseId: 'resp_1', sequenceNumber: 0 };
    expect(new StreamTruncatedError({ deployment: 'chat', text: '', events: 1, ...place })).toMatchObject(
      place,
    );
  });
});

test('an answer that is none tells what it was, and what to check', () => {
  const error = new UnexpectedAnswerError({ ...page, cause: 'a page', fix: 'Check the proxy.' });
  expect(error).toMatchObject(page);
  expect(error.message).toBe('Cannot use what "chat" answered: a page. Check the proxy.');
});

test('an answer that is too long names the option', () => {
  const error = new AnswerTooLargeError({ deployment: 'chat', maxAnswerBytes: 7 });
  expect(error).toMatchObject({ deployment: 'chat', maxAnswerBytes: 7 });
  expect(error.message).toContain(
    'it is longer than 7 bytes. Ask for less at once, or raise `maxAnswerBytes`.',
  );
});

test('what a policy forbids names the deployment, the rule and the reason', () => {
  const error = new ResidencyError({ target: 'chat', policy: 'processing', reason: 'It is elsewhere.' });
  expect(error).toMatchObject({ target: 'chat', policy: 'processing' });
  expect(error.message).toBe('Cannot call "chat", and nothing was sent: It is elsewhere.');
});

test.each([
  [cause, 'It broke'],
  [new Error('no full stop'), 'no full stop'],
  [new Error(''), 'it does not answer'],
  ['text', 'it does not answer'],
  [undefined, 'it does not answer'],
])('a store and a transport that are out say why: %o', (given, words) => {
  const store = new QuotaStoreError({ store: 'redis:6379', cause: given });
  expect(store.message).toContain(`quota store "redis:6379", and \`degrade\` is "closed": ${words}. Bring`);
  expect(store.cause).toBe(given);
  const transport = new TransportLoadError(given);
  expect(transport.message).toContain(`importing "undici" failed with "${words}". Install`);
  expect(transport.cause).toBe(given);
});

test.each<readonly [{ readonly tag?: string }, string]>([
  [{ tag: 'team=search' }, '"team=search"'],
  [{}, 'all calls'],
])('a budget that is spent says whose, how much and until when: %j', (whose, words) => {
  const details = { ...whose, per: 'day', unit: 'tokens', limit: 100, used: 90, asked: 20 } as const;
  const error = new BudgetExceededError({ ...details, endsAtMs: nowMs });
  expect(error).toMatchObject({ ...details, endsAt: new Date(nowMs) });
  expect(error.tag).toBe(whose.tag);
  expect(error.message).toBe(
    `Cannot make the call: the budget of ${words} is 100 (tokens) per day, 90 of it is used, and this call may use 20. ` +
      'Call again after 2026-11-29T12:00:00.000Z, set a lower `max_tokens`, or raise the limit in `budgets`.',
  );
});
