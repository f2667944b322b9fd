import { usualThroughput } from '@aoai/config';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock, type Clock } from '../clock.ts';
import { createLimiter, type Limiter } from './limiter.ts';

const deployment = (limits: { tpm?: number; rpm?: number; ptu?: number }, model = 'gpt-4.1') => ({
  deployment: 'chat',
  model,
  limits,
});

function admitMany(limiter: Limiter, count: number, tokens = 1): number {
  let granted = 0;
  for (let call = 0; call < count; call += 1) if (limiter.admit({ tokens }).ok) granted += 1;
  return granted;
}

describe('calls per minute', () => {
  test('lets a sixth of them through in ten seconds', async () => {
    const clock = manualClock();
    const limiter = createLimiter(deployment({ rpm: 600 }), clock);
    expect(admitMany(limiter, 101)).toBe(100);
    expect(limiter.admit({ tokens: 1 })).toMatchObject({ ok: false, kind: 'call', retryAfterMs: 10_000 });
    await clock.advance(9_999);
    expect(limiter.admit({ tokens: 1 })).toMatchObject({ ok: false, retryAfterMs: 1 });
    await clock.advance(1);
    expect(admitMany(limiter, 101)).toBe(100);
  });

  test.each([1, 2, 7, 20, 180])('%i RPM grants exactly that many calls in each minute', async (rpm) => {
    const clock = manualClock();
    const limiter = createLimiter(deployment({ rpm }), clock);
    for (let minute = 0; minute < 2; minute += 1) {
      let granted = 0;
      for (let second = 0; second < 60; second += 1) {
        granted += admitMany(limiter, rpm + 1);
        await clock.advance(1_000);
      }
      expect(granted).toBe(rpm);
    }
  });

  test('a call refused for its tokens takes its place all the same', () => {
    const limiter = createLimiter(deployment({ rpm: 12, tpm: 10 }), manualClock());
    expect(limiter.admit({ tokens: 10 }).ok).toBe(true);
    expect(limiter.admit({ tokens: 5 })).toMatchObject({ ok: false, kind: 'token' });
    expect(limiter.admit({ tokens: 0 })).toMatchObject({ ok: false, kind: 'call', retryAfterMs: 10_000 });
  });

  test('a call refused by both limits waits for the later of them', () => {
    const limiter = createLimiter(deployment({ rpm: 6, tpm: 10 }), manualClock());
    limiter.admit({ tokens: 10 });
    expect(limiter.admit({ tokens: 5 })).toMatchObject({ ok: false, kind: 'call', retryAfterMs: 60_000 });
  });
});

describe('the use of a limit', () => {
  test('is a share of the tokens of a minute and of the calls of ten seconds', async () => {
    const clock = manualClock();
    const limiter = createLimiter(deployment({ tpm: 1_000, rpm: 24 }), clock);
    expect(limiter.use()).toEqual({ tokens: 0, calls: 0 });
    limiter.admit({ tokens: 250 });
    expect(limiter.use()).toEqual({ tokens: 0.25, calls: 0.25 });
    await clock.advance(10_000);
    expect(limiter.use()).toEqual({ tokens: 0.25, calls: 0 });
    await clock.advance(50_000);
    expect(limiter.use()).toEqual({ tokens: 0, calls: 0 });
  });

  test('is never more than all of it, however many calls are refused', () => {
    const limiter = createLimiter(deployment({ rpm: 6 }), manualClock());
    admitMany(limiter, 5);
    expect(limiter.use()).toEqual({ calls: 1 });
  });

  test('names only the limits that there are', () => {
    expect(createLimiter(deployment({}), manualClock()).use()).toEqual({});
    expect(createLimiter(deployment({ tpm: 10 }), manualClock()).use()).toEqual({ tokens: 0 });
  });
});

describe('tokens per minute', () => {
  test('count by the estimate and begin again every minute', async () => {
    const clock = manualClock();
    const limiter = createLimiter(deployment({ tpm: 1_000 }), clock);
    const first = limiter.admit({ tokens: 800 });
    expect(first).toMatchObject({ ok: true });
    if (first.ok) first.settle({ tokens: 10 });
    await clock.advance(15_000);
    expect(limiter.admit({ tokens: 201 })).toMatchObject({ ok: false, kind: 'token', retryAfterMs: 45_000 });
    expect(limiter.admit({ tokens: 200 })).toMatchObject({ ok: true });
    await clock.advance(45_000);
    expect(limiter.admit({ tokens: 1_000 })).toMatchObject({ ok: true });
  });

  test('a request that exceeds the limit alone is sent away for a day, whatever the time scale', () => {
    const clock: Clock = { ...manualClock(), timeScale: 60 };
    const answer = createLimiter(deployment({ tpm: 1_000 }), clock).admit({ tokens: 1_001 });
    expect(answer).toMatchObject({ ok: false, kind: 'token', retryAfterMs: 86_400_000 });
    expect(answer.headers['retry-after']).toBe('86400');
  });
});

describe('utilisation', () => {
  test('of more than 100 % is refused in the time of the caller', async () => {
    const clock = manualClock();
    const limiter = createLimiter(deployment({ ptu: 1 }), { ...clock, timeScale: 16 });
    limiter.admit({ tokens: 6_000 });
    // 100 % is allowed: the wait is for the 3,000 tokens above, a minute's worth.
    expect(limiter.admit({ tokens: 1 })).toEqual({
      ok: false,
      kind: 'utilisation',
      retryAfterMs: 3_750,
      headers: {
        'azure-openai-deployment-utilization': '200.0%',
        'retry-after': '4',
        'retry-after-ms': '3750',
      },
    });
    await clock.advance(59_999);
    expect(limiter.admit({ tokens: 1 })).toMatchObject({ ok: false, retryAfterMs: 1 });
    await clock.advance(1);
    expect(limiter.admit({ tokens: 1 })).toMatchObject({ ok: true });
  });

  test('is not below zero, when less was used than has drained meanwhile', async () => {
    const clock = manualClock();
    const limiter = createLimiter(deployment({ ptu: 1 }), clock);
    const first = limiter.admit({ tokens: 1_500 });
    await clock.advance(60_000);
    if (first.ok) first.settle({ tokens: 0 });
    expect(limiter.use()).toEqual({ utilisation: 0 });
    limiter.admit({ tokens: 300 });
    expect(limiter.use()).toEqual({ utilisation: 0.1 });
  });

  test('counts output several times, cached input not at all, and refuses above 100 %', () => {
    const limiter = createLimiter(deployment({ ptu: 1 }), manualClock());
    const first = limiter.admit({ tokens: 2_000, outputTokens: 1_000 });
    expect(limiter.use()).toEqual({ utilisation: 5_000 / 3_000 });
    expect(limiter.admit({ tokens: 1 })).toMatchObject({
      ok: false,
      kind: 'utilisation',
      retryAfterMs: 40_000,
    });
    if (first.ok) first.settle({ tokens: 1_100, outputTokens: 100, cachedTokens: 500 });
    expect(limiter.use()).toEqual({ utilisation: 900 / 3_000 });
    expect(limiter.admit({ tokens: 1 })).toMatchObject({ ok: true });
  });

  test('of a model that the catalogue does not know is measured by the usual throughput', () => {
    const limiter = createLimiter(deployment({ ptu: 2 }, 'nobody-knows-it'), manualClock());
    limiter.admit({ tokens: usualThroughput.inputTpm });
    expect(limiter.use()).toEqual({ utilisation: 0.5 });
  });

  test('drains at the rate that was bought', async () => {
    const clock = manualClock();
    const limiter = createLimiter(deployment({ ptu: 2 }, 'gpt-5-mini'), clock);
    limiter.admit({ tokens: 47_500 });
    await clock.advance(30_000);
    expect(limiter.use()).toEqual({ utilisation: 0.5 });
  });
});

describe('whatever the traffic', () => {
  const traffic = fc.array(
    fc.record({ pauseMs: fc.integer({ min: 0, max: 20_000 }), tokens: fc.integer({ min: 0, max: 1_200 }) }),
    { maxLength: 200 },
  );

  test('no minute grants more than its tokens and calls, no ten seconds more than a sixth of the calls', async () => {
    await fc.assert(
      fc.asyncProperty(traffic, fc.integer({ min: 1, max: 90 }), async (requests, rpm) => {
        const clock = manualClock(0);
        const limiter = createLimiter(deployment({ tpm: 1_000, rpm }), clock);
        const minutes = new Map<number, { tokens: number; calls: number }>();
        const windows = new Map<number, number>();
        for (const { pauseMs, tokens } of requests) {
          await clock.advance(pauseMs);
          if (!limiter.admit({ tokens }).ok) continue;
          const minute = Math.floor(clock.now() / 60_000);
          const window = Math.floor(clock.now() / 10_000);
          const sum = minutes.get(minute) ?? { tokens: 0, calls: 0 };
          minutes.set(minute, { tokens: sum.tokens + tokens, calls: sum.calls + 1 });
          windows.set(window, (windows.get(window) ?? 0) + 1);
        }
        for (const { tokens, calls } of minutes.values()) {
          expect(tokens).toBeLessThanOrEqual(1_000);
          expect(calls).toBeLessThanOrEqual(rpm);
        }
        for (const calls of windows.values()) expect(calls).toBeLessThanOrEqual(Math.ceil(rpm / 6));
      }),
    );
  });

  test('a bucket never holds more than 100 % and the one request that took it over', async () => {
    await fc.assert(
      fc.asyncProperty(traffic, async (requests) => {
        const clock = manualClock(0);
        const limiter = createLimiter(deployment({ ptu: 1 }), clock);
        for (const { pauseMs, tokens } of requests) {
          await clock.advance(pauseMs / 100);
          limiter.admit({ tokens, outputTokens: tokens });
          expect(limiter.use().utilisation).toBeLessThanOrEqual(1 + (4 * 1_200) / 3_000);
        }
      }),
    );
  });

  test('waiting exactly the hint is enough, and a millisecond less is not', async () => {
    const limits = fc.oneof(
      fc.record({ tpm: fc.constant(1_200), rpm: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ ptu: fc.integer({ min: 1, max: 3 }) }),
    );
    await fc.assert(
      fc.asyncProperty(traffic, limits, async (requests, quota) => {
        const clock = manualClock(0);
        const limiter = createLimiter(deployment(quota), clock);
        for (const { pauseMs, tokens } of requests) {
          await clock.advance((pauseMs / 10) | 0);
          const answer = limiter.admit({ tokens, outputTokens: tokens });
          if (answer.ok) continue;
          await clock.advance(answer.retryAfterMs - 1);
          expect(limiter.admit({ tokens, outputTokens: tokens }).ok).toBe(false);
          await clock.advance(1);
          expect(limiter.admit({ tokens, outputTokens: tokens }).ok).toBe(true);
        }
      }),
    );
  });
});
