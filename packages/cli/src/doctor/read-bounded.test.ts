import type { TransportResponse } from '@aoai/client';
import { expect, test } from 'vitest';
import { readBounded } from './read-bounded.ts';

function response(...chunks: readonly Uint8Array[]) {
  const state = { destroyed: 0, given: 0 };
  const body = (async function* () {
    for (const chunk of chunks) {
      state.given += 1;
      yield chunk;
    }
  })();
  const made: TransportResponse = {
    status: 200,
    headers: new Headers(),
    body,
    destroy: () => {
      state.destroyed += 1;
    },
  };
  return { made, state };
}

const bytes = (text: string) => Buffer.from(text);

test('a body is read as text, also where a character is cut in two', async () => {
  const [first, second] = [bytes('Grö').subarray(0, 3), bytes('Grö').subarray(3)];
  const { made, state } = response(first, second, bytes('ße'));
  expect(await readBounded(made)).toBe('Größe');
  expect(state.destroyed).toBe(1);
});

test('no byte more than the bound is read, and the rest is not waited for', async () => {
  const { made, state } = response(bytes('abc'), bytes('def'), bytes('ghi'));
  expect(await readBounded(made, 5)).toBe('abcde');
  expect(state).toEqual({ destroyed: 1, given: 2 });
});

test('a body of exactly the bound is whole', async () => {
  const { made, state } = response(bytes('abc'), bytes('de'), bytes('f'));
  expect(await readBounded(made, 5)).toBe('abcde');
  expect(state.given).toBe(2);
});

test('the bound is 256 KiB unless told otherwise', async () => {
  const piece = new Uint8Array(100 * 1024).fill(97);
  const { made } = response(piece, piece, piece, piece);
  expect(await readBounded(made)).toHaveLength(256 * 1024);
});
