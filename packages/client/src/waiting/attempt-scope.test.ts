import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { attemptScope } from './attempt-scope.ts';
import type { AttemptScope } from './attempt-scope.ts';
import { cancellation } from './cancellation.ts';

function scopeOf(inMs = 600_000): AttemptScope {
  return attemptScope(cancellation([]), { inMs, error: () => new Error('late') });
}

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

test('a scope in the background keeps no process alive, also by timers that start later', () => {
  const before = timers();
  const scope = scopeOf();
  scope.limit(120_000, 'answer');
  expect(timers()).toBe(before + 2);
  scope.background();
  scope.idleTimer(1_000, 'more').start();
  expect(timers()).toBe(before);
  scope.end();
});

describe('the timers of a scope', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('a limit ends the attempt when its time is over, and another one takes its place', () => {
    const scope = scopeOf();
    scope.limit(100, 'headers');
    vi.advanceTimersByTime(99);
    scope.limit(50, 'content');
    vi.advanceTimersByTime(49);
    expect(scope.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(scope.signal.reason).toMatchObject({
      name: 'TimeoutError',
      message: 'The attempt timed out: no content within 50 ms.',
    });
  });

  test('a limit that is lifted ends nothing', () => {
    const scope = scopeOf();
    scope.limit(100, 'headers');
    scope.limit(undefined, 'headers');
    vi.advanceTimersByTime(1_000);
    expect(scope.signal.aborted).toBe(false);
  });

  test('an idle timer counts from the last start, and only until the next stop', () => {
    const scope = scopeOf();
    const idle = scope.idleTimer(100, 'more of the stream');
    for (let piece = 0; piece < 5; piece += 1) {
      idle.start();
      vi.advanceTimersByTime(99);
      idle.stop();
      // The caller is busy for longer than the timer runs.
      vi.advanceTimersByTime(500);
    }
    expect(scope.signal.aborted).toBe(false);
    idle.start();
    vi.advanceTimersByTime(99);
    expect(scope.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(scope.signal.reason).toMatchObject({
      message: 'The attempt timed out: no more of the stream within 100 ms.',
    });
  });

  test('a second idle timer takes the place of the first', () => {
    const scope = scopeOf();
    scope.idleTimer(50, 'content').start();
    scope.idleTimer(200, 'more').start();
    vi.advanceTimersByTime(199);
    expect(scope.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(scope.signal.aborted).toBe(true);
  });

  test('the deadline comes before limits that are longer', () => {
    const scope = scopeOf(100);
    scope.limit(100, 'answer');
    scope.idleTimer(100, 'more').start();
    vi.advanceTimersByTime(100);
    expect(scope.signal.reason).toMatchObject({ message: 'late' });
  });

  test('after its end a scope has no timer, and gets none', () => {
    const scope = scopeOf();
    const idle = scope.idleTimer(10, 'more');
    scope.limit(10, 'answer');
    idle.start();
    scope.end();
    idle.start();
    scope.limit(10, 'answer');
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(scope.signal.aborted).toBe(false);
  });
});
