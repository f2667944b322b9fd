import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
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
  books.giveBack(ticket);
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

/** A limit of 100 whose window was seen to begin between 59,000 and 60,500. */
function seen(counts: 'exact' | 'estimates' = 'estimates') {
  const books = quotaWindow(100, minuteMs, counts);
  books.admitted(books.take(90, 59_000), { remaining: 10 }, 59_000);
  books.admitted(books.take(1, 60_500), { remaining: 99 }, 60_500);
  return books;
}

test('a window that was seen to begin is full until the next one begins', () => {
  const books = seen();
  expect(books.free(61_000)).toBeCloseTo(0.99, 9);
  expect(books.fitsAtMs(99, 61_000), 'all of the rest').toBe(61_000);
  books.take(99, 61_000);
  expect(books.free(61_000)).toBe(0);
  expect(books.fitsAtMs(1, 62_000)).toBe(120_500);
  expect(books.fitsAtMs(1, 120_500)).toBe(120_500);
});

test('what remains of a window that was seen to begin sets the count right, with what was sent since', () => {
  const books = seen();
  const answered = books.take(10, 61_000);
  books.take(20, 61_000);
  books.admitted(answered, { remaining: 60 }, 61_500);
  expect(books.free(61_500)).toBeCloseTo(1 - (0.4 + 0.2), 9);
});

test('what remained of the window before says nothing of this one', () => {
  const books = seen();
  const late = books.take(10, 120_000);
  books.admitted(late, { remaining: 30 }, 121_000);
  expect(books.free(121_000)).toBe(1);
});

test('more than the limit remains after a raise: nothing is used', () => {
  const books = seen();
  books.admitted(books.take(10, 61_000), { remaining: 250 }, 61_000);
  expect(books.free(61_000)).toBe(1);
});

test('while windows may slide one request is sent to find out, and what fits is no such request', () => {
  const books = quotaWindow(100, minuteMs);
  books.take(60, 0);
  expect(books.fitsAtMs(40, 1), 'what fits').toBe(1);
  books.take(40, 1);
  expect(books.fitsAtMs(1, 2), 'the one that finds out').toBe(2);
  books.take(1, 2);
  expect(books.fitsAtMs(1, 3)).toBe(60_250);
});

test('what fits even if windows slide is let in while a refusal is awaited, up to the last token', () => {
  const books = quotaWindow(100, minuteMs);
  books.admitted(books.take(60, 0), {}, 0);
  books.refused(books.take(60, 1), 30_000, 2);
  expect(books.fitsAtMs(40, 3)).toBe(3);
  expect(books.fitsAtMs(41, 3)).toBe(60_250);
});

/** A limit of 100, with a refusal that says that windows begin at whole minutes; 90 were used at 30,000. */
function presumed() {
  const books = quotaWindow(100, minuteMs);
  books.admitted(books.take(90, 30_000), {}, 30_000);
  books.refused(books.take(50, 50_000), 10_000, 50_000);
  return books;
}

test('what the presumed window has room for is sent to find out, up to the last token of it', () => {
  expect(presumed().fitsAtMs(100, 61_000)).toBe(61_000);
  const books = presumed();
  books.admitted(books.take(60, 61_000), {}, 61_000);
  expect(books.fitsAtMs(40, 61_001)).toBe(61_001);
  expect(books.fitsAtMs(41, 61_001)).toBe(121_250);
});

test('after one that was let in two may be under way, and one that came to nothing makes room', () => {
  const books = presumed();
  books.admitted(books.take(20, 61_000), {}, 61_000);
  const second = books.take(10, 61_001);
  expect(books.fitsAtMs(10, 61_001)).toBe(61_001);
  books.take(10, 61_001);
  expect(books.fitsAtMs(10, 61_001)).toBe(90_250);
  books.giveBack(second);
  expect(books.fitsAtMs(10, 61_002)).toBe(61_002);
});

test('what was answered, or given back, cannot be given back again', () => {
  const books = quotaWindow(100, minuteMs);
  const [answered, back] = [books.take(40, 0), books.take(40, 0)];
  books.admitted(answered, {}, 0);
  books.giveBack(answered);
  books.giveBack(back);
  books.giveBack(back);
  expect(books.free(0)).toBeCloseTo(0.6, 9);
});

test('a refusal without a wait, or with one that is longer than the window, shows no beginning', () => {
  for (const waitMs of [undefined, minuteMs + 1]) {
    const books = quotaWindow(100, minuteMs);
    books.admitted(books.take(90, 0), {}, 0);
    books.refused(books.take(50, 1), waitMs, 1);
    expect(books.free(2)).toBeCloseTo(0.1, 9);
    expect(books.fitsAtMs(10, 2)).toBe(2);
    expect(books.fitsAtMs(11, 2)).toBe(60_250);
  }
});

test('a guess that held requests back grows once, with the next window', () => {
  const books = quotaWindow(undefined, minuteMs);
  for (let second = 0; second < 10; second += 1)
    books.admitted(books.take(10, second * 1_000), {}, second * 1_000);
  books.refused(books.take(10, 10_000), 50_000, 10_000);
  books.admitted(books.take(100, 61_000), {}, 61_000);
  for (let asked = 0; asked < 3; asked += 1) expect(books.fitsAtMs(1, 62_000)).toBe(121_250);
  expect(books.free(121_500)).toBe(1);
  books.take(50, 121_500);
  expect(books.free(121_500)).toBeCloseTo(1 - 50 / 101, 9);
});

test('what is larger than a guess is let in alone, because only the service knows', () => {
  const books = quotaWindow(undefined, minuteMs);
  books.admitted(books.take(100, 0), {}, 0);
  books.refused(books.take(10, 1), 50_000, 1);
  expect(books.fitsAtMs(150, 120_000)).toBe(120_000);
});

test('so it is once the windows are known', () => {
  const books = quotaWindow(undefined, minuteMs);
  books.admitted(books.take(100, 500), {}, 500);
  books.refused(books.take(10, 1_000), 59_000, 1_000);
  // Sixteen times what would not fit if windows slid.
  for (let minute = 1; minute <= 16; minute += 1)
    books.admitted(books.take(100, minute * minuteMs + 500), {}, minute * minuteMs + 500);
  expect(books.fitsAtMs(1, 16 * minuteMs + 1_000), 'the window is full').toBe(17 * minuteMs);
  expect(books.fitsAtMs(150, 17 * minuteMs)).toBe(17 * minuteMs);
});

test('an answer that does not say what remains corrects nothing', () => {
  const books = seen();
  books.admitted(books.take(10, 61_000), { limit: 100 }, 61_000);
  expect(books.free(61_000)).toBeCloseTo(0.89, 9);
});

test('what remains of an unknown limit shows no beginning', () => {
  const books = quotaWindow(undefined, minuteMs);
  books.admitted(books.take(1, 0), { remaining: 5 }, 0);
  books.admitted(books.take(1, 30_000), { remaining: 90 }, 30_000);
  books.admitted(books.take(98, 31_000), { limit: 100 }, 31_000);
  expect(books.fitsAtMs(1, 32_000)).toBe(32_000);
});

test('a refusal that names no limit leaves the count as it is', () => {
  const books = quotaWindow(undefined, minuteMs);
  books.admitted(books.take(90, 60_000), {}, 60_000);
  books.refused(books.take(20, 100_000), 30_000, 100_000);
  books.admitted(books.take(5, 101_000), { limit: 100 }, 101_000);
  expect(books.fitsAtMs(50, 102_000)).toBe(102_000);
});

test('a wait as long as the window shows its beginning', () => {
  const books = quotaWindow(100, minuteMs);
  books.admitted(books.take(90, 0), {}, 0);
  books.refused(books.take(50, 30_000), minuteMs, 30_000);
  // The window from 30,000 on is full. Without a beginning the next one would be sent to find out.
  books.take(5, 31_000);
  expect(books.fitsAtMs(6, 31_000)).toBe(60_250);
});

describe('a refusal of what the presumed window had room for', () => {
  /** In each minute `used` is used late, then `amount` is refused early in the next. */
  function refuse(times: number, used: number, amount: number, given?: number) {
    const books = quotaWindow(given, minuteMs);
    books.admitted(books.take(given ?? 96, 55_000), {}, 55_000);
    books.refused(books.take(12, 56_000), 4_000, 56_000);
    for (let minute = 2; minute < 2 + times; minute += 1) {
      const beganMs = minute * minuteMs;
      books.admitted(books.take(used, beganMs - 5_000), {}, beganMs - 5_000);
      books.refused(books.take(amount, beganMs + 1_000), 59_000, beganMs + 1_000);
    }
    const nextMs = (2 + times) * minuteMs;
    books.admitted(books.take(90, nextMs - 5_000), {}, nextMs - 5_000);
    return books.fitsAtMs(50, nextMs + 1_000) - nextMs;
  }
  const isPresumed = 1_000;
  const isGivenUp = 55_250;

  test('is believed three times: then windows slide', () => {
    expect(refuse(2, 90, 50, 100)).toBe(isPresumed);
    expect(refuse(3, 90, 50, 100)).toBe(isGivenUp);
    expect(refuse(3, 90, 11, 100)).toBe(isGivenUp);
  });

  test('says nothing where it would have fitted into a sliding window too: others use the limit as well', () => {
    expect(refuse(4, 90, 10, 100)).toBe(isPresumed);
  });

  test('says nothing of a limit that is only a guess', () => {
    expect(refuse(4, 90, 12)).toBe(isPresumed);
  });
});
