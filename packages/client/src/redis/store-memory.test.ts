import { describe, expect, test } from 'vitest';
import { storeMemory } from './store-memory.ts';
import type { StoreMemory } from './store-memory.ts';

const requests = { limit: undefined, leaving: [] };
const empty = { atMs: 0, replicas: 1, tokens: { limit: 1_000, leaving: [] }, requests };

/** The store answers: so much is used by its two replicas. */
function hear(
  memory: StoreMemory,
  atMs: number,
  changes: { used?: number; epoch?: string; serverMs?: number } = {},
) {
  const { used = 0, epoch = 'one', serverMs = atMs + 500 } = changes;
  const tokens = { limit: 1_000, leaving: [...Array<number>(11).fill(0), used] };
  memory.heard({ known: { atMs, replicas: 2, tokens, requests }, epoch, serverMs });
}

describe('storeMemory', () => {
  test('trusts the store as long as it answers', () => {
    const memory = storeMemory(empty);
    hear(memory, 1_000, { used: 400 });
    expect(memory.keepsToShare(1_001)).toBe(false);
    expect(memory.free(1_001)).toBeCloseTo(0.6);
  });

  test('keeps to its share while the store fails, and as long again', () => {
    const memory = storeMemory(empty);
    hear(memory, 1_000, { used: 400 });
    memory.failed(2_000);
    memory.failed(4_000);
    expect(memory.keepsToShare(4_000)).toBe(true);
    expect(memory.refuses(301, 4_000)).toBeDefined();
    expect(memory.refuses(300, 4_000)).toBeUndefined();
    hear(memory, 5_000);
    expect(memory.keepsToShare(8_499)).toBe(true);
    expect(memory.refuses(301, 8_499)).toBeDefined();
    expect(memory.keepsToShare(8_500)).toBe(false);
    hear(memory, 8_500);
    expect(memory.refuses(500, 8_501)).toBeUndefined();
  });

  test('no outage keeps it to its share for more than half a minute afterwards', () => {
    const memory = storeMemory(empty);
    hear(memory, 0);
    memory.failed(1_000);
    hear(memory, 3_600_000);
    expect(memory.keepsToShare(3_629_999)).toBe(true);
    expect(memory.keepsToShare(3_630_000)).toBe(false);
  });

  test.each([
    ['other books', { epoch: 'two' }],
    ['a clock that was set forward', { serverMs: 3_600_000 }],
    ['a clock that was set back', { serverMs: -3_600_000 }],
  ])('%s: what was known before holds until its window is over', (_, changes) => {
    const memory = storeMemory(empty);
    hear(memory, 1_000, { used: 1_000 });
    hear(memory, 2_000, changes);
    expect(memory.refuses(1, 2_001)).toBeDefined();
    expect(memory.keepsToShare(60_999)).toBe(true);
    expect(memory.keepsToShare(61_000)).toBe(false);
  });

  test.each([
    [2_000, false],
    [2_001, true],
    [-2_000, false],
    [-2_001, true],
  ])('a clock that differs by %d ms more than before was set: %s', (byMs, wasSet) => {
    const memory = storeMemory(empty);
    hear(memory, 1_000);
    hear(memory, 2_000, { serverMs: 2_500 + byMs });
    expect(memory.keepsToShare(2_001)).toBe(wasSet);
  });

  test('an idle target whose books were forgotten in the meantime is no loss', () => {
    const memory = storeMemory(empty);
    hear(memory, 1_000, { used: 1_000 });
    hear(memory, 700_000, { epoch: 'two' });
    expect(memory.keepsToShare(700_000)).toBe(false);
  });

  test('tells the store what it does not know, once, and again when that did not arrive', () => {
    const memory = storeMemory(empty);
    hear(memory, 1_000);
    memory.failed(2_000);
    memory.take(100, 2_000, false);
    const report = memory.report(3_000);
    expect(report.text).toBe('750:100:1');
    expect(memory.report(3_000).text).toBe('');
    report.end(false);
    const again = memory.report(4_000);
    expect(again.text).toBe('1750:100:1');
    again.end(true);
    expect(memory.report(4_000).text).toBe('');
  });

  test('a question beside one that reports tells nothing, and ends nothing of that report', () => {
    const memory = storeMemory(empty);
    memory.take(100, 2_000, false);
    const report = memory.report(3_000);
    memory.report(3_000).end(true);
    expect(memory.report(3_000).text, 'it is still on its way').toBe('');
    report.end(true);
    expect(memory.report(3_000).text).toBe('');
    memory.take(50, 3_000, false);
    expect(memory.report(4_000).text).toBe('750:50:1');
  });

  test('attempts of a lease went past the store: what was free then may be gone', () => {
    const memory = storeMemory(empty);
    hear(memory, 1_000);
    memory.passedBy();
    memory.failed(1_100);
    expect(memory.free(1_100)).toBe(0);
    expect(memory.refuses(1, 1_100)).toBeDefined();
    hear(memory, 200_000);
    hear(memory, 300_000);
    memory.failed(300_100);
    expect(memory.free(300_100), 'a new answer shows them').toBe(1);
  });

  test('knows the time of the server once it has been told', () => {
    const memory = storeMemory(empty);
    expect(memory.serverMs(5)).toBeUndefined();
    hear(memory, 1_000);
    expect(memory.serverMs(2_000)).toBe(2_500);
  });

  test('the first answer after a store that was away from the start is not believed at once', () => {
    const neverAnswered = { sinceMs: 0, phase: 1 };
    const memory = storeMemory({ ...empty, replicas: 8, neverAnswered });
    memory.failed(1_000);
    expect(memory.refuses(400, 1_000)).toBeDefined();
    hear(memory, 5_000);
    expect(memory.keepsToShare(5_001)).toBe(true);
    expect(memory.refuses(400, 5_001)).toBeDefined();
    hear(memory, 10_000);
    expect(memory.keepsToShare(10_001)).toBe(false);
    expect(memory.refuses(400, 10_001)).toBeUndefined();
  });

  test('knows at least as many replicas as the operator said', () => {
    const memory = storeMemory({ ...empty, leastReplicas: 4 });
    hear(memory, 1_000, { used: 100 });
    memory.failed(1_100);
    expect(memory.refuses(226, 1_100)).toBeDefined();
    expect(memory.refuses(225, 1_100)).toBeUndefined();
  });
});
