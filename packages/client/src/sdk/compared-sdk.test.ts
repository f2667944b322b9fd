import { APIPromise, OpenAI } from 'openai';
import { Stream } from 'openai/streaming';
import { VERSION } from 'openai/version';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isCompared, isComparedStill, seamsOf } from './compared-sdk.ts';

// The version of the catalog, and those that `vitest.openai-*.config.ts` put in its place.
const expected = VERSION.startsWith('7.') && Number(VERSION.split('.')[1]) >= 57;

test('the code of the catalog’s SDK is the code that was compared, and no older one is taken for it', () => {
  // Fails with a new SDK whose code has changed: compare the fast path with it, then add its hash to `comparedSeams`.
  expect({ version: VERSION, isCompared }).toEqual({ version: VERSION, isCompared: expected });
  if (expected) expect(seamsOf()).toBe('cb3828c4d7c38c97');
  else expect(seamsOf()).not.toBe('cb3828c4d7c38c97');
});

describe('a prototype that somebody changes', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    ['OpenAI.prototype', OpenAI.prototype, 'fetchWithTimeout'],
    ['OpenAI.prototype', OpenAI.prototype, 'fetchWithAuth'],
    ['OpenAI.prototype', OpenAI.prototype, 'makeRequest'],
    ['APIPromise.prototype', APIPromise.prototype, 'parse'],
    ['APIPromise.prototype', APIPromise.prototype, 'asResponse'],
    ['Stream', Stream, 'fromSSEResponse'],
    ['Stream.prototype', Stream.prototype, Symbol.asyncIterator],
    ['Chat.Completions.prototype', OpenAI.Chat.Completions.prototype, 'create'],
    ['Responses.prototype', OpenAI.Responses.prototype, 'create'],
  ])('is no compared SDK any more: %s, %s', (_, owner, name) => {
    const seams = seamsOf();
    expect(isComparedStill()).toBe(expected);
    vi.spyOn(owner as unknown as Record<typeof name, () => void>, name);
    expect(isComparedStill()).toBe(false);
    expect(seamsOf()).not.toBe(seams);
    vi.restoreAllMocks();
    expect(isComparedStill()).toBe(expected);
    expect(seamsOf()).toBe(seams);
  });
});
