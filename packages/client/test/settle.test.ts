import { afterEach, describe, expect, test } from 'vitest';
import { settle, settleFailure } from '../src/attempt/settle.ts';
import type { AttemptResult } from '../src/attempt/attempt.ts';
import type { Classified, Outcome } from '../src/answer/classify.ts';
import { wired } from './wired-attempts.ts';
import type { Wired } from './wired-attempts.ts';

let given: Wired | undefined;
afterEach(() => given?.close());

function setUp(options: Parameters<typeof wired>[0] = {}): Wired {
  return (given = wired(options));
}

const answerWith = (headers: Readonly<Record<string, string>>, status = 400) => ({
  status,
  headers: new Headers(headers),
  body: Buffer.from('{}'),
  destroy: () => undefined,
});

type Failed = Extract<AttemptResult, { kind: 'failed' }>;
const failure = (classified: Classified, more: Partial<Failed> = {}): Failed => ({
  kind: 'failed',
  classified,
  ...more,
});

describe('settle', () => {
  test('closes an attempt once, and wakes those that wait', async () => {
    const { engine, begin, open, settled, ended, wakes } = setUp();
    const attempt = await open(begin());
    await settle(engine, attempt, { result: 'ok' });
    await settle(engine, attempt, { result: 'failed' });
    expect([settled, ended.length, wakes()]).toEqual([[{ result: 'ok' }], 1, 1]);
  });

  test('wakes those that wait when the store has the books, not before', async () => {
    const { promise, resolve } = Promise.withResolvers<object>();
    const { engine, begin, open, wakes } = setUp({ change: promise });
    const attempt = await open(begin());
    const settling = settle(engine, attempt, { result: 'ok' });
    await Promise.resolve();
    expect(wakes()).toBe(0);
    resolve({});
    await settling;
    expect(wakes()).toBe(1);
  });

  test.each([
    ['ok', 'ok'],
    ['failed', 'other'],
    ['throttled', 'other'],
    ['cancelled', 'other'],
  ] as const)('an attempt that is %s is for the choice of targets: %s', async (result, told) => {
    const { engine, begin, open, ended } = setUp();
    await settle(engine, await open(begin()), { result });
    expect(ended).toEqual([{ result: told, size: undefined, cachedTokens: undefined }]);
  });

  test('the time of an attempt is learned with its output, and the cache with the tokens from there', async () => {
    const { engine, begin, open, ended } = setUp();
    const tokens = { input: 900, output: 70, cachedInput: 256 };
    await settle(engine, await open(begin()), { result: 'ok', tokens });
    expect(ended).toEqual([{ result: 'ok', size: 70, cachedTokens: 256 }]);
  });

  test.each([
    ['a circuit that opens', 'failed', { circuitOpened: { untilMs: 7 } }, ['circuit-opened']],
    ['a circuit that closes', 'ok', { circuitClosed: true }, ['circuit-closed']],
    [
      'both, and a park',
      'ok',
      { circuitOpened: { untilMs: 7 }, circuitClosed: true, parked: { untilMs: 9 } },
      ['circuit-opened', 'circuit-closed', 'target-parked'],
    ],
    ['nothing', 'ok', {}, []],
  ] as const)('tells of %s', async (_, result, change, types) => {
    const { engine, begin, open, events, clock } = setUp({ change });
    await settle(engine, await open(begin()), { result });
    expect(events.map(({ type }) => type)).toEqual(types);
    const at = { atMs: clock.nowMs, deployment: 'first' };
    const all = {
      'circuit-opened': { type: 'circuit-opened', ...at, reason: 'failures', untilMs: 7 },
      'circuit-closed': { type: 'circuit-closed', ...at, reason: 'failures' },
      'target-parked': { type: 'target-parked', ...at, reason: 'unavailable', untilMs: 9 },
    };
    expect(events).toEqual(types.map((type) => all[type]));
  });

  test.each([
    ['throttled', 'throttled'],
    ['failed', 'unavailable'],
    ['cancelled', 'unavailable'],
  ] as const)('a park after %s is for the reason %s', async (result, reason) => {
    const { engine, begin, open, events } = setUp({ change: { parked: { untilMs: 9 } } });
    await settle(engine, await open(begin()), { result });
    expect(events).toMatchObject([{ type: 'target-parked', reason, untilMs: 9 }]);
  });
});

describe('settleFailure', () => {
  // Of our own 500 ms half at least, and half of the rest by the random number of the test.
  const ownMs = 375;

  test.each<[Outcome, Partial<Classified>, object, number, string]>([
    ['throttled', {}, { result: 'throttled', parkUntilMs: ownMs }, ownMs, 'parked'],
    [
      'throttled',
      { retryAfterMs: 9_000, limitHit: 'requests' },
      { result: 'throttled', limitHit: 'requests', waitMs: 9_000, parkUntilMs: 9_000 },
      9_000,
      'parked',
    ],
    ['throttled', { retryAfterMs: 0 }, { result: 'throttled', waitMs: 0, parkUntilMs: 0 }, 0, 'parked'],
    ['unavailable', {}, { result: 'failed' }, ownMs, 'failed'],
    ['unavailable', { retryAfterMs: 50 }, { result: 'failed', waitMs: 50, parkUntilMs: 50 }, 50, 'parked'],
    ['misplaced', {}, { result: 'cancelled', parkUntilMs: 30_000 }, 30_000, 'parked'],
    ['unauthorized', {}, { result: 'cancelled' }, Infinity, 'failed'],
    ['refused', {}, { result: 'cancelled' }, Infinity, 'failed'],
    ['fatal', {}, { result: 'cancelled' }, ownMs, 'failed'],
    ['not-here', {}, { result: 'cancelled' }, ownMs, 'failed'],
    ['leads-on', {}, { result: 'cancelled' }, ownMs, 'failed'],
  ])('%s with %j is settled as %j, and the call waits %d ms (%s)', async (...row) => {
    const [outcome, more, settlement, waitMs, reason] = row;
    const { engine, begin, open, settled, clock } = setUp();
    const call = begin();
    const attempt = await open(call);
    const { target } = attempt.admission;
    await settleFailure(engine, call, { attempt, failed: failure({ outcome, ...more }) });
    const { parkUntilMs, ...rest } = settled[0] ?? { result: undefined };
    expect({
      ...rest,
      ...(parkUntilMs !== undefined && { parkUntilMs: parkUntilMs - clock.nowMs }),
    }).toStrictEqual(settlement);
    expect(call.failed?.get(target)).toEqual({ retryAtMs: clock.nowMs + waitMs, reason });
  });

  test('our own wait grows with the attempts of the call, at a target that has failed it before', async () => {
    const { engine, begin, open, clock } = setUp();
    const call = begin();
    const waits = async () => {
      const attempt = await open(call);
      const { target } = attempt.admission;
      await settleFailure(engine, call, { attempt, failed: failure({ outcome: 'unavailable' }) });
      const waitMs = (call.failed?.get(target)?.retryAtMs ?? 0) - clock.nowMs;
      return [target.name, waitMs];
    };
    expect([await waits(), await waits()]).toEqual([
      ['first', ownMs],
      ['second', ownMs],
    ]);
    clock.nowMs += ownMs;
    expect([await waits(), await waits()]).toEqual([
      ['first', 4 * ownMs],
      ['second', 8 * ownMs],
    ]);
  });

  test('what an answer says of the quota is settled with it', async () => {
    const { engine, begin, open, settled } = setUp();
    const call = begin();
    const answer = answerWith({ 'x-ratelimit-remaining-tokens': '40' });
    const failed = failure({ outcome: 'fatal' }, { status: 400, answer });
    await settleFailure(engine, call, { attempt: await open(call), failed });
    expect(settled).toEqual([{ result: 'cancelled', observed: { remainingTokens: 40 } }]);
  });

  describe('a refusal', () => {
    const toldOf = async (
      outcome: Outcome,
      { code, status = 403, json }: { code?: string; status?: number | undefined; json?: object } = {},
    ) => {
      const { engine, begin, open, ended } = setUp();
      const call = begin({ ...json });
      const classified = { outcome, ...(code !== undefined && { code }) };
      const failed = failure(classified, status === 0 ? {} : { status });
      await settleFailure(engine, call, { attempt: await open(call), failed });
      const [{ result, status: told, others } = { result: undefined }] = ended;
      return [result, told, others === call.route.tiers];
    };

    test.each(['fatal', 'refused', 'unauthorized'] as const)(
      'that is %s may be the target’s own problem, when others answer',
      async (outcome) => {
        expect(await toldOf(outcome)).toEqual(['refused', 403, true]);
      },
    );

    test.each(['throttled', 'unavailable', 'misplaced', 'not-here', 'leads-on'] as const)(
      'that is %s is none of these',
      async (outcome) => {
        expect(await toldOf(outcome)).toEqual(['other', undefined, false]);
      },
    );

    test.each([
      ['what a content filter says', { code: 'content_filter' }],
      ['a failure without an answer', { status: 0 }],
      ['of what only one resource holds', { json: { previous_response_id: 'resp_1234567890' } }],
      [
        'of an item that only one resource holds',
        { json: { input: [{ type: 'item_reference', id: 'msg_1234567890' }] } },
      ],
    ])('%s blames no target', async (_, more) => {
      expect(await toldOf('fatal', more)).toEqual(['other', undefined, false]);
      expect(await toldOf('unauthorized', more)).toEqual(['other', undefined, false]);
    });
  });

  test.each<[Outcome, string]>([
    ['throttled', 'throttled'],
    ['unavailable', 'unavailable'],
    ['misplaced', 'unavailable'],
    ['refused', 'refused'],
    ['fatal', 'fatal'],
    ['ok', 'fatal'],
  ])('tells of an attempt that was %s as %s, with its time and its place', async (outcome, told) => {
    const { engine, begin, open, events, clock } = setUp();
    const call = begin();
    const attempt = await open(call);
    clock.nowMs += 1_234;
    await settleFailure(engine, call, { attempt, failed: failure({ outcome }) });
    expect(events[0]).toStrictEqual({
      type: 'attempt-failed',
      callId: call.id,
      atMs: clock.nowMs,
      attempt: 1,
      deployment: 'first',
      resource: 'sweden',
      outcome: told,
      durationMs: 1_234,
    });
  });

  test.each([
    [{ 'x-request-id': 'one', 'apim-request-id': 'two' }, 'one'],
    [{ 'apim-request-id': 'two' }, 'two'],
    [{}, undefined],
  ])('tells what the answer with %j is called: %s', async (headers, requestId) => {
    const { engine, begin, open, events, clock } = setUp();
    const call = begin();
    const failed = failure(
      { outcome: 'throttled', code: '429', retryAfterMs: 20 },
      { status: 429, answer: answerWith(headers, 429) },
    );
    await settleFailure(engine, call, { attempt: await open(call), failed });
    expect(events[0]).toStrictEqual({
      ...{ type: 'attempt-failed', callId: call.id, atMs: clock.nowMs, attempt: 1, durationMs: 0 },
      ...{ deployment: 'first', resource: 'sweden', outcome: 'throttled' },
      ...{ status: 429, code: '429', retryAfterMs: 20 },
      ...(requestId !== undefined && { requestId }),
    });
  });

  test('a resource that does not hold what is asked for is remembered, with the first of such answers', async () => {
    const { engine, begin, open } = setUp();
    const call = begin();
    const answers = [answerWith({}, 404), answerWith({}, 400)];
    for (const answer of answers) {
      const failed = failure({ outcome: 'not-here' }, { status: 404, answer });
      await settleFailure(engine, call, { attempt: await open(call), failed });
    }
    expect([call.elsewhere, call.notHere]).toEqual([['sweden', 'france'], answers[0]]);
    expect(call.refusals).toBeUndefined();
  });

  test('refusals that lead on are remembered in their order', async () => {
    const { engine, begin, open } = setUp();
    const call = begin();
    const targets: unknown[] = [];
    for (const code of ['OperationNotSupported', undefined]) {
      const attempt = await open(call);
      targets.push(attempt.admission.target);
      const failed = failure({ outcome: 'leads-on', ...(code !== undefined && { code }) });
      await settleFailure(engine, call, { attempt, failed });
    }
    expect(call.refusals).toEqual([
      { target: targets[0], code: 'OperationNotSupported' },
      { target: targets[1], code: '' },
    ]);
    expect(call.elsewhere).toEqual([]);
  });
});
