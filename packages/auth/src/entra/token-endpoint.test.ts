import { expect, test } from 'vitest';
import { tokenEndpoint } from './token-endpoint.ts';

const startMs = Date.UTC(2026, 10, 22);

function answer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): {
  status: number;
  headers: { get: (name: string) => string | undefined };
} {
  return { status, headers: { get: (name) => headers[name] } };
}

test.each([
  [429, { 'retry-after': '30' }, 30],
  [503, { 'retry-after': ' 5 ' }, 5],
  [429, { 'retry-after': 'Sun, 22 Nov 2026 00:01:00 GMT' }, 60],
  [429, { 'retry-after-ms': '2500', 'retry-after': '30' }, 3],
  [429, { 'x-ms-retry-after-ms': '4000' }, 4],
])(
  'a %i with %j asks for a pause of %i s, and tells the caller at once',
  async (status, headers, seconds) => {
    let nowMs = startMs;
    const { policy, throwIfThrottled } = tokenEndpoint({ timeoutMs: 1000, now: () => nowMs });
    const message = `the token endpoint asks for a pause of ${seconds} s`;
    await expect(policy.sendRequest({ timeout: 0 }, async () => answer(status, headers))).rejects.toThrow(
      message,
    );
    expect(throwIfThrottled).toThrow(message);
    nowMs += seconds * 1000;
    expect(throwIfThrottled).not.toThrow();
  },
);

test.each([
  [429, {}],
  [429, { 'retry-after': '1' }],
  [429, { 'retry-after': '2' }],
  [429, { 'retry-after-ms': '2000' }],
  [429, { 'retry-after': '30 seconds' }],
  [429, { 'retry-after': 'x30' }],
  [429, { 'retry-after': 'soon' }],
  [429, { 'retry-after': '-5' }],
  [429, { 'retry-after': 'Sat, 21 Nov 2026 00:00:00 GMT' }],
  [200, { 'retry-after': '30' }],
  [500, { 'retry-after': '30' }],
])('a %i with %j is left to the pipeline', async (status, headers) => {
  const { policy, throwIfThrottled } = tokenEndpoint({ timeoutMs: 1000, now: () => startMs });
  const response = answer(status, headers);
  expect(await policy.sendRequest({ timeout: 0 }, async () => response)).toBe(response);
  expect(throwIfThrottled).not.toThrow();
});

test('gives every request a time limit, and respects one that it has', async () => {
  const { policy } = tokenEndpoint({ timeoutMs: 1000 });
  const timeouts: number[] = [];
  for (const timeout of [0, 300]) {
    await policy.sendRequest({ timeout }, async (request) => {
      timeouts.push(request.timeout);
      return answer(200);
    });
  }
  expect(timeouts).toEqual([1000, 300]);
});
