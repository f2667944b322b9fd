import { expect, test } from 'vitest';
import { messages } from './estate.ts';
import { rightAnswer } from './raw-answers.ts';
import { chatAnswer, rawAnswer } from './raw-server.ts';
import { useRawServers } from './raw-estate.ts';
import { settledBooks } from './settled-books.ts';

const fixture = useRawServers();
const nowMs = Date.UTC(2026, 10, 29, 12);
const now = () => nowMs;

/** How the only attempt of a call is settled that gets this answer; `undefined` closes the connection. */
async function settlementOf(
  answer: string | undefined,
  request: { readonly previous_response_id?: string } = {},
) {
  const server = await fixture.serve(({ socket }) => {
    if (answer === undefined) socket.destroy();
    else socket.write(answer);
  });
  const { quota, settled } = settledBooks(now);
  const azure = fixture.connect([server], { now, quota, retry: false });
  const asked = { model: 'first', input: 'Hi', ...request } as const;
  await azure.responses.create(asked).catch(() => undefined);
  const { key, ...settlement } = settled[0] ?? { key: undefined };
  expect([settled.length, key?.endsWith('/gpt-4.1-mini')]).toEqual([1, true]);
  return { settlement, target: azure.status().targets['first'] };
}

const error = (status: string, body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  rawAnswer(JSON.stringify({ error: { code: 'x', message: 'No.', ...body } }), { status, headers });
const tokens = 'You have exceeded the token rate limit.';
const healthy = { circuit: 'closed', failures: 0 };

test.each<[string, string | undefined, object, object]>([
  [
    'a 429 with a wait: no failure, and the target is parked',
    error('429 Slow', { message: tokens }, { 'retry-after': '30' }),
    { result: 'throttled', limitHit: 'tokens', waitMs: 30_000, parkUntilMs: nowMs + 30_000 },
    healthy,
  ],
  [
    'what remains of the quota, on a refusal as well',
    error('429 Slow', {}, { 'retry-after-ms': '5', 'x-ratelimit-limit-tokens': '900' }),
    { result: 'throttled', waitMs: 5, parkUntilMs: nowMs + 5, observed: { limitTokens: 900 } },
    healthy,
  ],
  ['a 503: a failure, and no park', error('503 Out'), { result: 'failed' }, { failures: 1 }],
  [
    'a 503 with a wait: a failure, and a park',
    error('503 Out', {}, { 'retry-after': '7' }),
    { result: 'failed', waitMs: 7_000, parkUntilMs: nowMs + 7_000 },
    { failures: 1 },
  ],
  ['a connection that breaks: a failure', undefined, { result: 'failed' }, { failures: 1 }],
  ['a page in place of an answer: a failure', rawAnswer('<p/>'), { result: 'failed' }, { failures: 1 }],
  ['a 400: nothing', error('400 Bad'), { result: 'cancelled' }, healthy],
  ['a 401: nothing', error('401 Who'), { result: 'cancelled' }, healthy],
  ['a 403: nothing', error('403 No'), { result: 'cancelled' }, healthy],
  [
    'a deployment that is not there: half a minute',
    error('404 Not Found', { code: 'DeploymentNotFound' }),
    { result: 'cancelled', parkUntilMs: nowMs + 30_000 },
    healthy,
  ],
])('%s', async (_, answer, settlement, target) => {
  const found = await settlementOf(answer);
  expect(found.settlement).toEqual(settlement);
  expect(found.target).toMatchObject(target);
});

test('a 429 without a wait parks for the back-off', async () => {
  const { settlement } = await settlementOf(error('429 Slow'));
  const { parkUntilMs = 0, ...rest } = settlement as { parkUntilMs?: number };
  expect(rest).toEqual({ result: 'throttled' });
  expect(parkUntilMs).toBeGreaterThan(nowMs);
  expect(parkUntilMs).toBeLessThan(nowMs + 60_000);
});

test('an answer is settled with what it used, and with what remains', async () => {
  const server = await fixture.serve(({ socket }) =>
    socket.write(rawAnswer(chatAnswer('Hello'), { headers: { 'x-ratelimit-remaining-tokens': '77' } })),
  );
  const { quota, settled } = settledBooks(now);
  const admitted: unknown[] = [];
  const azure = fixture.connect([server], {
    now,
    quota: { ...quota, admitted: (_, observed) => admitted.push(observed) },
  });
  await azure.chat.completions.create({ model: 'first', messages });
  expect(settled).toMatchObject([
    { result: 'ok', tokens: { input: 3, output: 2 }, observed: { remainingTokens: 77 } },
  ]);
  expect(admitted).toEqual([{ remainingTokens: 77 }]);
});

test('refusals of a request that a filter has judged, or that refers to something, blame no target', async () => {
  const blame = async (body: object, request: object = {}) => {
    const refusing = await fixture.serve(({ socket }) => socket.write(error('403 No', body)));
    const well = await fixture.serve((each) => each.socket.write(rightAnswer(each)));
    const azure = fixture.connect([refusing, well], { retry: false });
    for (let call = 0; call < 4; call += 1) {
      await azure.responses.create({ model: 'second', input: 'Hi' });
      await azure.responses.create({ model: 'first', input: 'Hi', ...request }).catch(() => undefined);
      await azure.responses.create({ model: 'pool', input: 'Hi', ...request }).catch(() => undefined);
    }
    return fixture.events.splice(0).filter(({ type }) => type === 'circuit-opened').length;
  };
  expect(await blame({})).toBe(1);
  expect(await blame({ code: 'content_filter' })).toBe(0);
  expect(await blame({}, { previous_response_id: 'resp_1234567890' })).toBe(0);
});
