import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { neverAnswers, rateLimited, serverError, slow, startMockAzure } from '@aoai/testing';
import { toFile } from 'openai';
import { expect, test } from 'vitest';
import { memoryBudgets } from '../src/budget/memory-budgets.ts';
import { createClient } from '../src/client/create-client.ts';
import { ClientClosedError } from '../src/errors.ts';
import { longText, messages, useEstate } from './estate.ts';
import { itemsOf } from './items-of.ts';
import { settledBooks } from './settled-books.ts';
import { undiciTransport } from '../src/transport/undici-transport.ts';

const fixture = useEstate();
const chat = { model: 'chat', messages } as const;

test('a closed client refuses every kind of call with ClientClosedError, and opens nothing', async () => {
  const azure = fixture.connect();
  const { files } = azure.with({ tags: { team: 'search' } });
  await azure.close();
  const calls: (() => Promise<unknown>)[] = [
    () => azure.chat.completions.create(chat),
    () => azure.chat.completions.create({ ...chat, stream: true }),
    () => azure.chat.completions.stream(chat).done(),
    () => azure.chat.completions.parse(chat),
    () => azure.chat.completions.runTools({ ...chat, tools: [] }).done(),
    () => azure.responses.create({ model: 'chat', input: 'Hello' }),
    () => azure.responses.stream({ model: 'chat', input: 'Hello' }).finalResponse(),
    () => azure.embeddings.create({ model: 'embed', input: 'Hello' }),
    async () =>
      azure.audio.transcriptions.create({ model: 'hear', file: await toFile(Buffer.from('x'), 'a.wav') }),
    () => files.list(),
    () => azure.withOptions({ timeout: 5_000 }).chat.completions.create(chat),
    () => azure.with({ deadlineMs: 5_000 }).chat.completions.create(chat),
    () => azure.fetch(`${azure.baseURL}/chat/completions`, { method: 'POST', body: JSON.stringify(chat) }),
    () => azure.realtimeEndpoint('chat'),
    () => azure.batch.run([{ messages: [] }], { deployment: 'chat-sweden' }),
  ];
  for (const call of calls) {
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClientClosedError);
    expect(error).toMatchObject({
      code: 'CLIENT_CLOSED',
      message:
        'Cannot make the call: this client has been closed. Call `close` after the last call, or make another client.',
    });
  }
  expect(fixture.mock.requests()).toEqual([]);
  expect(azure.status().waiting).toBe(0);
});

test('calls under way finish before a client is closed, with their retries and to the end of a stream', async () => {
  fixture.mock.fail('chat-sweden', serverError());
  fixture.mock.fail('chat-france', slow({ delayMs: 60 }));
  fixture.mock.reply('chat-sweden', longText, { times: 2 });
  const azure = fixture.connect();
  const retried = azure.chat.completions.create(chat);
  const stream = await azure.chat.completions.create({ model: 'chat-sweden', messages, stream: true });
  let isClosed = false;
  const closed = azure.close().then(() => (isClosed = true));
  expect((await retried).choices).toHaveLength(1);
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe(longText);
  await closed;
  expect(isClosed).toBe(true);
  expect(fixture.attempts()).toContain('chat-france');
});

test('after `graceMs` calls, waits and streams end with ClientClosedError', async () => {
  fixture.mock.fail('chat-france', neverAnswers());
  fixture.mock.fail('chat-sweden', slow({ betweenMs: 10_000 }));
  fixture.mock.fail('embed', rateLimited({ retryAfterMs: 20_000 }));
  const azure = fixture.connect();
  const endings = [
    azure.chat.completions.create({ model: 'chat-france', messages }),
    (async () => {
      const stream = await azure.chat.completions.create({ model: 'chat-sweden', messages, stream: true });
      await itemsOf(stream);
    })(),
    azure.embeddings.create({ model: 'embed', input: 'Hello' }),
  ].map(async (call) => {
    await call;
  });
  const results = Promise.allSettled(endings);
  await expect.poll(() => azure.status().waiting).toBe(1);
  await expect.poll(() => fixture.mock.requests().length).toBe(3);
  await azure.close({ graceMs: 20 });
  for (const result of await results) {
    expect(result.status === 'rejected' && result.reason).toBeInstanceOf(ClientClosedError);
  }
  const ended = fixture.events.flatMap((event) => (event.type === 'call-finished' ? [event.outcome] : []));
  expect(ended).toEqual(['aborted', 'aborted', 'aborted']);
});

test('a second close with less patience ends what the first one waits for', async () => {
  fixture.mock.fail('chat-sweden', neverAnswers());
  const azure = fixture.connect();
  const call = azure.chat.completions.create({ model: 'chat-sweden', messages });
  const ending = expect(call).rejects.toThrow(ClientClosedError);
  const first = azure.close();
  await Promise.all([first, azure.close({ graceMs: 0 }), azure.close()]);
  await ending;
  await azure.close();
});

test.each([
  ['the transport', 'transport'],
  ['the store of quota', 'quota'],
])('what %s fails to close keeps nothing else open, and is said of every close', async (_, failing) => {
  const closed: string[] = [];
  const closing = (name: string) => async () => {
    closed.push(name);
    await Promise.resolve();
    if (name === failing) throw new Error(`${name} is gone`);
  };
  const azure = createClient(fixture.mock.config, {
    credential: fixture.mock.credential(),
    transport: Object.assign(undiciTransport(), { close: closing('transport') }),
    quota: { ...settledBooks().quota, close: closing('quota') },
    budgets: {
      limits: [{ per: 'day', tokens: 1_000 }],
      store: { ...memoryBudgets({ now: Date.now }), close: closing('budgets') },
    },
  });
  await expect(azure.close()).rejects.toThrow(`${failing} is gone`);
  await expect(azure.close()).rejects.toThrow(`${failing} is gone`);
  expect(closed).toEqual(['transport', 'quota', 'budgets']);
});

test('`graceMs` is a time', async () => {
  await expect(fixture.connect().close({ graceMs: -1 })).rejects.toThrow(
    'Cannot close the client: `graceMs` is -1. Give a number from 0 to',
  );
});

test('`await using` closes', async () => {
  let kept: ReturnType<typeof fixture.connect> | undefined;
  {
    await using azure = fixture.connect();
    kept = azure;
    fixture.mock.reply('chat', longText);
    await azure.chat.completions.create(chat);
  }
  await expect(kept.chat.completions.create(chat)).rejects.toThrow(ClientClosedError);
});

test('a batch run ends at once, and another client takes it up', async () => {
  const config = defineConfig({
    resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
    deployments: { bulk: { resource: 'sweden', deployment: 'bulk', model: 'gpt-4.1', sku: 'GlobalBatch' } },
  });
  const mock = await startMockAzure({ config, timeScale: 100 });
  const connect = () => createClient(mock.config, { credential: apiKey(mock.apiKey) });
  const requests = [{ messages: [{ role: 'user', content: 'Hello' }] }];
  const place = { deployment: 'bulk', id: 'closing' } as const;
  const azure = connect();
  const begun = Promise.withResolvers<undefined>();
  const run = azure.batch.run(requests, {
    ...place,
    pollMs: 3_600_000,
    onProgress: () => {
      begun.resolve(undefined);
    },
  });
  const ending = expect(run).rejects.toThrow(ClientClosedError);
  await begun.promise;
  await azure.close();
  await ending;
  await using other = connect();
  expect(await other.batch.run(requests, { ...place, pollMs: 5 })).toMatchObject([{ ok: true }]);
  await mock.close();
});

test('a process whose client is closed ends by itself', async () => {
  const script = fileURLToPath(new URL('closing-process.ts', import.meta.url));
  const child = fork(script, [fixture.mock.endpoint, fixture.mock.apiKey], {
    execArgv: ['--conditions=@aoai/source'],
  });
  const messagesSent: unknown[] = [];
  child.on('message', (message) => messagesSent.push(message));
  const [code] = (await once(child, 'exit')) as [number];
  expect({ code, messagesSent }).toEqual({ code: 0, messagesSent: [[], 'CLIENT_CLOSED'] });
});
