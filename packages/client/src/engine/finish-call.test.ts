import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { ClientEvent, Usage } from '../events/events.ts';
import type { CallRequest } from '../request/call-request.ts';
import type { Target } from '../route/target.ts';
import { holders } from '../state/holders.ts';
import { openCalls } from './calls-under-way.ts';
import type { Engine } from './engine.ts';
import { finishCall, startCall } from './finish-call.ts';
import type { CallEnd, CallInput } from './finish-call.ts';
import { ledger } from './ledger.ts';

const price = { input: 2, output: 10 };
const target = { name: 'chat', deployment: { price } } as Target;
const usage: Usage = { inputTokens: 1_000, outputTokens: 100, cachedInputTokens: 0, reasoningTokens: 0 };

/** The part of an engine that the beginning and the end of a call need. */
function setUp(watched: ReturnType<Engine['watched']> = 'summary') {
  const clock = { nowMs: 1_000 };
  const events: ClientEvent[] = [];
  const earned: string[] = [];
  const engine = {
    now: () => clock.nowMs,
    calls: openCalls(),
    ledger: ledger(),
    holders: holders(),
    budget: { earn: () => earned.push('retry') },
    hedge: { earn: () => earned.push('hedge') },
    budgets: undefined,
    watched: () => watched,
    emit: (event: ClientEvent) => events.push(event),
  } as unknown as Engine;
  const begin = (headers: CallRequest['headers'] = {}, signals: readonly AbortSignal[] = []) =>
    startCall(engine, {
      request: { headers, operation: 'chat', stream: true, method: 'POST', path: '/chat/completions' },
      route: { name: 'pool', tiers: [], leadOn: [] },
      settings: { deadlineMs: 5_000, tags: { team: 'search' } },
      signals,
    } as unknown as CallInput);
  return { clock, engine, events, earned, begin };
}

test('a call that is over leaves nothing on the signals of its caller, and is no longer under way', () => {
  const { engine, begin } = setUp();
  const { signal } = new AbortController();
  const call = begin({}, [signal]);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  finishCall(engine, call, { outcome: 'ok' });
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  void engine.calls.close();
  engine.calls.abort();
  expect(call.cancellation.aborted).toBe(false);
});

test('each call earns its share of a retry and of a hedge', () => {
  const { earned, begin } = setUp();
  begin();
  begin();
  expect(earned).toEqual(['retry', 'hedge', 'retry', 'hedge']);
});

test('a call has the id that the caller gave it, or one of its own, and the time that it may take', () => {
  const { begin } = setUp();
  expect(begin({ 'x-ms-client-request-id': 'mine' })).toMatchObject({
    id: 'mine',
    startedMs: 1_000,
    deadlineAtMs: 6_000,
    attempts: 0,
  });
  expect(begin().id).not.toBe(begin().id);
});

test('nobody is told where nobody listens, but the books are kept', () => {
  const { engine, events, begin } = setUp();
  const silent = { ...engine, watched: () => undefined };
  finishCall(silent, begin(), { outcome: 'ok', target, usage });
  expect(events.map(({ type }) => type)).toEqual(['call-started']);
  expect(engine.ledger.total()).toMatchObject({ calls: 1, inputTokens: 1_000 });
});

test('the cost is that of the target that answered, where it has a price', () => {
  const { engine, events, begin } = setUp();
  finishCall(engine, begin(), { outcome: 'ok', target, usage });
  finishCall(engine, begin(), { outcome: 'ok', target: { name: 'a', deployment: {} } as Target, usage });
  finishCall(engine, begin(), { outcome: 'ok', target });
  expect(events.filter(({ type }) => type === 'call-finished').map((event) => 'cost' in event)).toEqual([
    true,
    false,
    false,
  ]);
  expect(engine.ledger.total()).toMatchObject({ calls: 3, cost: 0.003 });
  expect(engine.ledger.byTag()['team=search']?.calls).toBe(3);
});

test('prompts are told only where that was asked for', () => {
  for (const watched of ['summary', 'content'] as const) {
    const { events, begin } = setUp(watched);
    begin();
    expect('content' in (events[0] ?? {})).toBe(watched === 'content');
  }
});

class Mine extends Error {}

test.each<[string, CallEnd, object]>([
  ['well', { outcome: 'ok' }, {}],
  ['with all that is known', { outcome: 'ok', answer: { status: 200 }, target, firstTokenMs: 7, responseId: 'r', responseModel: 'm', finishReasons: ['stop'], content: 'x' }, { status: 200, deployment: 'chat', firstTokenMs: 7, responseId: 'r', responseModel: 'm', finishReasons: ['stop'], content: 'x' }], // prettier-ignore
  ['without a reason', { outcome: 'ok', finishReasons: [] }, {}],
  ['with an error of a name', { outcome: 'error', error: new RangeError() }, { errorType: 'RangeError' }],
  ['with an error of a class', { outcome: 'error', error: new Mine() }, { errorType: 'Mine' }],
  ['with what is no error', { outcome: 'aborted', error: 'enough' }, { errorType: '_OTHER' }],
  ['with a refusal', { outcome: 'error', answer: { status: 429 } }, { status: 429, errorType: '429' }],
  ['truncated', { outcome: 'truncated', answer: { status: 200 } }, { status: 200 }],
])('a call that ends %s tells just that', (_, end, told) => {
  const { clock, engine, events, begin } = setUp();
  const call = begin({ 'x-ms-client-request-id': 'mine' });
  call.attempts = 2;
  clock.nowMs += 250;
  finishCall(engine, call, end);
  expect(events.at(-1)).toEqual({
    type: 'call-finished',
    callId: 'mine',
    atMs: 1_250,
    name: 'pool',
    operation: 'chat',
    stream: true,
    outcome: end.outcome,
    attempts: 2,
    durationMs: 250,
    tags: { team: 'search' },
    ...told,
  });
});
