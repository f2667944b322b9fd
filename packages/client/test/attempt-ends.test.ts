import { describe, expect, test } from 'vitest';
import { isConnectionFailure } from '../src/answer/connection-failure.ts';
import { settle } from '../src/attempt/settle.ts';
import { AnswerTooLargeError, TransportLoadError } from '../src/errors.ts';
import { ok, useSteps } from './stepped-calls.ts';
import type { Step } from './stepped-calls.ts';

const setUp = useSteps();

const failing = (code: unknown, error = new Error('cut')): Error => Object.assign(error, { code });
const thrown = async (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    () => undefined,
    (error: unknown) => error,
  );
const stored = { previous_response_id: 'resp_123' };

describe('an attempt that nobody could send', () => {
  test.each([
    ['without an HTTP client', new TransportLoadError(new Error('gone'))],
    ['by a proxy whose address is wrong', failing('PROXY_UNUSABLE', new TypeError('No proxy.'))],
    ['because the answer is too long', new AnswerTooLargeError({ deployment: 'first', maxAnswerBytes: 1 })],
  ])('%s ends the call with that error, and blames no target', async (_, error) => {
    const { call, attempts, settled, events } = setUp({ first: [[error]] });
    expect(await thrown(call())).toBe(error);
    expect([attempts, settled]).toEqual([['first'], [{ result: 'cancelled' }]]);
    expect(events.some(({ type }) => type === 'attempt-failed')).toBe(false);
  });

  test('because of what is in it says what to leave out', async () => {
    const cause = failing('UND_ERR_INVALID_ARG', new Error('invalid x-a header'));
    const { call, attempts, settled } = setUp({ first: [[cause]] });
    const error = await thrown(call());
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({
      message:
        'Cannot send the request: invalid x-a header. Leave out line breaks, and encode what is no plain text.',
      cause,
    });
    expect([attempts, settled]).toEqual([['first'], [{ result: 'cancelled' }]]);
  });
});

describe('a connection that fails', () => {
  test.each([
    ['ECONNRESET', { code: 'ECONNRESET' }],
    ['PROXY_FAILED', { code: 'PROXY_FAILED' }],
    [7, {}],
    [undefined, {}],
  ])('with the code %j is a failure of its target, and the call goes on', async (code, told) => {
    const { call, attempts, settled, events } = setUp({ first: [[failing(code)]] });
    expect((await call()).status).toBe(200);
    expect(attempts).toEqual(['first', 'second']);
    expect(settled.map(({ result }) => result)).toEqual(['failed', 'ok']);
    const [failed] = events.filter(({ type }) => type === 'attempt-failed');
    expect(failed).toMatchObject({ attempt: 1, deployment: 'first', outcome: 'unavailable', ...told });
    expect(failed).not.toHaveProperty('status');
    if (!('code' in told)) expect(failed).not.toHaveProperty('code');
  });
});

describe('work that goes on without its connection', () => {
  const gateway: Step = [504, { error: { code: 'Timeout', message: 'Slow.' } }];
  const outage: Step = [500, { error: { code: 'x', message: 'Out.' } }];

  test.each<readonly [step: Step, attempts: number]>([
    [[failing('ECONNREFUSED')], 2],
    [[failing('ECONNRESET')], 1],
    [outage, 2],
    [gateway, 1],
  ])('after %j is begun %i times', async (step, count) => {
    const { call, attempts } = setUp({ first: [step] });
    await thrown(call('pool', undefined, { background: true }));
    expect(attempts).toHaveLength(count);
    await thrown(call('pool', undefined, { background: false }));
    expect(attempts, 'other work is tried again').toHaveLength(2);
  });
});

describe('what a call leaves in a resource', () => {
  const answer = (more: object): Step => [
    200,
    { id: 'resp_0123456789abcdef', object: 'response', status: 'completed', model: 'm', output: [], ...more },
  ];

  test('is known afterwards, so that the next call goes there', async () => {
    const { call, attempts, engine } = setUp({ first: [[failing('ECONNRESET')], ok], second: [answer({})] });
    await call();
    expect(engine.holders.of(['resp_0123456789abcdef'])).toBe('france');
    await call('pool', undefined, { previous_response_id: 'resp_0123456789abcdef' });
    expect(attempts).toEqual(['second']);
  });

  test.each([
    [{}, {}, 'sweden'],
    [{ store: true }, { store: true }, 'sweden'],
    [{ store: false }, {}, undefined],
    [{}, { store: false }, undefined],
  ])('holds items only when it is stored: asked with %j, answered with %j', async (asked, more, holder) => {
    const output = [{ id: 'msg_0123456789abcdef', type: 'message', role: 'assistant', content: [] }];
    const { call, engine } = setUp({ first: [answer({ output, ...more })] });
    await call('pool', undefined, asked);
    expect(engine.holders.of(['msg_0123456789abcdef'])).toBe(holder);
    expect(engine.holders.of(['resp_0123456789abcdef']), 'a connection may hold the response').toBe('sweden');
  });

  test('and was found there, is looked for there the next time', async () => {
    const missing: Step = [
      404,
      { error: { code: null, message: "Previous response with id 'resp_123' not found." } },
    ];
    const { call, attempts, engine } = setUp({ first: [missing, ok] });
    await call('pool', undefined, stored);
    expect([attempts, engine.holders.of(['resp_123'])]).toEqual([['first', 'second'], 'france']);
    await call('pool', undefined, stored);
    expect(attempts).toEqual(['second']);
  });
});

describe('the time of an attempt', () => {
  test('is what is left of the call, and its number that of the attempts so far', async () => {
    const { begin, open, clock, engine } = setUp({ first: [ok] });
    const call = begin();
    const first = await open(call);
    clock.nowMs += 5;
    const second = await open(call);
    expect([first.number, second.number, second.startedMs - first.startedMs]).toEqual([1, 2, 5]);
    await settle(engine, first, { result: 'ok' });
    expect([first.settled, second.settled]).toEqual([true, false]);
    expect([first.observed, first.signed]).toEqual([undefined, { headers: {} }]);
    first.scope.abort(new Error('over'));
    expect([first.scope.signal.aborted, second.scope.signal.aborted]).toEqual([true, false]);
  });

  test('that begins tells its number and its target, and from where the call has moved', async () => {
    const { call, events } = setUp(
      { first: [[failing('ECONNRESET')]], second: [[failing('ECONNREFUSED')]] },
      { retry: { maxRetries: 1 } },
    );
    expect(isConnectionFailure(await thrown(call()))).toBe(true);
    const started = events.filter(({ type }) => type === 'attempt-started');
    expect(started).toMatchObject([
      {
        attempt: 1,
        deployment: 'first',
        resource: 'sweden',
        model: 'gpt-4.1',
        server: 'sweden.openai.azure.com',
        hedge: false,
        probe: false,
      },
      { attempt: 2, deployment: 'second', resource: 'france', model: 'gpt-4.1-mini', hedge: false },
    ]);
    expect(events.filter(({ type }) => type === 'failover')).toMatchObject([
      { from: 'first', to: 'second', spillover: true },
    ]);
    expect(events.find(({ type }) => type === 'failover')).not.toHaveProperty('leadOn');
  });
});
