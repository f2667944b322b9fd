import { expect, test } from 'vitest';
import { rateLimitMessage, type RateLimitSubject } from './rate-limit-message.ts';

const subject: RateLimitSubject = {
  kind: 'token',
  retryAfterMs: 7_000,
  operation: 'ChatCompletions_Create',
  api: '2024-10-21',
  deployment: 'chat',
  model: 'gpt-4.1',
  region: 'Sweden Central',
};

test('the wording of 2024', () => {
  expect(rateLimitMessage(subject, '2024')).toEqual({
    code: '429',
    message:
      'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 7 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.',
  });
});

test('the wording since the middle of 2025', () => {
  expect(rateLimitMessage({ ...subject, kind: 'call', account: 'AIServices' })).toEqual({
    code: 'RateLimitReached',
    message:
      'Your requests to chat for gpt-4.1 in Sweden Central have exceeded the call rate limit for your current AIServices S0 pricing tier. This request was for ChatCompletions_Create under Azure OpenAI API version 2024-10-21. Please retry after 7 seconds. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.',
  });
});

test('v1 is named after the language model instance, and one second is singular', () => {
  expect(rateLimitMessage({ ...subject, api: 'v1', retryAfterMs: 1 }).message).toContain(
    'under OpenAI Language Model Instance API. Please retry after 1 second. To',
  );
});
