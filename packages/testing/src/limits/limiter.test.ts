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
    expect(limiter.admit({ tokens: 0 })).toMatchObject({ ok: false, kind: 'call' });
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

describe('the headers', () => {
  test('of 2026 carry limits, remainders and renewal periods, as recorded at 30K TPM', () => {
    const limiter = createLimiter(deployment({ tpm: 30_000, rpm: 180 }), manualClock());
    expect(limiter.admit({ tokens: 40 }).headers).toEqual({
      'x-ratelimit-abusepenalty-active': 'False',
      'x-ratelimit-key': 'chat',
      'x-ratelimit-limit-requests': '180',
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-requests': '29',
      'x-ratelimit-remaining-tokens': '29960',
      'x-ratelimit-renewalperiod-requests': '10',
      'x-ratelimit-renewalperiod-tokens': '60',
      'x-ratelimit-reset-requests': '0',
      'x-ratelimit-reset-tokens': '0',
    });
  });

  test('of 2024 carry the remainders only', () => {
    const limiter = createLimiter(deployment({ tpm: 30_000, rpm: 180 }), manualClock(), {
      headerEra: '2024',
    });
    expect(limiter.admit({ tokens: 40 }).headers).toEqual({
      'x-ratelimit-remaining-requests': '29',
      'x-ratelimit-remaining-tokens': '29960',
    });
  });

  test('of a refusal say when to come back, in the time of the caller', () => {
    const clock: Clock = { ...manualClock(), timeScale: 10 };
    const limiter = createLimiter(deployment({ tpm: 100 }), clock);
    limiter.admit({ tokens: 100 });
    expect(limiter.admit({ tokens: 1 }).headers).toMatchObject({
      'retry-after': '6',
      'retry-after-ms': '6000',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6',
      'x-ratelimit-reset-requests': '0',
    });
  });

  test('of a deployment without limits never say that nothing is left', () => {
    const limiter = createLimiter(deployment({}), manualClock());
    admitMany(limiter, 1_000, 1_000_000);
    expect(limiter.admit({ tokens: 50 }).headers).toMatchObject({
      'x-ratelimit-limit-requests': '60000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-remaining-tokens': '9999950',
    });
  });

  test('of a provisioned deployment carry its utilisation and nothing else', () => {
    const limiter = createLimiter(deployment({ ptu: 10 }), manualClock());
    expect(limiter.admit({ tokens: 3_360 }).headers).toEqual({
      'azure-openai-deployment-utilization': '11.2%',
    });
  });
});

describe('utilisation', () => {
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
