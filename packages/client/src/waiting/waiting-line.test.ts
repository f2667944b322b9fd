import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cancellation } from './cancellation.ts';
import { waitingLine } from './waiting-line.ts';
import type { Look } from './waiting-line.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A line, and calls in it that say when they look and what they found. */
function setUp() {
  const line = waitingLine(Date.now);
  const told: string[] = [];
  const enter = (
    name: string,
    look: () => Look<string> | Promise<Look<string>>,
    { sinceMs = Date.now(), deadlineAtMs = 10_000, signal }: Partial<Waiting> = {},
  ) =>
    line
      .wait({
        sinceMs,
        deadlineAtMs,
        cancellation: cancellation([signal]),
        look: () => {
          told.push(`${name} looks`);
          return look();
        },
      })
      .then(
        (found) => told.push(`${name} has ${found ?? 'nothing'} at ${Date.now()}`),
        (error: unknown) => told.push(`${name} ends with ${String(error)} at ${Date.now()}`),
      );
  return { line, told, enter };
}

interface Waiting {
  readonly sinceMs: number;
  readonly deadlineAtMs: number;
  readonly signal: AbortSignal;
}

test('the first looks at once, and has what it finds', async () => {
  const { line, told, enter } = setUp();
  await enter('a', () => ({ found: 'x' }));
  expect(told).toEqual(['a looks', 'a has x at 0']);
  expect(line.length).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('looks again when that makes sense, and not before', async () => {
  const { told, enter } = setUp();
  const looks: Look<string>[] = [{ againAtMs: 500 }, { againAtMs: 800.5 }, { found: 'x' }];
  void enter('a', async () => looks.shift() ?? { found: 'too much' });
  await vi.advanceTimersByTimeAsync(499);
  expect(told).toEqual(['a looks']);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(300);
  expect(told).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(told.at(-1)).toBe('a has x at 801');
  expect(vi.getTimerCount()).toBe(0);
});

test('only the first looks; when it leaves, the next one does, at once', async () => {
  const { line, told, enter } = setUp();
  let free = false;
  const look = (): Look<string> => (free ? { found: 'x' } : { againAtMs: 1_000 });
  void enter('a', look);
  void enter('b', look);
  await vi.advanceTimersByTimeAsync(0);
  expect([line.length, told]).toEqual([2, ['a looks']]);
  free = true;
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.slice(1)).toEqual(['a looks', 'a has x at 1000', 'b looks', 'b has x at 1000']);
});

test('who has waited longer goes before, also when it comes later', async () => {
  const { told, enter } = setUp();
  let free = false;
  const look = (): Look<string> => (free ? { found: 'x' } : { againAtMs: 1_000 });
  for (const [name, sinceMs] of [['c', 30], ['a', 10], ['b', 20], ['d', 30]] as const) void enter(name, look, { sinceMs }); // prettier-ignore
  await vi.advanceTimersByTimeAsync(500);
  free = true;
  await vi.advanceTimersByTimeAsync(9_000);
  expect(told.filter((each) => each.includes('has')).map((each) => each[0])).toEqual(['a', 'b', 'c', 'd']);
});

test('what becomes free wakes the first', async () => {
  const { line, told, enter } = setUp();
  line.poke();
  let free = false;
  void enter('a', () => (free ? { found: 'x' } : { againAtMs: 5_000 }));
  await vi.advanceTimersByTimeAsync(100);
  line.poke();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['a looks', 'a looks']);
  free = true;
  line.poke();
  await vi.advanceTimersByTimeAsync(0);
  expect(told.at(-1)).toBe('a has x at 100');
});

test('does not wait for what comes after the deadline', async () => {
  const { told, enter } = setUp();
  void enter('a', () => ({ againAtMs: 1_001 }), { deadlineAtMs: 1_000 });
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['a looks', 'a has nothing at 0']);
});

test('what comes at the deadline is looked for once more', async () => {
  const { told, enter } = setUp();
  void enter('a', () => ({ againAtMs: 1_000 }), { deadlineAtMs: 1_000 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(['a looks', 'a looks', 'a has nothing at 1000']);
});

test('who is not the first leaves at its deadline without having looked', async () => {
  const { line, told, enter } = setUp();
  void enter('a', () => ({ againAtMs: 5_000 }));
  void enter('b', () => ({ found: 'x' }), { deadlineAtMs: 300 });
  await vi.advanceTimersByTimeAsync(299);
  expect(line.length).toBe(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual(['a looks', 'b has nothing at 300']);
  expect(line.length).toBe(1);
});

test('an abort ends the wait at once, with its reason, and leaves no listener', async () => {
  const { line, told, enter } = setUp();
  const [first, second] = [new AbortController(), new AbortController()];
  void enter('a', () => ({ againAtMs: 5_000 }), { signal: first.signal });
  void enter('b', () => ({ againAtMs: 5_000 }), { signal: second.signal });
  await vi.advanceTimersByTimeAsync(50);
  second.abort('enough');
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['a looks', 'b ends with enough at 50']);
  void enter('c', () => ({ found: 'x' }));
  first.abort('too');
  await vi.advanceTimersByTimeAsync(0);
  expect(told.slice(2)).toEqual(['a ends with too at 50', 'c looks', 'c has x at 50']);
  expect([line.length, vi.getTimerCount()]).toEqual([0, 0]);
});

test('who has been aborted before does not look', async () => {
  const { told, enter } = setUp();
  void enter('a', () => ({ found: 'x' }), { signal: AbortSignal.abort('before') });
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['a ends with before at 0']);
});

test('a look that fails ends the wait, and the next one has its turn', async () => {
  const { told, enter } = setUp();
  void enter('a', async () => Promise.reject(new Error('The store is away.')));
  void enter('b', () => ({ found: 'x' }));
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(['a looks', 'a ends with Error: The store is away. at 0', 'b looks', 'b has x at 0']);
});

test('a wait that no timer can hold is waited for in parts', async () => {
  const { told, enter } = setUp();
  void enter('a', () => ({ againAtMs: 2 ** 40 }), { deadlineAtMs: 2 ** 41 });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(['a looks']);
  await vi.advanceTimersByTimeAsync(2 ** 31);
  expect(told).toEqual(['a looks', 'a looks']);
});
