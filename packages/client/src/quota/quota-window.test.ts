import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quotaWindow } from './quota-window.ts';

const minuteMs = 60_000;

/** A service with windows from `beginsMs` on that refuses what does not fit. */
function service(limit: number, beginsMs: number) {
  const used = new Map<number, number>();
  const windowOf = (nowMs: number) => Math.floor((nowMs - beginsMs) / minuteMs);
  return {
    admit: (amount: number, nowMs: number) => {
      const before = used.get(windowOf(nowMs)) ?? 0;
      if (before + amount > limit) {
        return { ok: false as const, waitMs: beginsMs + (windowOf(nowMs) + 1) * minuteMs - nowMs };
      }
      used.set(windowOf(nowMs), before + amount);
      return { ok: true as const, remaining: limit - before - amount };
    },
  };
}

test.each(['in the config', 'unknown'])(
  'with the limit %s, all but the first few refusals are foreseen',
  (kind) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: minuteMs }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 300, maxLength: 300 }),
        (beginsMs, amounts) => {
          const limit = 400;
          const { admit } = service(limit, beginsMs);
          const books = quotaWindow(kind === 'unknown' ? undefined : limit, minuteMs);
          let nowMs = 0;
          let refusals = 0;
          for (const amount of amounts) {
            nowMs = Math.max(nowMs, books.fitsAtMs(amount, nowMs));
            const ticket = books.take(amount, nowMs);
            const answer = admit(amount, nowMs);
            if (answer.ok) books.admitted(ticket, { limit, remaining: answer.remaining }, nowMs);
            else {
              refusals += 1;
              books.refused(ticket, answer.waitMs, nowMs);
              nowMs += answer.waitMs;
            }
            nowMs += 100;
          }
          expect(refusals).toBeLessThanOrEqual(kind === 'unknown' ? 3 : 2);
        },
      ),
      { numRuns: 50 },
    );
  },
);

test('a request that is larger than the limit never fits', () => {
  expect(quotaWindow(100, minuteMs).fitsAtMs(101, 0)).toBe(Infinity);
  expect(quotaWindow(100, minuteMs).fitsAtMs(100, 0)).toBe(0);
});

test('gives back what the service did not count', () => {
  const books = quotaWindow(100, minuteMs);
  const ticket = books.take(100, 0);
  expect(books.free(1)).toBe(0);
  books.giveBack(ticket, 2);
  expect(books.free(2)).toBe(1);
});

test('a smaller limit in a header goes before the config, a larger one does not', () => {
  const books = quotaWindow(100, minuteMs);
  books.admitted(books.take(1, 0), { limit: 50 }, 1);
  expect(books.fitsAtMs(60, 1)).toBe(Infinity);
  books.admitted(books.take(1, 0), { limit: 500 }, 1);
  expect(books.fitsAtMs(200, 1)).toBe(Infinity);
});

test('learns a limit from what went through before the first refusal', () => {
  const books = quotaWindow(undefined, minuteMs);
  for (let second = 0; second < 10; second += 1)
    books.admitted(books.take(10, second * 1_000), {}, second * 1_000);
  expect(books.free(10_000)).toBe(1);
  books.refused(books.take(10, 10_000), 50_000, 10_000);
  expect(books.free(10_000)).toBe(0);
  expect(books.fitsAtMs(100, 61_000)).toBe(61_000);
  books.admitted(books.take(100, 61_000), {}, 61_000);
  // Whether windows begin or slide it cannot know: it waits for what is safe.
  expect(books.fitsAtMs(50, 62_000)).toBeGreaterThanOrEqual(120_000);
});

test('a refusal before much went through says nothing of the limit', () => {
  const books = quotaWindow(undefined, minuteMs);
  books.refused(books.take(10, 0), 50_000, 0);
  expect(books.free(1)).toBe(1);
  expect(books.fitsAtMs(1_000, 60_000)).toBe(60_000);
});

test('a remaining zero on an answer stops nobody', () => {
  const books = quotaWindow(100, minuteMs);
  books.refused(books.take(1, 0), 1_000, 0);
  for (let second = 2; second < 12; second += 1) {
    const ticket = books.take(1, second * 1_000);
    books.admitted(ticket, { remaining: 0 }, second * 1_000);
  }
  expect(books.free(12_000)).toBeCloseTo(0.9);
});

test('a limit that rises again counts up to the one in the config', () => {
  const books = quotaWindow(100, minuteMs);
  books.admitted(books.take(1, 0), { limit: 50 }, 1);
  books.admitted(books.take(1, 0), { limit: 500 }, 1);
  expect(books.fitsAtMs(90, 1)).toBe(1);
});
