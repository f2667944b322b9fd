import { expect, test } from 'vitest';
import { callersStream, isOfCaller } from './callers-stream.ts';

async function* pieces(failure?: unknown) {
  yield new Uint8Array([1]);
  yield new Uint8Array([2]);
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- Callers may throw anything.
  if (failure !== undefined) throw failure;
}

test('passes on the bytes of the caller', async () => {
  expect(await new Response(callersStream(pieces())).bytes()).toEqual(new Uint8Array([1, 2]));
});

test('knows the error of the stream of a caller from all others', async () => {
  const own = new Error('The disk is gone.');
  await expect(new Response(callersStream(pieces(own))).bytes()).rejects.toBe(own);
  expect(isOfCaller(own)).toBe(true);
  for (const other of [new Error('The disk is gone.'), undefined, null, 'text']) {
    expect(isOfCaller(other)).toBe(false);
  }
});

test('passes on what is thrown and is no object', async () => {
  await expect(new Response(callersStream(pieces('gone'))).bytes()).rejects.toBe('gone');
  await expect(new Response(callersStream(pieces(null))).bytes()).rejects.toBeNull();
  expect(isOfCaller('gone')).toBe(false);
});

test('a stream that is not read to its end is told so', async () => {
  let isClosed = false;
  async function* source() {
    try {
      yield new Uint8Array([1]);
      yield new Uint8Array([2]);
    } finally {
      isClosed = true;
    }
  }
  const reader = callersStream(source()).getReader();
  await reader.read();
  await reader.cancel();
  expect(isClosed).toBe(true);
});
