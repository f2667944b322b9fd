import { describe, expect, test, vi } from 'vitest';
import type { OperationRequest } from '../service/operation.ts';
import { asked, askedOf } from './asked.fake.ts';
import type { Fault } from './fault.ts';
import { unavailable } from './service-faults.ts';
import { highDemand, rateLimited, type RateLimitedOptions } from './throttling.ts';

function answerOf(fault: Fault, request = asked()) {
  const { response } = fault.intervention(request);
  return { headers: response?.headers, text: response?.kind === 'json' ? response.text : '' };
}

describe('a throttled request', () => {
  test.each<[RateLimitedOptions, Record<string, string>]>([
    [{}, { 'retry-after': '1', 'retry-after-ms': '1000' }],
    [{ retryAfterMs: 0 }, { 'retry-after': '0', 'retry-after-ms': '0' }],
    [{ retryAfterMs: 1_001 }, { 'retry-after': '2', 'retry-after-ms': '1001' }],
    [{ retryAfter: 0 }, { 'retry-after': '0' }],
    [{ retryAfter: '2' }, { 'retry-after': '2' }],
    [
      { retryAfter: 2, retryAfterMs: 500 },
      { 'retry-after': '2', 'retry-after-ms': '500' },
    ],
    [{ retryAfter: 2, hints: ['retry-after-ms'] }, { 'retry-after-ms': '2000' }],
    [
      {
        retryAfterMs: 1_500,
        hints: ['x-ratelimit-reset-requests', 'x-ratelimit-reset-tokens', 'x-ms-retry-after-ms'],
      },
      { 'x-ratelimit-reset-requests': '2', 'x-ratelimit-reset-tokens': '2', 'x-ms-retry-after-ms': '1500' },
    ],
    [{ hints: ['message'] }, {}],
  ])('%j says so in these headers', (options, headers) => {
    expect(answerOf(rateLimited(options)).headers).toEqual(headers);
  });

  test('counts the seconds to a date, and none to one that has passed', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1), toFake: ['Date'] });
    try {
      const at = (ms: number) => rateLimited({ retryAfter: new Date(Date.now() + ms).toUTCString() });
      expect(answerOf(at(90_000), askedOf()).text).toContain('Please retry after 90 seconds.');
      expect(answerOf(at(-90_000), askedOf()).text).toContain('Please retry after 1 second.');
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ['/openai/v1/chat/completions', 'ChatCompletions_Create'],
    ['/openai/v1/completions', 'Completions_Create'],
    ['/openai/v1/embeddings', 'Embeddings_Create'],
    ['/openai/v1/responses', 'Responses_Create'],
    ['/openai/v1/images/generations', 'ImageGenerations_Create'],
  ])('at %s is told of %s', (path, operation) => {
    expect(answerOf(rateLimited(), askedOf({ path })).text).toContain(
      `This request was for ${operation} under`,
    );
  });

  test.each<[RateLimitedOptions, OperationRequest, string, string]>([
    [{}, askedOf({ api: 'preview' }), 'RateLimitReached', 'under OpenAI Language Model Instance API.'],
    [
      {},
      askedOf({ surface: 'dated', api: '2024-10-21' }),
      'RateLimitReached',
      'under Azure OpenAI API version 2024-10-21.',
    ],
    [{ kind: 'call' }, askedOf(), 'RateLimitReached', 'exceeded the call rate limit'],
    [{}, askedOf(), 'RateLimitReached', 'exceeded the token rate limit'],
    [{ era: '2024' }, askedOf(), '429', 'exceeded token rate limit'],
    [{}, askedOf({ era: '2024' }), '429', 'exceeded token rate limit'],
    [{ era: '2025' }, askedOf({ era: '2024' }), 'RateLimitReached', 'exceeded the token rate limit'],
    [{ message: 'Slow down.' }, askedOf(), 'RateLimitReached', 'Slow down.'],
    [{ message: 'Slow down.', era: '2024' }, askedOf(), '429', 'Slow down.'],
    [{ hints: ['retry-after'] }, askedOf(), '429', 'peak load. For improved'],
    [{}, asked(), '429', 'peak load. For improved'],
  ])('%j is worded for its request', (options, request, code, words) => {
    const { error } = JSON.parse(answerOf(rateLimited(options), request).text) as {
      error: { code: string; message: string };
    };
    expect(error).toEqual({ code, message: expect.stringContaining(words) as string });
  });

  test.each([
    [highDemand(), '20', '20000', 'retry after 20 seconds. For'],
    [highDemand({ retryAfter: 1 }), '1', '1000', 'retry after 1 second. For'],
  ])('of a service that is overloaded says when it is not', (fault, seconds, ms, words) => {
    const { headers, text } = answerOf(fault);
    expect(headers).toEqual({ 'retry-after': seconds, 'retry-after-ms': ms });
    expect(text).toContain(words);
  });

  test.each([
    [undefined, {}],
    [1, { 'retry-after': '1', 'retry-after-ms': '1' }],
    [1_500, { 'retry-after': '2', 'retry-after-ms': '1500' }],
    [2_000, { 'retry-after': '2', 'retry-after-ms': '2000' }],
  ])('and a service that is down after %s ms', (retryAfterMs, headers) => {
    const fault = unavailable(retryAfterMs === undefined ? {} : { retryAfterMs });
    expect(answerOf(fault).headers).toEqual(headers);
  });
});
