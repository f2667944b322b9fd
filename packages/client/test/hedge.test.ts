import { afterEach, expect, test, vi } from 'vitest';
import type { Transport } from '../src/index.ts';
import { messages } from './estate.ts';
import { rightAnswer } from './raw-answers.ts';
import { chatEvents, rawAnswer } from './raw-server.ts';
import type { RawRequest } from './raw-server.ts';
import { useRawServers } from './raw-estate.ts';
import { settledBooks } from './settled-books.ts';
import type { QuotaStore } from '../src/quota/quota.ts';

const fixture = useRawServers();
afterEach(() => {
  vi.useRealTimers();
});
const nobody = () => fixture.serve(() => undefined);
const hedges = () => fixture.events.filter(({ type }) => type === 'hedge-started');
const deadlineMs = 10_000;

test('a refusal of the request is the answer, whichever attempt it comes from, and the other one is aborted', async () => {
  const refusal = JSON.stringify({ error: { code: 'invalid_value', message: 'No.' } });
  const slow = await nobody();
  const quick = await fixture.serve(({ socket }) =>
    socket.write(rawAnswer(refusal, { status: '400 Bad Request' })),
  );
  const azure = fixture.connect([slow, quick], { deadlineMs, hedge: { afterMs: 5, maxShare: 1 } });
  await expect(azure.chat.completions.create({ model: 'pool', messages })).rejects.toMatchObject({
    status: 400,
    code: 'invalid_value',
  });
  await expect.poll(() => slow.sockets.size).toBe(0);
  expect(fixture.attempts()).toEqual(['first', 'second']);
});

test('a hedge that has nowhere to go costs none of those that may be made', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const first = await nobody();
  const second = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  const azure = fixture.connect([first, second], { deadlineMs, hedge: { afterMs: 5, maxShare: 0 } });
  const alone = azure.chat.completions.create({ model: 'first', messages });
  await expect.poll(() => first.requests.length).toBe(1);
  await vi.advanceTimersByTimeAsync(5);
  const [request] = first.requests;
  request?.socket.write(rightAnswer(request));
  await alone;
  expect(hedges()).toEqual([]);
  const pooled = azure.chat.completions.create({ model: 'pool', messages });
  await expect.poll(() => first.requests.length).toBe(2);
  await vi.advanceTimersByTimeAsync(5);
  await pooled;
  expect(hedges()).toMatchObject([{ from: 'first', to: 'second' }]);
});

test('a failure of one attempt leaves the call to the other one, and its target is parked', async () => {
  const failed = Promise.withResolvers<undefined>();
  const first = await fixture.serve((request) => {
    void failed.promise.then(() => request.socket.write(rightAnswer(request)));
  });
  const throttled = { status: '429 Too Many Requests', headers: { 'retry-after': '30' } };
  const second = await fixture.serve(({ socket }) => socket.write(rawAnswer('{}', throttled)));
  const azure = fixture.connect([first, second], { deadlineMs, hedge: { afterMs: 5, maxShare: 1 } });
  azure.observe(({ type }) => {
    if (type === 'attempt-failed') failed.resolve(undefined);
  });
  const { choices } = await azure.chat.completions.create({ model: 'pool', messages });
  expect(choices[0]?.message.content).toBe('Hello');
  expect(fixture.attempts()).toEqual(['first', 'second']);
  expect(fixture.events.filter(({ type }) => type === 'target-parked')).toMatchObject([
    { deployment: 'second' },
  ]);
  expect(azure.status().targets['first']).toMatchObject({ circuit: 'closed', failures: 0 });
});

test('an answer of the loser that comes all the same is dropped', async () => {
  const [first, second] = [await nobody(), await nobody()];
  const late = Promise.withResolvers<undefined>();
  const dropped: string[] = [];
  const transport: Transport = async ({ url }) => {
    const isFirst = String(url).startsWith(first.origin);
    if (isFirst) await late.promise;
    return {
      status: 200,
      headers: new Headers({ 'content-type': 'text/event-stream' }),
      body: new Blob([chatEvents(isFirst ? 'late' : 'Hello')]).stream(),
      destroy: () => dropped.push(isFirst ? 'first' : 'second'),
    };
  };
  const azure = fixture.connect([first, second], { transport, hedge: { afterMs: 5, maxShare: 1 } });
  const stream = await azure.chat.completions.create({ model: 'pool', messages, stream: true });
  let text = '';
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
  expect(text).toBe('Hello');
  dropped.length = 0;
  late.resolve(undefined);
  await expect.poll(() => dropped).toEqual(['first']);
});

test.each(['first', 'second'] as const)(
  'an abort ends the attempt that is left when the %s one has failed, and frees its target',
  async (failing) => {
    const isHedged = Promise.withResolvers<undefined>();
    const isLeft = Promise.withResolvers<undefined>();
    const outage = { status: '503 Service Unavailable' };
    const fail = ({ socket }: RawRequest) => {
      void isHedged.promise.then(() => socket.write(rawAnswer('{}', outage)));
    };
    const first = failing === 'first' ? await fixture.serve(fail) : await nobody();
    const second = failing === 'second' ? await fixture.serve(fail) : await nobody();
    const { quota, settled } = settledBooks();
    const azure = fixture.connect([first, second], { deadlineMs, quota, hedge: { afterMs: 5, maxShare: 1 } });
    azure.observe(({ type }) => {
      if (type === 'hedge-started') isHedged.resolve(undefined);
      if (type === 'attempt-failed') isLeft.resolve(undefined);
    });
    const stop = new AbortController();
    const call = azure.chat.completions.create({ model: 'pool', messages }, { signal: stop.signal });
    void isLeft.promise.then(() => {
      setImmediate(() => {
        stop.abort();
      });
    });
    await expect(call).rejects.toThrow('Request was aborted.');
    await expect.poll(() => settled.map(({ result }) => result)).toEqual(['failed', 'cancelled']);
    await expect.poll(() => first.sockets.size + second.sockets.size).toBe(1);
  },
);

test('a store that fails while a hedge is looked for does not fail the call, and costs no hedge', async () => {
  const { quota } = settledBooks();
  let asked = 0;
  const isAsked = Promise.withResolvers<undefined>();
  const reserve: QuotaStore['reserve'] = (target, tokens) => {
    asked += 1;
    if (asked !== 2) return quota.reserve(target, tokens);
    isAsked.resolve(undefined);
    return Promise.reject(new Error('The store is away.'));
  };
  const first = await fixture.serve((request) => {
    if (request.number === 1) void isAsked.promise.then(() => request.socket.write(rightAnswer(request)));
  });
  const second = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  const hedge = { afterMs: 5, maxShare: 0 };
  const azure = fixture.connect([first, second], { deadlineMs, quota: { ...quota, reserve }, hedge });
  const { choices } = await azure.chat.completions.create({ model: 'pool', messages });
  expect(choices[0]?.message.content).toBe('Hello');
  expect(hedges()).toEqual([]);
  await azure.chat.completions.create({ model: 'pool', messages });
  expect(hedges()).toHaveLength(1);
});
