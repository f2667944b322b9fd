import { neverAnswers, serverError } from '@aoai/testing';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { messages, useEstate } from './estate.ts';

const fixture = useEstate();
const failing = { circuit: false, retry: { initialDelayMs: 0, maxDelayMs: 0 } } as const;

test.each([0, 2])('`maxRetries: %i` of one call is the number of its retries', async (maxRetries) => {
  fixture.mock.fail('chat', serverError(), { times: Infinity });
  const azure = fixture.connect(failing);
  const calls = [
    () => azure.chat.completions.create({ model: 'chat-sweden', messages }, { maxRetries }),
    () => azure.chat.completions.create({ model: 'chat-sweden', messages, stream: true }, { maxRetries }),
    () => azure.withOptions({ maxRetries }).chat.completions.create({ model: 'chat-sweden', messages }),
    () =>
      azure
        .withOptions({ maxRetries })
        .withOptions({ timeout: 5_000 })
        .chat.completions.create({ model: 'chat-sweden', messages }),
    // Something that goes the SDK's own way.
    () =>
      azure.chat.completions.create(
        { model: 'chat-sweden', messages },
        { maxRetries, idempotencyKey: 'once', fetchOptions: { keepalive: true } },
      ),
  ];
  for (const call of calls) {
    fixture.events.length = 0;
    await expect(call()).rejects.toThrow(OpenAI.InternalServerError);
    expect(fixture.attempts()).toHaveLength(maxRetries + 1);
  }
});

test('`maxRetries` of one call is not multiplied for a list', async () => {
  fixture.mock.fail('*', serverError(), { times: Infinity });
  const azure = fixture.connect(failing);
  await expect(azure.files.list({}, { maxRetries: 1 })).rejects.toThrow(OpenAI.InternalServerError);
  expect(fixture.attempts()).toHaveLength(2);
});

test('time that is over before anything is sent is a time-out of the SDK', async () => {
  const azure = fixture.connect({
    credential: { kind: 'api-key', headers: () => new Promise(() => undefined), refresh: async () => false },
    attemptTimeoutMs: 20,
  });
  await expect(azure.chat.completions.create({ model: 'chat', messages })).rejects.toThrow(
    OpenAI.APIConnectionTimeoutError,
  );
});

test('the deadline ends a call whose credential has no ear for it', async () => {
  const azure = fixture.connect({
    credential: { kind: 'api-key', headers: () => new Promise(() => undefined), refresh: async () => false },
    deadlineMs: 20,
  });
  await expect(azure.chat.completions.create({ model: 'chat', messages })).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
  });
});

test.each(['abort', 'deadline'])('an %s ends a call while its credential is refreshed', async (end) => {
  const { promise: refreshing, resolve } = Promise.withResolvers<AbortSignal | undefined>();
  const azure = fixture.connect({
    credential: {
      kind: 'api-key',
      headers: () => ({ 'api-key': 'wrong' }),
      refresh: ({ signal }) => {
        resolve(signal);
        return new Promise(() => undefined);
      },
    },
    deadlineMs: end === 'deadline' ? 200 : 60_000,
  });
  const stop = new AbortController();
  const call = azure.fetch(`${azure.baseURL}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'chat', messages }),
    signal: stop.signal,
  });
  const told = await refreshing;
  const reason = new Error('enough');
  if (end === 'abort') stop.abort(reason);
  const error = await call.catch((thrown: unknown) => thrown);
  if (end === 'abort') expect(error).toBe(reason);
  else expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempts: 1 });
  expect(told?.aborted).toBe(true);
});

test('a hedge counts as an attempt of a call that is too slow', async () => {
  fixture.mock.fail('*', neverAnswers(), { times: 2 });
  const azure = fixture.connect({ hedge: { afterMs: 10, maxShare: 1 }, deadlineMs: 200 });
  await expect(azure.chat.completions.create({ model: 'chat', messages })).rejects.toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    attempts: 2,
  });
});

test('a call without a model is refused before a byte is sent', async () => {
  const azure = fixture.connect();
  for (const resource of ['sweden', 'france']) {
    const call = azure.with({ resource }).chat.completions.create({ messages } as never);
    await expect(call).rejects.toThrow('Cannot send "/chat/completions": it has no `model`.');
  }
  expect(fixture.mock.requests()).toEqual([]);
});
