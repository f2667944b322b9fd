import { expect, test } from 'vitest';
import { useSteps } from './stepped-calls.ts';

const setUp = useSteps();

const body = {
  ...{ id: 'resp_1234567890', object: 'response', status: 'completed', model: 'gpt-4.1-2025', output: [] },
  usage: { input_tokens: 30, output_tokens: 4, input_tokens_details: { cached_tokens: 10 } },
};

test('a whole answer is settled with what it used and what is left, and wakes those that wait', async () => {
  const headers = { 'x-ratelimit-remaining-tokens': '77', 'x-request-id': 'one' };
  const { call, settled, events, wakes } = setUp({ first: [[200, body, headers]] });
  await call();
  expect(settled).toStrictEqual([
    { result: 'ok', tokens: { input: 30, output: 4, cachedInput: 10 }, observed: { remainingTokens: 77 } },
  ]);
  expect(wakes(), 'once for its headers, once for its end').toBe(2);
  const [succeeded] = events.filter(({ type }) => type === 'attempt-succeeded');
  expect(succeeded).toMatchObject({ attempt: 1, status: 200, durationMs: 2, requestId: 'one' });
  expect(events.at(-1)).toMatchObject({
    ...{ type: 'call-finished', outcome: 'ok', deployment: 'first', responseModel: 'gpt-4.1-2025' },
    ...{ responseId: 'resp_1234567890', usage: { inputTokens: 30, outputTokens: 4, cachedInputTokens: 10 } },
  });
});

test('a whole answer that tells nothing of that is settled as it was estimated', async () => {
  const { usage, ...without } = body;
  const { call, settled, events } = setUp({ first: [[200, without]] });
  expect((await call()).json).toEqual(without);
  expect(usage).toBeDefined();
  expect(settled).toMatchObject([{ result: 'ok' }]);
  expect(settled[0]?.tokens).toBeUndefined();
  expect(Object.keys(settled[0] ?? {})).not.toContain('tokens');
  const [succeeded] = events.filter(({ type }) => type === 'attempt-succeeded');
  expect(Object.keys(succeeded ?? {})).not.toContain('requestId');
  expect(events.at(-1)).not.toHaveProperty('usage');
});
