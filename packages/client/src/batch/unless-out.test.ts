import { APIConnectionError, APIError, OpenAIError } from 'openai';
import { expect, test } from 'vitest';
import { unlessOut } from './unless-out.ts';

const refused = (status: number): Error => APIError.generate(status, {}, undefined, new Headers());

test('an answer is passed on', async () => {
  expect(await unlessOut(() => Promise.resolve('here'), undefined)).toBe('here');
});

test.each<{ what: string; error: Error }>([
  { what: 'a failed connection', error: new APIConnectionError({ message: 'reset' }) },
  { what: 'an error of the client', error: new OpenAIError('No target.') },
  // 399: a proxy that has no word for it.
  ...[399, 408, 429, 500, 503].map((status) => ({ what: `status ${status}`, error: refused(status) })),
])('an outage is no answer yet: $what', async ({ error }) => {
  expect(await unlessOut<unknown>(() => Promise.reject(error), undefined)).toBeUndefined();
});

test.each([400, 401, 404, 407, 409, 428, 430, 499])('a refusal is final: status %i', async (status) => {
  const error = refused(status);
  await expect(unlessOut<unknown>(() => Promise.reject(error), undefined)).rejects.toBe(error);
});

test('the end of a run by its signal is no outage, and its reason is told', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const asked = unlessOut(() => {
    stop.abort(reason);
    return Promise.reject(new APIConnectionError({ message: 'reset' }));
  }, stop.signal);
  await expect(asked).rejects.toBe(reason);
  await expect(unlessOut(() => Promise.reject(refused(503)), AbortSignal.abort(reason))).rejects.toBe(reason);
});
