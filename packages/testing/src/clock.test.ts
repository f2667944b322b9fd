import { expect, test, vi } from 'vitest';
import { manualClock, realClock } from './clock.ts';

test('a manual clock stands still until it is moved', async () => {
  const clock = manualClock(1_000);
  const woken: string[] = [];
  const first = clock.sleep(50).then(() => woken.push(`first at ${clock.now()}`));
  const second = clock.sleep(20).then(() => woken.push(`second at ${clock.now()}`));
  await clock.advance(19);
  expect(woken).toEqual([]);
  await clock.advance(100);
  await Promise.all([first, second]);
  expect(woken).toEqual(['second at 1020', 'first at 1050']);
  expect(clock.now()).toBe(1_119);
});

test('a sleeper that goes back to sleep is woken again within one advance', async () => {
  const clock = manualClock(0);
  const ticks: number[] = [];
  const loop = (async () => {
    for (let tick = 0; tick < 5; tick += 1) {
      await clock.sleep(10);
      ticks.push(clock.now());
    }
  })();
  await clock.advance(50);
  await loop;
  expect(ticks).toEqual([10, 20, 30, 40, 50]);
});

test.each([
  ['manual', manualClock(0)],
  ['real', realClock({ timeScale: 2 })],
])('a %s clock rejects with the reason of the abort', async (_name, clock) => {
  const reason = new Error('the caller has left');
  const controller = new AbortController();
  const sleeping = clock.sleep(60_000, controller.signal);
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(clock.sleep(1, controller.signal)).rejects.toBe(reason);
});

test('a real clock runs `timeScale` times as fast', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const clock = realClock({ timeScale: 60, startMs: 5_000 });
    const sleeping = clock.sleep(60_000);
    await vi.advanceTimersByTimeAsync(1_000);
    await sleeping;
    expect(clock.now()).toBe(65_000);
  } finally {
    vi.useRealTimers();
  }
});

test('refuses a `timeScale` that stops the time', () => {
  expect(() => realClock({ timeScale: 0 })).toThrow(
    new RangeError('Cannot run a clock: `timeScale` is 0. Give a number above 0.'),
  );
});
