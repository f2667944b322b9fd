import { CredentialError } from '@aoai/auth';
import { rateLimited, truncated } from '@aoai/testing';
import { APIUserAbortError, BadRequestError, RateLimitError, toFile } from 'openai';
import type OpenAI from 'openai';
import type { OpenAIError } from 'openai';
import { describe, expect, test } from 'vitest';
import type { ClientOptions } from '../src/client/client-options.ts';
import {
  DeadlineExceededError,
  PoolExhaustedError,
  QuotaStoreError,
  ResidencyError,
  StreamTruncatedError,
} from '../src/errors.ts';
import { createClient } from '../src/client/create-client.ts';
import { memoryQuota } from '../src/quota/memory-quota.ts';
import type { Transport } from '../src/transport/transport.ts';
import { longText, messages, useEstate } from './estate.ts';

// Our own errors reach the caller unchanged, on every way through the SDK (docs/decisions/0017-an-errors-way-through-the-sdk.md).
const fixture = useEstate();

type Azure = ReturnType<typeof fixture.connect>;

interface Call {
  readonly model?: string;
  readonly signal?: AbortSignal;
}

/** Reads to the end. */
async function read(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) expect(item).toBeDefined();
}

/** What the `error` event of a helper brings. */
async function told(helper: {
  on(event: 'error', listener: (error: OpenAIError) => void): unknown;
}): Promise<never> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  helper.on('error', resolve);
  throw await promise;
}

const tools = [
  {
    type: 'function' as const,
    function: {
      name: 'weather',
      description: 'The weather',
      parameters: { type: 'object', properties: {} },
      function: () => 'Rain',
    },
  },
];
const chat = (model = 'chat') => ({ model, messages });
const question = (model = 'chat') => ({ model, input: 'Hello' });
const sound = () => toFile(Buffer.from('x'), 'a.wav');

/** Ways that stream. */
const streaming: Readonly<Record<string, (sdk: OpenAI, call: Call) => Promise<unknown>>> = {
  'create, streaming': async (sdk, { model, signal }) =>
    read(await sdk.chat.completions.create({ ...chat(model), stream: true }, { signal })),
  'stream().finalMessage()': (sdk, { model, signal }) =>
    sdk.chat.completions.stream(chat(model), { signal }).finalMessage(),
  'stream().done()': (sdk, { model, signal }) => sdk.chat.completions.stream(chat(model), { signal }).done(),
  'stream(), iterated': (sdk, { model, signal }) =>
    read(sdk.chat.completions.stream(chat(model), { signal })),
  'stream(), its error event': (sdk, { model, signal }) =>
    told(sdk.chat.completions.stream(chat(model), { signal })),
  'runTools(), streaming': (sdk, { model, signal }) =>
    sdk.chat.completions.runTools({ ...chat(model), tools, stream: true }, { signal }).finalContent(),
  'responses.create, streaming': async (sdk, { model, signal }) =>
    read(await sdk.responses.create({ ...question(model), stream: true }, { signal })),
  'responses.stream().finalResponse()': (sdk, { model, signal }) =>
    sdk.responses.stream(question(model), { signal }).finalResponse(),
  'responses.stream(), iterated': (sdk, { model, signal }) =>
    read(sdk.responses.stream(question(model), { signal })),
  'responses.stream(), its error event': (sdk, { model, signal }) =>
    told(sdk.responses.stream(question(model), { signal })),
};

/** All ways that take a model. */
const ways: typeof streaming = {
  ...streaming,
  create: (sdk, { model, signal }) => sdk.chat.completions.create(chat(model), { signal }),
  'create().withResponse()': (sdk, { model, signal }) =>
    sdk.chat.completions.create(chat(model), { signal }).withResponse(),
  'create().asResponse()': (sdk, { model, signal }) =>
    sdk.chat.completions.create(chat(model), { signal }).asResponse(),
  parse: (sdk, { model, signal }) => sdk.chat.completions.parse(chat(model), { signal }),
  'runTools().done()': (sdk, { model, signal }) =>
    sdk.chat.completions.runTools({ ...chat(model), tools }, { signal }).done(),
  'runTools(), its error event': (sdk, { model, signal }) =>
    told(sdk.chat.completions.runTools({ ...chat(model), tools }, { signal })),
  'responses.create': (sdk, { model, signal }) => sdk.responses.create(question(model), { signal }),
  'responses.parse': (sdk, { model, signal }) => sdk.responses.parse(question(model), { signal }),
  embeddings: (sdk, { model = 'chat', signal }) => sdk.embeddings.create({ model, input: 'x' }, { signal }),
  'images.generate': (sdk, { model = 'chat', signal }) =>
    sdk.images.generate({ model, prompt: 'x' }, { signal }),
  'audio.speech': (sdk, { model = 'chat', signal }) =>
    sdk.audio.speech.create({ model, input: 'x', voice: 'alloy' }, { signal }),
  'audio.transcriptions': async (sdk, { model = 'chat', signal }) =>
    sdk.audio.transcriptions.create({ model, file: await sound() }, { signal }),
  'post()': (sdk, { model, signal }) => sdk.post('/chat/completions', { body: chat(model), signal }),
  'azure.fetch': (sdk, { model, signal }) =>
    (sdk as unknown as Azure).fetch(`${sdk.baseURL}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(chat(model)),
      ...(signal === undefined ? undefined : { signal }),
    }),
};

/** Ways that take no model. */
const others: typeof streaming = {
  'files.list': (sdk) => sdk.files.list(),
  'files.create': async (sdk) => sdk.files.create({ file: await sound(), purpose: 'assistants' }),
  'responses.retrieve': (sdk) => sdk.responses.retrieve('resp_0123456789'),
  'batches.list, iterated': (sdk) => read(sdk.batches.list()),
  'batch.run': (sdk) =>
    (sdk as unknown as Azure).batch.run([{ messages }], { deployment: 'chat-sweden', pollMs: 5 }),
};

/** A service that says nothing. */
const silent: Transport = ({ signal }) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });

interface Row {
  readonly error: abstract new (...args: never) => Error;
  readonly message: RegExp;
  readonly call?: Call;
  readonly by?: typeof streaming;
  prepare(): Azure;
}

const down: ClientOptions['quota'] = {
  ...memoryQuota(),
  reserve: () => Promise.reject(new QuotaStoreError({ store: 'aoai' })),
};

const rows: Readonly<Record<string, Row>> = {
  'CredentialError: no token': {
    error: CredentialError,
    message: /./,
    by: { ...ways, ...others },
    prepare: () => fixture.connect({ credential: { getToken: () => Promise.reject(new Error('no')) } }),
  },
  'whatever a credential of the caller throws': {
    error: EvalError,
    message: /^mine$/,
    by: { ...ways, ...others },
    prepare: () =>
      fixture.connect({
        credential: {
          kind: 'api-key',
          headers: () => {
            throw new EvalError('mine');
          },
          refresh: async () => false,
        },
      }),
  },
  'RangeError: no such name': {
    error: RangeError,
    message: /^Cannot resolve deployment "chatt": not in this config\./,
    call: { model: 'chatt' },
    prepare: () => fixture.connect(),
  },
  ResidencyError: {
    error: ResidencyError,
    message: /and nothing was sent/,
    by: { ...ways, ...others },
    prepare: () => {
      const { mock } = fixture;
      const config = { ...mock.config, policy: { processing: ['norwayeast'] } };
      return createClient(config, { credential: mock.credential() });
    },
  },
  PoolExhaustedError: {
    error: PoolExhaustedError,
    message: /can be called before the deadline/,
    prepare: () => {
      const quota = memoryQuota();
      return fixture.connect({
        quota: {
          ...quota,
          reserve: () => ({ ok: false, reason: 'parked', retryAtMs: Date.now() + 60_000 }),
        },
        deadlineMs: 1_000,
      });
    },
  },
  QuotaStoreError: {
    error: QuotaStoreError,
    message: /`degrade` is "closed"/,
    by: { ...ways, ...others },
    prepare: () => fixture.connect({ quota: down }),
  },
  DeadlineExceededError: {
    error: DeadlineExceededError,
    message: /ms have passed/,
    by: { ...ways, ...others },
    prepare: () => {
      return fixture.connect({ deadlineMs: 40, transport: silent });
    },
  },
  StreamTruncatedError: {
    error: StreamTruncatedError,
    message: /was cut: it stopped after/,
    by: streaming,
    prepare: () => {
      fixture.mock.reply('chat', longText);
      fixture.mock.fail('chat-sweden', truncated({ afterChunks: 8 }), { times: Infinity });
      return fixture.connect();
    },
  },
};

describe.each(Object.entries(rows))('%s', (_title, row) => {
  const { error: type, message, call = {}, by = ways } = row;
  test.each(Object.entries(by))('comes as it is out of %s', async (_way, run) => {
    const azure = row.prepare();
    const error: unknown = await run(azure.sdk, call).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(type);
    expect((error as Error).constructor).toBe(type);
    expect((error as Error).message).toMatch(message);
    await azure.close({ graceMs: 0 });
  });
});

test('TypeError: a call without a model comes as it is out of helpers too', async () => {
  const { chat: resource } = fixture.connect().sdk;
  const body = { messages } as never;
  await expect(resource.completions.create(body)).rejects.toThrow(TypeError);
  await expect(resource.completions.stream(body).done()).rejects.toThrow(TypeError);
  await expect(resource.completions.runTools({ messages, tools } as never).done()).rejects.toThrow(TypeError);
});

test.each(Object.entries(ways))(
  'an abort is the SDK’s own error out of %s, with the reason',
  async (way, run) => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const azure = fixture.connect({ transport: silent });
    const call = way.endsWith('event')
      ? aborted(azure.sdk, stop.signal)
      : run(azure.sdk, { signal: stop.signal });
    const ending = call.catch((thrown: unknown) => thrown);
    await expect.poll(() => fixture.attempts().length).toBe(1);
    stop.abort(reason);
    const error = await ending;
    // A standard `fetch` rejects with the reason itself.
    if (way === 'azure.fetch') expect(error).toBe(reason);
    else expect(error).toBeInstanceOf(APIUserAbortError);
  },
);

/** Helpers tell an abort by an event of its own. */
function aborted(sdk: OpenAI, signal: AbortSignal): Promise<never> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  sdk.chat.completions.stream(chat(), { signal }).on('abort', resolve);
  return promise.then((error) => {
    throw error;
  });
}

test('errors of the service come as the SDK’s classes out of helpers', async () => {
  const bad = fixture.connect().sdk.chat.completions.stream({ ...chat(), temperature: 9 });
  await expect(bad.done()).rejects.toMatchObject({ status: 400, constructor: BadRequestError });
  fixture.mock.fail('*', rateLimited({ retryAfter: 86_400 }), { times: Infinity });
  const call = fixture.connect().sdk.chat.completions.stream(chat()).done();
  await expect(call).rejects.toMatchObject({ status: 429, constructor: RateLimitError });
});
