import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { backgroundPace, schedule } from './background.ts';

test('work in the background begins soon, and each token takes ten milliseconds', () => {
  expect(schedule(0, 1_000)).toEqual({ startsAtMs: 1_100, endsAtMs: 1_400 });
  expect(schedule(20, 1_000)).toEqual({ startsAtMs: 1_100, endsAtMs: 1_600 });
});

/** When each frame is sent, counted from now, if nothing else takes time. */
function waits(frames: number, { skipped = 0, passedMs = 0 }): number[] {
  const clock = manualClock();
  const now = clock.now();
  const work = { startsAtMs: now + 100 - passedMs, endsAtMs: now + 500 - passedMs };
  const pace = backgroundPace(work, { frames, skipped, clock });
  expect([pace.firstMs, pace.isHeadAlone]).toEqual([0, true]);
  return Array.from({ length: frames - skipped }, () => pace.nextMs());
}

test.each<[string, number, Parameters<typeof waits>[1], number[]]>([
  ['two frames before the work, the others spread over it', 8, {}, [0, 0, 100, 200, 300, 400, 500, 500]],
  ['the same without those that were read', 8, { skipped: 3 }, [200, 300, 400, 500, 500]],
  ['what is past at once', 8, { passedMs: 250 }, [0, 0, 0, 0, 50, 150, 250, 250]],
  ['all of it when the work is over', 8, { passedMs: 1_000 }, [0, 0, 0, 0, 0, 0, 0, 0]],
  ['the shortest work at its beginning, and its end', 4, {}, [0, 0, 100, 500]],
  ['the end of the work once', 5, {}, [0, 0, 100, 500, 500]],
])('a stream in the background sends %s', (_, frames, reader, due) => {
  expect(waits(frames, reader)).toEqual(due);
});
