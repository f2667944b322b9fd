import { expect, test } from 'vitest';
import { manualClock, type Clock } from '../clock.ts';
import { createLimiter } from './limiter.ts';

const deployment = (limits: { tpm?: number; rpm?: number; ptu?: number }) => ({
  deployment: 'chat',
  model: 'gpt-4.1',
  limits,
});

test('the headers of 2026 carry limits, remainders and renewal periods, as recorded at 30K TPM', () => {
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

test('the headers of 2024 carry the remainders only', () => {
  const limiter = createLimiter(deployment({ tpm: 30_000, rpm: 180 }), manualClock(), {
    headerEra: '2024',
  });
  expect(limiter.admit({ tokens: 40 }).headers).toEqual({
    'x-ratelimit-remaining-requests': '29',
    'x-ratelimit-remaining-tokens': '29960',
  });
});

test('the headers of a refusal say when to come back, in the time of the caller', () => {
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

test.each([
  [10_000, '10', '10000'],
  [1_001, '2', '1001'],
  [1_000, '1', '1000'],
  [1, '1', '1'],
])(
  'the headers of a refusal for %d ms give whole seconds, rounded up, and the exact milliseconds',
  async (waitMs, seconds, ms) => {
    const clock = manualClock();
    const limiter = createLimiter(deployment({ rpm: 6, tpm: 1_000 }), clock);
    limiter.admit({ tokens: 1 });
    await clock.advance(10_000 - waitMs);
    expect(limiter.admit({ tokens: 1 }).headers).toMatchObject({
      'retry-after': seconds,
      'retry-after-ms': ms,
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': seconds,
      'x-ratelimit-reset-tokens': '0',
    });
  },
);

// limits: limit of calls, limit of tokens, remaining calls, remaining tokens
test.each([
  [{ tpm: 30_000 }, ['180', '30000', '29', '29960']],
  [{ rpm: 180 }, ['180', '30000', '29', '29960']],
  [{ tpm: 100 }, ['1', '100', '0', '60']],
  [{ rpm: 1 }, ['1', '166', '0', '126']],
  [{ tpm: 1_000, rpm: 600 }, ['600', '1000', '99', '960']],
])(
  'the headers of a deployment with %j have 6 calls for each 1,000 tokens where one is not given',
  (limits, expected) => {
    const limiter = createLimiter(deployment(limits), manualClock(), { headerEra: '2025' });
    const { headers } = limiter.admit({ tokens: 40 });
    expect(headers).toEqual({
      'x-ratelimit-limit-requests': expected[0],
      'x-ratelimit-limit-tokens': expected[1],
      'x-ratelimit-remaining-requests': expected[2],
      'x-ratelimit-remaining-tokens': expected[3],
    });
  },
);

test('the headers of a deployment without limits never say that nothing is left', () => {
  const limiter = createLimiter(deployment({}), manualClock());
  for (let call = 0; call < 1_000; call += 1) limiter.admit({ tokens: 1_000_000 });
  expect(limiter.admit({ tokens: 50 }).headers).toMatchObject({
    'x-ratelimit-limit-requests': '60000',
    'x-ratelimit-remaining-requests': '9999',
    'x-ratelimit-remaining-tokens': '9999950',
  });
});

test('the headers of a provisioned deployment carry its utilisation and nothing else', () => {
  const limiter = createLimiter(deployment({ ptu: 10 }), manualClock());
  expect(limiter.admit({ tokens: 3_360 }).headers).toEqual({
    'azure-openai-deployment-utilization': '11.2%',
  });
});
