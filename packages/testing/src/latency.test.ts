import { expect, test } from 'vitest';
import { latencyModel, type Latency } from './latency.ts';
import { createRandom } from './random.ts';

test('instant takes no time', () => {
  expect(latencyModel('instant')).toBeUndefined();
});

test('fixed times are kept', () => {
  const times = latencyModel({ firstTokenMs: 300, tokensPerSecond: 50 })?.(createRandom(1));
  expect([times?.firstTokenMs, times?.nextTokenMs(), times?.nextTokenMs()]).toEqual([300, 20, 20]);
});

test.each([1, 2, 'seed'])('realistic times depend on the seed %j only, and stay within bounds', (seed) => {
  const draw = (): number[] => {
    const random = createRandom(seed);
    const model = latencyModel('realistic');
    return Array.from({ length: 1_000 }, () => {
      const times = model?.(random);
      return [times?.firstTokenMs ?? 0, times?.nextTokenMs() ?? 0];
    }).flat();
  };
  const drawn = draw();
  expect(drawn).toEqual(draw());
  const first = drawn.filter((_, index) => index % 2 === 0);
  const mean = first.reduce((sum, ms) => sum + ms, 0) / first.length;
  expect(mean).toBeGreaterThan(380);
  expect(mean).toBeLessThan(460);
  expect(Math.min(...drawn)).toBeGreaterThan(0);
  expect(Math.max(...first)).toBeLessThan(1_000);
});

test.each<[Latency, string]>([
  [{ firstTokenMs: -1 }, '`firstTokenMs` is -1'],
  [{ tokensPerSecond: 0 }, '`tokensPerSecond` is 0'],
  [{ jitter: Number.NaN }, '`jitter` is NaN'],
])('refuses %j', (latency, words) => {
  expect(() => latencyModel(latency)).toThrow(words);
});
