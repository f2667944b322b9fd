import { expect, test } from 'vitest';
import { messages } from './estate.ts';
import { responseEvents, rightAnswer } from './raw-answers.ts';
import { chatAnswer, rawAnswer } from './raw-server.ts';
import { useRawServers } from './raw-estate.ts';
import { settledBooks } from './settled-books.ts';

const fixture = useRawServers();
const nowMs = Date.UTC(2026, 10, 29, 12);
const now = () => nowMs;
const beginning = responseEvents().slice(0, -40);
const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';

/** How the only attempt of a call is settled that gets this answer; `undefined` closes the connection. */
async function settlementOf(answer: string | undefined) {
  const server = await fixture.serve(({ socket }) => {
    if (answer === undefined) socket.destroy();
    else socket.write(answer);
  });
  const { quota, settled } = settledBooks(now);
  const azure = fixture.connect([server], { now, quota, retry: false });
  await azure.responses.create({ model: 'first', input: 'Hi' }).catch(() => undefined);
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

test('refusals of a request that a filter has judged blame no target', async () => {
  const blame = async (body: object) => {
    const refusing = await fixture.serve(({ socket }) => socket.write(error('403 No', body)));
    const well = await fixture.serve((each) => each.socket.write(rightAnswer(each)));
    const azure = fixture.connect([refusing, well], { retry: false });
    for (let call = 0; call < 4; call += 1) {
      await azure.responses.create({ model: 'second', input: 'Hi' });
      await azure.responses.create({ model: 'first', input: 'Hi' }).catch(() => undefined);
      await azure.responses.create({ model: 'pool', input: 'Hi' }).catch(() => undefined);
    }
    return fixture.events.splice(0).filter(({ type }) => type === 'circuit-opened').length;
  };
  expect(await blame({})).toBe(1);
  expect(await blame({ code: 'content_filter' })).toBe(0);
});

test('a probe that is aborted makes room at once for a call that waits', async () => {
  const clock = { nowMs };
  const server = await fixture.serve((request) => {
    if (request.number === 1) request.socket.write(error('503 Out'));
    if (request.number === 3) request.socket.write(rightAnswer(request));
  });
  const azure = fixture.connect([server], {
    now: () => clock.nowMs,
    retry: false,
    circuit: { failures: 1, openMs: 60_000 },
    deadlineMs: 200_000,
  });
  const ask = (signal?: AbortSignal) => azure.responses.create({ model: 'first', input: 'Hi' }, { signal });
  await expect(ask()).rejects.toMatchObject({ status: 503 });
  clock.nowMs += 60_000;
  const stop = new AbortController();
  const probe = ask(stop.signal).catch(() => undefined);
  await expect.poll(() => server.requests.length).toBe(2);
  const waiting = ask();
  await expect.poll(() => fixture.events.some(({ type }) => type === 'call-waiting')).toBe(true);
  stop.abort();
  await probe;
  expect((await waiting).output_text).toBe('Hello');
});

test('what a stream has got in with makes room for calls that wait, before its end', async () => {
  const isWaiting = Promise.withResolvers<undefined>();
  const server = await fixture.serve((request) => {
    if (request.number > 1) request.socket.write(rightAnswer(request));
    else void isWaiting.promise.then(() => request.socket.write(`${streamHead}${beginning}`));
  });
  const { quota } = settledBooks(now);
  let room = 1;
  const azure = fixture.connect([server], {
    now,
    quota: {
      ...quota,
      reserve: (target, asked) => {
        if (room === 0) return { ok: false, reason: 'tokens', retryAtMs: nowMs + 60_000 };
        room -= 1;
        return quota.reserve(target, asked);
      },
      admitted: () => {
        room += 1;
      },
    },
    deadlineMs: 200_000,
  });
  const opening = azure.responses.create({ model: 'first', input: 'Hi', stream: true }).then((each) => each);
  await expect.poll(() => server.requests.length).toBe(1);
  const waiting = azure.responses.create({ model: 'first', input: 'Hi' }).then((each) => each);
  await expect.poll(() => fixture.events.some(({ type }) => type === 'call-waiting')).toBe(true);
  isWaiting.resolve(undefined);
  const stream = await opening;
  expect((await waiting).output_text).toBe('Hello');
  stream.controller.abort();
});

test('a stream that is cut after its first content is a failure of its target', async () => {
  const server = await fixture.serve(({ socket }) => socket.end(`${streamHead}${beginning}`));
  const { quota, settled } = settledBooks(now);
  const azure = fixture.connect([server], { now, quota });
  const read = async () => {
    for await (const _ of await azure.responses.create({ model: 'first', input: 'Hi', stream: true }));
  };
  await expect(read()).rejects.toMatchObject({ code: 'STREAM_TRUNCATED' });
  expect(settled.map(({ result }) => result)).toEqual(['failed']);
  expect(azure.status().targets['first']).toMatchObject({ failures: 1 });
});

test('what a call finds at its deadline, too late to be sent, is given back as if it had never been', async () => {
  const server = await fixture.serve(() => undefined);
  const { quota, settled } = settledBooks(Date.now);
  let isFree = false;
  const azure = fixture.connect([server], {
    quota: {
      ...quota,
      reserve: (target, asked) =>
        isFree
          ? quota.reserve(target, asked)
          : { ok: false, reason: 'tokens', retryAtMs: Date.now() + 60_000 },
    },
    deadlineMs: 200_000,
  });
  const stop = new AbortController();
  const first = azure.responses
    .create({ model: 'first', input: 'Hi' }, { signal: stop.signal })
    .catch(() => undefined);
  await expect.poll(() => fixture.events.some(({ type }) => type === 'call-waiting')).toBe(true);
  // It never is the first in line, and so it has not looked before.
  isFree = true;
  const second = azure.with({ deadlineMs: 50 }).responses.create({ model: 'first', input: 'Hi' });
  await expect(second).rejects.toMatchObject({ code: 'POOL_EXHAUSTED' });
  expect(settled).toMatchObject([{ result: 'cancelled', counted: false }]);
  expect(server.requests).toEqual([]);
  stop.abort();
  await first;
});
