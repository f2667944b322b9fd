import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiKey } from './api-key.ts';

const scope = 'unused';
const first = '0123456789abcdef0123456789abcdef';
const second = 'fedcba9876543210fedcba9876543210';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 22), toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
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
  await vi.advanceTimersByTimeAsync(9_999);
  expect(await credential.refresh({ scope }), 'who does not say what was refused is late').toBe(true);
  await vi.advanceTimersByTimeAsync(1);
  expect(await credential.refresh({ scope }), 'now the second one is refused').toBe(false);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(await credential.refresh({ scope, rejected: { 'api-key': first } })).toBe(true);
  expect(credential.headers({ scope })).toEqual({ 'api-key': second });
});

test('two keys that are both refused do not play ping-pong', async () => {
  const credential = apiKey({ primary: first, secondary: second });
  expect(await credential.refresh({ scope, rejected: { 'api-key': first } })).toBe(true);
  expect(await credential.refresh({ scope, rejected: { 'api-key': second } })).toBe(false);
  await vi.advanceTimersByTimeAsync(59_999);
  expect(await credential.refresh({ scope, rejected: { 'api-key': second } })).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
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
  const [outcome] = await Promise.allSettled([credential.headers({ scope })]);
  expect(outcome).toMatchObject({
    status: 'rejected',
    reason: { message: 'Cannot get the API key from the function in `primary`: sealed.' },
  });
});

test('a 401 for the key that stood in while the first cannot be fetched changes over to it', async () => {
  const credential = apiKey({ primary: () => Promise.reject(new Error('sealed')), secondary: second });
  const rejected = await credential.headers({ scope });
  expect(rejected).toEqual({ 'api-key': second });
  expect(await credential.refresh({ scope, rejected })).toBe(true);
  // The other key is now the current one, which needs no wait.
  expect(credential.headers({ scope })).toEqual({ 'api-key': second });
});

test('a refresh of a key that is being fetched can be aborted', async () => {
  const credential = apiKey({ primary: () => new Promise<never>(() => undefined), secondary: second });
  const controller = new AbortController();
  const reason = new Error('left');
  const waiting = credential.refresh({
    scope,
    rejected: { 'api-key': first },
    signal: controller.signal,
  });
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('a clock that is set back does not make an old change of keys look like a new one', async () => {
  let nowMs = 3_600_000;
  const credential = apiKey({ primary: first, secondary: second }, { now: () => nowMs });
  expect(await credential.refresh({ scope })).toBe(true);
  expect(credential.headers({ scope })).toEqual({ 'api-key': second });
  nowMs = 0;
  expect(await credential.refresh({ scope })).toBe(true);
  expect(credential.headers({ scope })).toEqual({ 'api-key': first });
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
