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

/** What a wait was rejected with: `rejects.toThrow` would be content with a rejection without an error. */
async function failureOf(waiting: unknown): Promise<unknown> {
  const nothing = Symbol('no failure');
  const outcome = await Promise.resolve(waiting).then(
    () => nothing,
    (error: unknown) => error,
  );
  expect(outcome).not.toBe(nothing);
  return outcome;
}

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
  ['my bearer token', 'characters that a header cannot carry'],
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
  'key-eyJhbGciOiJS.eyJhdWQiOiJ4.c2ln',
])('takes %j for a key', (key) => {
  expect(apiKey(key).headers({ scope })).toEqual({ 'api-key': key });
});

test.each([
  [undefined, '`source`', 'undefined'],
  [null, '`source`', 'null'],
  [42, '`source`', 'number'],
  [{}, '`source`', 'object'],
  [{ file: 3 }, '`source`', 'object'],
  [{ primary: first }, '`source`', 'object'],
  [{ primary: null, secondary: second }, '`primary`', 'null'],
  [{ primary: first, secondary: 42 }, '`secondary`', 'number'],
])('refuses %j, which no key can come from', (source, name, kind) => {
  expect(() => apiKey(source as never)).toThrow(
    new TypeError(
      `Cannot use ${name} as an API key: it is ${kind}. Give a string, a function, \`{ file }\` or \`{ primary, secondary }\`.`,
    ),
  );
});

test.each([
  [{ maxAgeMs: 120_000 }, 120_000],
  [{}, 600_000],
])('with %j a fetched key is fetched again after %i ms, and not before', async (options, ageMs) => {
  const fetchKey = vi.fn(() => first);
  const credential = apiKey(fetchKey, { ...options, random: () => 0 });
  await credential.headers({ scope });
  await vi.advanceTimersByTimeAsync(ageMs - 1);
  await credential.headers({ scope });
  expect(fetchKey).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  await credential.headers({ scope });
  expect(fetchKey).toHaveBeenCalledTimes(2);
});

test('a key that cannot be fetched again is used for another day, and not longer', async () => {
  const fetchKey = vi.fn(() => Promise.resolve(first));
  const credential = apiKey(fetchKey, { maxAgeMs: 120_000 });
  await credential.headers({ scope });
  fetchKey.mockRejectedValue(new Error('vault is sealed'));
  await vi.advanceTimersByTimeAsync(120_000 + 86_400_000 - 1);
  expect(await credential.headers({ scope })).toEqual({ 'api-key': first });
  await vi.advanceTimersByTimeAsync(1);
  expect(await failureOf(credential.headers({ scope }))).toMatchObject({
    message: 'Cannot get the API key from the function in `source`: vault is sealed.',
  });
});

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
  const sealed = new Error('vault is sealed, api-key=abcdef');
  const error = await failureOf(apiKey(() => Promise.reject(sealed)).headers({ scope }));
  expect(error).toBeInstanceOf(CredentialError);
  expect(error).toMatchObject({
    message: 'Cannot get the API key from the function in `source`: vault is sealed, api-key=[redacted].',
    cause: { message: 'vault is sealed, api-key=[redacted]' },
  });
  for (const [answer, problem] of [
    [` ${first}`, 'it has white space around it'],
    [undefined, 'it is undefined, not a string'],
    [null, 'it is null, not a string'],
    [42, 'it is number, not a string'],
  ] as const)
    expect(await failureOf(apiKey(() => answer as never).headers({ scope }))).toMatchObject({
      name: 'CredentialError',
      message: expect.stringMatching(
        new RegExp(`^Cannot use the API key from the function in \`source\`: ${problem}\\. Copy one`),
      ) as unknown,
    });
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
    const gone = join(folder, 'gone');
    for (const missing of [gone, pathToFileURL(gone)])
      expect(await failureOf(apiKey({ file: missing }).headers({ scope }))).toMatchObject({
        message: expect.stringMatching(
          `^Cannot get the API key from the file "${gone}" in \`source\`: ENOENT`,
        ) as unknown,
      });
    await writeFile(file, `${first}\n${second}\n`);
    expect(await failureOf(apiKey({ file }).headers({ scope }))).toMatchObject({
      message: expect.stringContaining('contains characters that a header cannot carry') as unknown,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
