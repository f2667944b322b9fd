import { APIPromise, OpenAI } from 'openai';
import { Stream } from 'openai/streaming';
import { VERSION } from 'openai/version';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isCompared, isComparedStill, isFastPathOpen, seamsOf } from './compared-sdk.ts';

// The version of the catalog, and those that `vitest.openai-*.config.ts` put in its place.
const expected = VERSION.startsWith('7.') && Number(VERSION.split('.')[1]) >= 57;

test('the code of the catalog’s SDK is the code that was compared, and no older one is taken for it', () => {
  // Fails with a new SDK whose code has changed: compare the fast path with it, then add its hash to `comparedSeams`.
  expect({ version: VERSION, isCompared }).toEqual({ version: VERSION, isCompared: expected });
  if (expected) expect(seamsOf()).toBe('504d39414f76518a');
  else expect(seamsOf()).not.toBe('504d39414f76518a');
});

describe('a prototype that somebody changes', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each([
    ['OpenAI.prototype', OpenAI.prototype, 'fetchWithTimeout', 'sending'],
    ['OpenAI.prototype', OpenAI.prototype, 'fetchWithAuth', 'sending'],
    ['OpenAI.prototype', OpenAI.prototype, 'makeRequest', 'sending'],
    ['OpenAI.prototype', OpenAI.prototype, 'buildRequest', 'sending'],
    ['OpenAI.prototype', OpenAI.prototype, 'prepareOptions', 'sending'],
    ['APIPromise.prototype', APIPromise.prototype, 'parse', 'promises'],
    ['APIPromise.prototype', APIPromise.prototype, 'asResponse', 'promises'],
    ['Stream', Stream, 'fromSSEResponse', 'streams'],
    ['Stream.prototype', Stream.prototype, Symbol.asyncIterator, 'streams'],
  ] as const)('is no compared SDK any more: %s, %s', (_, owner, name, part) => {
    const seams = seamsOf();
    expect(isComparedStill(part)).toBe(isFastPathOpen);
    vi.spyOn(owner as unknown as Record<typeof name, () => void>, name);
    expect(isComparedStill(part)).toBe(false);
    expect(seamsOf()).not.toBe(seams);
    vi.restoreAllMocks();
    expect(isComparedStill(part)).toBe(isFastPathOpen);
    expect(seamsOf()).toBe(seams);
  });

  test.each([
    ['Chat.Completions', OpenAI.Chat.Completions.prototype],
    ['Completions', OpenAI.Completions.prototype],
    ['Embeddings', OpenAI.Embeddings.prototype],
    ['Responses', OpenAI.Responses.prototype],
  ])('has other code when an instrumentation was there first: %s.prototype.create', (_, owner) => {
    const seams = seamsOf();
    vi.spyOn(owner as unknown as { create: () => void }, 'create');
    expect(seamsOf()).not.toBe(seams);
  });
});
