import { describe, expect, test } from 'vitest';
import { joined, readBytes, readStart } from './transport.ts';

/** A body of these pieces, which counts how many were read and whether the rest was dropped. */
function bodyOf(...pieces: string[]) {
  const seen = { read: 0, isDropped: false };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (const piece of pieces) {
        seen.read += 1;
        yield Buffer.from(piece);
      }
    } finally {
      seen.isDropped = seen.read < pieces.length;
    }
  }
  return { body: chunks(), seen };
}

describe('readBytes', () => {
  test('reads exactly `atMost` bytes, and of a longer body nothing', async () => {
    expect(String(await readBytes(bodyOf('ab', 'c').body, 3))).toBe('abc');
    expect(String(await readBytes(bodyOf('ab', 'c').body))).toBe('abc');
    const { body, seen } = bodyOf('ab', 'c', 'd');
    expect(await readBytes(body, 2)).toBeUndefined();
    expect(seen).toEqual({ read: 2, isDropped: true });
  });

  test('leaves the limit to a body that knows it, and does not believe one that ignores it', async () => {
    const asked: unknown[] = [];
    const bytes = async (atMost?: number) => {
      asked.push(atMost);
      return Buffer.from('abc');
    };
    const body = { ...bodyOf().body, bytes, [Symbol.asyncIterator]: () => bodyOf().body };
    expect(String(await readBytes(body, 3))).toBe('abc');
    expect(await readBytes(body, 2)).toBeUndefined();
    expect(asked).toEqual([3, 2]);
    const short = { ...body, bytes: async () => undefined };
    expect(await readBytes(short, 2)).toBeUndefined();
  });
});

describe('readStart', () => {
  test('reads no further than it must, and drops the rest', async () => {
    const { body, seen } = bodyOf('ab', 'cd', 'ef');
    expect(String(await readStart(body, 3))).toBe('abc');
    expect(seen).toEqual({ read: 2, isDropped: true });
    const exact = bodyOf('ab', 'cd');
    expect(String(await readStart(exact.body, 2))).toBe('ab');
    expect(exact.seen.read).toBe(1);
    expect(String(await readStart(bodyOf('ab').body, 9))).toBe('ab');
  });
});

describe('joined', () => {
  test('copies one chunk not at all, and several into one', () => {
    const chunk = new Uint8Array([0, 1, 2, 3]).subarray(1, 3);
    const one = joined([chunk]);
    expect([...one]).toEqual([1, 2]);
    expect(one.buffer).toBe(chunk.buffer);
    expect([...joined([chunk, new Uint8Array([9])])]).toEqual([1, 2, 9]);
    expect(joined([])).toHaveLength(0);
  });
});
