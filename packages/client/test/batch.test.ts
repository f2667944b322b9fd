import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@aoai/config';
import { manualClock, respondWith, startMockAzure } from '@aoai/testing';
import type { Fault } from '@aoai/testing';
import { toFile } from 'openai';
import type { OpenAI } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatchOptions, BatchProgress } from '../src/batch/batch.ts';
import type { Client } from '../src/client/client.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import { createClient } from '../src/client/create-client.ts';
import type { Transport } from '../src/transport/transport.ts';
import { undiciTransport } from '../src/transport/undici-transport.ts';

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    bulk: { resource: 'sweden', deployment: 'bulk', model: 'gpt-4.1', sku: 'GlobalBatch' },
    embed: { resource: 'sweden', deployment: 'embed', model: 'text-embedding-3-small', sku: 'GlobalBatch' },
  },
  pools: { all: ['bulk'] },
});
type Name = (typeof config)['names'][number];

let mock: Awaited<ReturnType<typeof startMockAzure<Name>>>;
const clients: Client<Name>[] = [];

beforeEach(async () => {
  mock = await startMockAzure({ config, timeScale: 100 });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await mock.close();
});

function client(options: ClientOptions = {}): Client<Name> {
  const made = createClient(mock.config, { credential: mock.credential(), ...options });
  clients.push(made);
  return made;
}

const say = (text: string) => ({ messages: [{ role: 'user', content: `Say ${text}` }] });
const quick = { deployment: 'bulk', pollMs: 2 } satisfies BatchOptions<Name>;
const posts = (path: string) =>
  mock.requests().filter((request) => request.method === 'POST' && request.path.endsWith(path)).length;

interface Chat {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}
const said = (body: unknown) => (body as Chat).choices[0]?.message.content;

test('gives the results in the order of the requests, errors of single ones among them', async () => {
  const numbers = ['one', 'two', 'three', 'four', 'five'];
  const requests = [...numbers.map(say), { nothing: true }];
  const results = await client().batch.run(requests, quick);
  expect(results.slice(0, 5).map((result) => result.ok && said(result.body))).toEqual(numbers);
  expect(results[5]).toMatchObject({
    ok: false,
    status: 400,
    message: 'Unrecognized request argument supplied: nothing',
  });
});

test('runs embeddings', async () => {
  const options: BatchOptions<Name> = { deployment: 'embed', endpoint: '/embeddings', pollMs: 2 };
  const [result] = await client().batch.run([{ input: 'x' }], options);
  expect(result).toMatchObject({ ok: true, status: 200, body: { object: 'list' } });
});

test('splits at the limits and puts the results together again', async () => {
  const seen: BatchProgress[] = [];
  const requests = Array.from({ length: 7 }, (_, index) => say(`number ${index}`));
  const results = await client().batch.run(requests, {
    ...quick,
    limits: { requests: 3, bytes: 1_000_000 },
    onProgress: (progress) => seen.push(progress),
  });
  expect(posts('/batches')).toBe(3);
  expect(results.map((result) => result.ok && said(result.body))).toEqual(
    requests.map((_, index) => `number ${index}`),
  );
  expect(seen[0]).toMatchObject({ total: 7, completed: 0, failed: 0 });
  expect(seen.at(-1)).toMatchObject({ total: 7, completed: 7, failed: 0 });
  expect(seen.at(-1)?.batches.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
});

test('no requests, no batch', async () => {
  expect(await client().batch.run([], quick)).toEqual([]);
  expect(posts('/batches')).toBe(0);
});

test('an abort ends the waiting at once; the run goes on by its id, without being handed in again', async () => {
  const controller = new AbortController();
  const reason = new Error('later');
  const run = client().batch.run([say('one')], {
    ...quick,
    id: 'nightly',
    pollMs: 60_000,
    signal: controller.signal,
    onProgress: () => {
      controller.abort(reason);
    },
  });
  await expect(run).rejects.toBe(reason);
  const [result] = await client().batch.run([say('one')], { ...quick, id: 'nightly' });
  expect(result?.ok === true && said(result.body)).toBe('one');
  expect([posts('/files'), posts('/batches')]).toEqual([1, 1]);
});

test('a run whose process was killed goes on in another one', async () => {
  const script = fileURLToPath(new URL('batch-process.ts', import.meta.url));
  const first = fork(script, [mock.endpoint, mock.apiKey, 'killed', '20'], {
    execArgv: ['--conditions=@aoai/source'],
  });
  const [begun] = (await once(first, 'message')) as [string[]];
  first.kill('SIGKILL');
  await once(first, 'exit');
  const requests = Array.from({ length: 20 }, (_, index) => say(String(index)));
  const ids = new Set<string>();
  const results = await client().batch.run(requests, {
    ...quick,
    id: 'killed',
    onProgress: ({ batches }) => {
      for (const batch of batches) ids.add(batch.id);
    },
  });
  expect(results.every(({ ok }) => ok)).toBe(true);
  expect([...ids]).toEqual(begun);
  expect(posts('/batches')).toBe(1);
});

test('refuses to go on with other requests', async () => {
  const azure = client();
  await azure.batch.run([say('one')], { ...quick, id: 'mine' });
  await expect(azure.batch.run([say('two')], { ...quick, id: 'mine' })).rejects.toThrow(/another `id`/);
});

test.each(['all', 'nowhere'])('refuses %j, which is no deployment', async (name) => {
  await expect(client().batch.run([say('one')], { ...quick, deployment: name as Name })).rejects.toThrow(
    /`deployment` is ".*"\. Name a deployment of the config: "bulk", "embed"/,
  );
});

test('a batch that is refused as a whole says so for each request', async () => {
  const wrong = client({ transport: misdirected() });
  const results = await wrong.batch.run([say('one'), say('two')], quick);
  expect(results.map((result) => !result.ok && result.code)).toEqual(['url_mismatch', 'url_mismatch']);
});

test('cancel ends a run with what it has, and may come too late', async () => {
  const clock = manualClock();
  const slow = await startMockAzure({ config, clock });
  const azure = createClient(slow.config, { credential: slow.credential() });
  clients.push(azure);
  const requests = Array.from({ length: 1_000 }, () => say('one'));
  const running = azure.batch.run(requests, { ...quick, id: 'long' });
  const at = { deployment: 'bulk' } as const;
  const isAsked = (part: string) => slow.requests().some(({ path }) => path.includes(part));
  await expect.poll(() => isAsked('/files/')).toBe(true);
  expect(isAsked('/batches/')).toBe(false);
  await clock.advance(500);
  await expect.poll(() => isAsked('/batches/')).toBe(true);
  // A second of checking, and half of the work.
  await clock.advance(2_500);
  await azure.batch.cancel('long', at);
  await clock.advance(2_000);
  const results = await running;
  const missing = results.filter((result) => !result.ok);
  expect([results.length, missing.length]).toEqual([1_000, 500]);
  expect(missing[0]).toMatchObject({ code: 'batch_cancelled', status: undefined });
  await azure.batch.cancel('long', at);
  expect(slow.requests().filter(({ path }) => path.endsWith('/cancel'))).toHaveLength(1);
  await slow.close();
});

test('remove deletes the files of a run, and may be called again', async () => {
  const azure = client();
  await azure.batch.run([say('one')], { ...quick, id: 'gone' });
  const count = async () => (await azure.sdk.files.list()).data.length;
  expect(await count()).toBe(3);
  await azure.batch.remove('gone', { deployment: 'bulk' });
  expect(await count()).toBe(0);
  await azure.batch.remove('gone', { deployment: 'bulk' });
});

test.each([
  [404, undefined],
  [403, { status: 403 }],
])('remove takes a file that is gone for removed, and tells any other refusal: %i', async (status, error) => {
  await client().batch.run([say('one')], { ...quick, id: 'gone' });
  const inner = undiciTransport({ env: {} });
  const transport: Transport = async (request) => {
    if (request.method !== 'DELETE') return inner(request);
    const { headers, body } = Response.json({ error: { code: 'x', message: 'No.' } });
    return { status, headers, body: body ?? new Blob([]).stream(), destroy: () => undefined };
  };
  const removal = client({ transport, retry: false }).batch.remove('gone', { deployment: 'bulk' });
  if (error === undefined) await removal;
  else await expect(removal).rejects.toMatchObject(error);
});

test('a run touches no other run of its resource', async () => {
  const azure = client();
  const texts = async (id: string, text: string) =>
    (await azure.batch.run([say(text)], { ...quick, id })).map((result) => result.ok && said(result.body));
  await texts('mine', 'one');
  await texts('yours', 'two');
  expect([await texts('mine', 'one'), await texts('yours', 'two')]).toEqual([['one'], ['two']]);
  expect(posts('/batches')).toBe(2);
  await azure.batch.remove('mine', { deployment: 'bulk' });
  expect((await azure.sdk.files.list()).data).toHaveLength(3);
  expect(await texts('yours', 'two')).toEqual(['two']);
});

test('an outage while waiting does not end the run', async () => {
  let failures = 0;
  const inner = undiciTransport({ env: {} });
  const transport: Transport = async (request) => {
    if (String(request.url).includes('/batches/batch_') && failures < 3) {
      failures += 1;
      throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    }
    return inner(request);
  };
  const [result] = await client({ transport, retry: false }).batch.run([say('one')], quick);
  expect(result?.ok).toBe(true);
  expect(failures).toBe(3);
});

test('each part waits until its file is processed, and so does what is handed in again', async () => {
  const azure = client({ transport: scripted({ 'GET /batches/': [overfull()] }) });
  const requests = Array.from({ length: 5 }, (_, index) => say(String(index)));
  const results = await azure.batch.run(requests, { ...quick, limits: { requests: 3, bytes: 1_000_000 } });
  expect(results.map((result) => result.ok && said(result.body))).toEqual(['0', '1', '2', '3', '4']);
  // Two parts, and one of them once more. The mock refuses a batch of a file that is pending.
  expect([posts('/files'), posts('/batches')]).toEqual([3, 3]);
});

/** The first batch as it is when the resource has too many tokens in line. */
function overfull(): (path: string) => Fault {
  return (path) => {
    const id = path.split('/').at(-1);
    const errors = { object: 'list', data: [{ code: 'token_limit_exceeded', message: 'Too many tokens.' }] };
    return json(200, { id, object: 'batch', status: 'failed', created_at: 1, errors });
  };
}

test.each(['pending', 'uploaded', 'running', 'notRun'])(
  'a file that is %s is looked at again',
  async (status) => {
    const file = (path: string) => json(200, { id: path.split('/').at(-1), object: 'file', status });
    const transport = scripted({ 'GET /files/file-': [file, file, file] });
    const [result] = await client({ transport }).batch.run([say('one')], quick);
    expect(result?.ok).toBe(true);
    expect(gets('/files/file-')).toBeGreaterThan(3);
    expect([posts('/files'), posts('/batches')]).toEqual([1, 1]);
  },
);

const pending = json(400, {
  error: {
    code: 'unexpectedEntityState',
    message: "The file file-1 is in 'pending' state. Only files with status 'Processed' are accepted.",
  },
});

test('a batch that is refused because its file is pending is made a little later', async () => {
  const transport = scripted({ 'POST /batches': [pending, pending] });
  const [result] = await client({ transport }).batch.run([say('one')], quick);
  expect(result?.ok).toBe(true);
  expect([posts('/files'), posts('/batches')]).toEqual([1, 3]);
});

test('a file that stays pending for batches alone is given up after 20 more attempts', async () => {
  const transport = scripted({ 'POST /batches': Array.from({ length: 30 }, () => pending) });
  const run = client({ transport }).batch.run([say('one')], { ...quick, pollMs: 0.001 });
  await expect(run).rejects.toMatchObject({ status: 400, code: 'unexpectedEntityState' });
  expect([posts('/files'), posts('/batches')]).toEqual([1, 21]);
});

test('a file that cannot be processed ends the run with the words of the service', async () => {
  const file = (path: string) => json(200, { id: path.split('/').at(-1), object: 'file', status: 'error' });
  const message = "The file file-1 is in 'error' state. Only files with status 'Processed' are accepted.";
  const refusal = json(400, { error: { code: 'unexpectedEntityState', message } });
  const transport = scripted({ 'GET /files/file-': [file], 'POST /batches': [refusal] });
  const run = client({ transport }).batch.run([say('one')], quick);
  await expect(run).rejects.toThrow(message);
  expect(posts('/batches')).toBe(1);
});

test('an outage while a file is processed does not end the run', async () => {
  const out = json(503, { error: { code: 'ServiceUnavailable', message: 'Later.' } });
  const transport = scripted({ 'GET /files/file-': [out, out] });
  const [result] = await client({ transport, retry: false }).batch.run([say('one')], quick);
  expect(result?.ok).toBe(true);
});

test('an abort ends the waiting for a file at once', async () => {
  const controller = new AbortController();
  const reason = new Error('later');
  const file = (path: string) => {
    setImmediate(() => {
      controller.abort(reason);
    });
    return json(200, { id: path.split('/').at(-1), object: 'file', status: 'pending' });
  };
  const transport = scripted({ 'GET /files/file-': Array.from({ length: 9 }, () => file) });
  const run = client({ transport }).batch.run([say('one')], { ...quick, signal: controller.signal });
  await expect(run).rejects.toBe(reason);
  expect(posts('/batches')).toBe(0);
});

test.each([0, 60_000])('of several batches of one part, %i ms apart, the newest counts', async (apartMs) => {
  const clock = manualClock();
  const still = await startMockAzure({ config, clock });
  const azure = createClient(still.config, { credential: still.credential() });
  clients.push(azure);
  const run = azure.batch.run([say('old')], { ...quick, id: 'again' });
  const step = setInterval(() => void clock.advance(1_000), 1);
  expect((await run).map((result) => result.ok && said(result.body))).toEqual(['old']);
  clearInterval(step);
  const { sdk } = azure;
  const [{ metadata = null } = raise()] = (await sdk.batches.list()).data;
  const files = await Promise.all(['first', 'second'].map(async (text) => lineOf(sdk, text)));
  await clock.advance(1_000);
  for (const file of files) {
    await clock.advance(apartMs);
    await sdk.batches.create({
      input_file_id: file,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata,
    });
  }
  await clock.advance(100_000);
  const [result] = await azure.batch.run([say('old')], { ...quick, id: 'again' });
  expect(result?.ok === true && said(result.body)).toBe('second');
  // Nothing of the run stays: its three files of requests and their results.
  await azure.batch.remove('again', { deployment: 'bulk' });
  expect((await sdk.files.list()).data).toEqual([]);
  await still.close();
});

async function lineOf(sdk: OpenAI, text: string): Promise<string> {
  const line = {
    custom_id: '0',
    method: 'POST',
    url: '/chat/completions',
    body: { ...say(text), model: 'bulk' },
  };
  const file = await toFile(Buffer.from(JSON.stringify(line)), 'a.jsonl');
  return (await sdk.files.create({ file, purpose: 'batch' })).id;
}

function raise(): never {
  throw new RangeError('There is a batch.');
}

function json(status: number, body: object): Fault {
  return respondWith({ status, body: JSON.stringify(body) });
}

function gets(part: string): number {
  return mock.requests().filter(({ method, path }) => method === 'GET' && path.includes(part)).length;
}

/** A transport that tells the mock what to answer, in turn, just before it sends a request of such a method and path. */
function scripted(
  scripts: Readonly<Record<string, readonly (Fault | ((path: string) => Fault))[]>>,
): Transport {
  const inner = undiciTransport({ env: {} });
  const left = new Map(Object.entries(scripts).map(([what, faults]) => [what, [...faults]]));
  return async (request) => {
    const path = new URL(request.url).pathname;
    for (const [what, faults] of left) {
      const [method, part = ''] = what.split(' ');
      const isMeant = request.method === method && path.includes(part);
      const next = isMeant ? faults.shift() : undefined;
      if (next !== undefined) mock.fail('*', typeof next === 'function' ? next(path) : next);
    }
    return inner(request);
  };
}

/** A transport that hands batches in for another endpoint than their lines have. */
function misdirected(): Transport {
  const inner = undiciTransport({ env: {} });
  return async (request) => {
    const { url, body } = request;
    if (!String(url).endsWith('/batches') || typeof body !== 'string') return inner(request);
    const sent = JSON.parse(body) as object;
    return inner({ ...request, body: JSON.stringify({ ...sent, endpoint: '/responses' }) });
  };
}
