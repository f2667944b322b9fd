import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiKey } from './api-key.ts';
import { CredentialError } from '../errors.ts';

const scope = 'unused';
const first = '0123456789abcdef0123456789abcdef';
const second = 'fedcba9876543210fedcba9876543210';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('a string is signed with at once', () => {
  const credential = apiKey(first);
  expect(credential.kind).toBe('api-key');
  expect(credential.headers({ scope })).toEqual({ 'api-key': first });
  expect(credential.headers({ scope })).toBe(credential.headers({ scope }));
});

test('a refused string has nothing to offer', async () => {
  expect(await apiKey(first).refresh({ scope })).toBe(false);
});

test.each([
  ['', 'it is empty'],
  ['   ', 'it is empty'],
  [` ${first}`, 'white space around it'],
  [`${first}\n`, 'white space around it'],
  ['<your-api-key>', 'a placeholder'],
  ['your-api-key', 'a placeholder'],
  ['YOUR_AZURE_OPENAI_API_KEY', 'a placeholder'],
  ['your key here', 'a placeholder'],
  ['my-key', 'a placeholder'],
  ['api-key', 'a placeholder'],
  ['AZURE_OPENAI_API_KEY', 'a placeholder'],
  ['$AZURE_OPENAI_API_KEY', 'a placeholder'],
  ['${AZURE_OPENAI_API_KEY}', 'a placeholder'],
  ['%AZURE_OPENAI_API_KEY%', 'a placeholder'],
  ['{{ key }}', 'a placeholder'],
  [`"${first}"`, 'a placeholder'],
  ['xxxxxxxx', 'a placeholder'],
  ['...', 'a placeholder'],
  ['undefined', 'a placeholder'],
  ['changeme', 'a placeholder'],
  ['TODO', 'a placeholder'],
  [`Bearer ${first}`, 'starts with "Bearer"'],
  ['eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln', 'an Entra ID token'],
  ['key\u00a0with', 'characters that a header cannot carry'],
  ['kéy0123456789', 'characters that a header cannot carry'],
])('refuses the key %j', (key, problem) => {
  let thrown: unknown;
  try {
    apiKey(key);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(CredentialError);
  expect((thrown as CredentialError).message).toContain(problem);
  expect((thrown as CredentialError).message).toContain('az cognitiveservices account keys list');
  if (key.trim().length > 8) expect((thrown as CredentialError).message).not.toContain(key.trim());
});

test.each([
  'mock-api-key',
  'mock-key-1',
  'my-team-gateway-4f9a',
  'sk-litellm-1234',
  first,
  'secretive-otter',
])('takes %j for a key', (key) => {
  expect(apiKey(key).headers({ scope })).toEqual({ 'api-key': key });
});

test.each([undefined, null, 42, {}, { file: 3 }, { primary: first }])(
  'refuses %j, which no key can come from',
  (source) => {
    expect(() => apiKey(source as never)).toThrow(TypeError);
  },
);

test('a function is asked once for all callers, and again in the background when the key is old', async () => {
  const fetchKey = vi.fn(() => Promise.resolve(first));
  const credential = apiKey(fetchKey);
  await Promise.all(Array.from({ length: 20 }, async () => credential.headers({ scope })));
  expect(fetchKey).toHaveBeenCalledTimes(1);
  fetchKey.mockResolvedValue(second);
  await vi.advanceTimersByTimeAsync(600_000 + 300_000);
  expect(credential.headers({ scope })).toEqual({ 'api-key': first });
  await vi.advanceTimersByTimeAsync(1);
  expect(credential.headers({ scope })).toEqual({ 'api-key': second });
});

test('a function is asked again after a 401, and the key kept when that fails', async () => {
  const fetchKey = vi.fn(() => Promise.resolve(first));
  const credential = apiKey(fetchKey);
  const rejected = await credential.headers({ scope });
  fetchKey.mockRejectedValueOnce(new Error('vault is sealed'));
  expect(await credential.refresh({ scope, rejected })).toBe(false);
  expect(await credential.headers({ scope })).toEqual(rejected);
  await vi.advanceTimersByTimeAsync(1000);
  fetchKey.mockResolvedValue(second);
  expect(await credential.refresh({ scope, rejected })).toBe(true);
  expect(credential.headers({ scope })).toEqual({ 'api-key': second });
});

test('a function that gives rubbish, nothing or an error fails with the reason and without the key', async () => {
  const failing = apiKey(() => Promise.reject(new Error('vault is sealed, api-key=abcdef')));
  await expect(failing.headers({ scope })).rejects.toThrow(
    'Cannot get the API key from the function in `source`: vault is sealed, api-key=[redacted].',
  );
  await expect(apiKey(() => ` ${first}`).headers({ scope })).rejects.toThrow(/white space/);
  await expect(apiKey(() => undefined as never).headers({ scope })).rejects.toThrow(/it is undefined/);
});

test('a function that never answers is given up, and its signal is aborted', async () => {
  let signal: AbortSignal | undefined;
  const credential = apiKey((request) => {
    ({ signal } = request);
    return new Promise<never>(() => undefined);
  });
  const waiting = expect(credential.headers({ scope })).rejects.toThrow('no answer within 15000 ms');
  await vi.advanceTimersByTimeAsync(15_000);
  await waiting;
  expect(signal?.aborted).toBe(true);
});

test('a file is read without its last line break, and again after a 401', async () => {
  vi.useRealTimers();
  const folder = await mkdtemp(join(tmpdir(), 'aoai-auth-'));
  const file = join(folder, 'key');
  try {
    await writeFile(file, `${first}\n`);
    const credential = apiKey({ file });
    expect(await credential.headers({ scope })).toEqual({ 'api-key': first });
    await writeFile(file, `${second}\r\n`);
    expect(await credential.refresh({ scope })).toBe(true);
    expect(await apiKey({ file: pathToFileURL(file) }).headers({ scope })).toEqual({ 'api-key': second });
    await expect(apiKey({ file: join(folder, 'gone') }).headers({ scope })).rejects.toThrow(/ENOENT/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the other key takes over after a 401, once for all who were refused', async () => {
  const credential = apiKey({ primary: first, secondary: second });
  const rejected = credential.headers({ scope });
  expect(rejected).toEqual({ 'api-key': first });
  const all = await Promise.all(
    Array.from({ length: 10 }, () => credential.refresh({ scope, rejected: { 'api-key': first } })),
  );
  expect(new Set(all)).toEqual(new Set([true]));
  expect(credential.headers({ scope })).toEqual({ 'api-key': second });
});

test('late refusals of the old key do not change back', async () => {
  const credential = apiKey({ primary: first, secondary: second });
  expect(await credential.refresh({ scope })).toBe(true);
  expect(await credential.refresh({ scope })).toBe(true);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(await credential.refresh({ scope, rejected: { 'api-key': first } })).toBe(true);
  expect(credential.headers({ scope })).toEqual({ 'api-key': second });
});

test('two keys that are both refused do not play ping-pong', async () => {
  const credential = apiKey({ primary: first, secondary: second });
  expect(await credential.refresh({ scope, rejected: { 'api-key': first } })).toBe(true);
  expect(await credential.refresh({ scope, rejected: { 'api-key': second } })).toBe(false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await credential.refresh({ scope, rejected: { 'api-key': second } })).toBe(true);
  expect(credential.headers({ scope })).toEqual({ 'api-key': first });
});

test('a fetched pair reads the refused key again before it changes over', async () => {
  let primary = first;
  const credential = apiKey({ primary: () => primary, secondary: () => Promise.resolve(second) });
  const rejected = await credential.headers({ scope });
  primary = 'a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0';
  expect(await credential.refresh({ scope, rejected })).toBe(true);
  expect(await credential.headers({ scope })).toEqual({ 'api-key': primary });
});

test('a pair signs with the other key while one cannot be fetched', async () => {
  const credential = apiKey({ primary: () => Promise.reject(new Error('sealed')), secondary: second });
  expect(await credential.headers({ scope })).toEqual({ 'api-key': second });
});

test('a pair that cannot be fetched at all says why the first could not', async () => {
  const credential = apiKey({
    primary: () => Promise.reject(new Error('sealed')),
    secondary: () => Promise.reject(new Error('gone')),
  });
  await expect(credential.headers({ scope })).rejects.toThrow(/`primary`: sealed/);
});

test('a wait for a key can be aborted', async () => {
  const credential = apiKey({ primary: () => new Promise<never>(() => undefined), secondary: second });
  const controller = new AbortController();
  const reason = new Error('left');
  const waiting = credential.headers({ scope, signal: controller.signal });
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(credential.refresh({ scope, signal: controller.signal })).rejects.toBe(reason);
});
