import { createRandom } from '../random.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { expect, test } from 'vitest';
import { countPrompt, reasoningTokens, settleUsage, type Usage } from './usage.ts';

const said = (text: string) => ({ role: 'user', text }) as const;

test('a prompt costs three tokens, and each message four besides its text', () => {
  expect(countPrompt([], '')).toBe(3);
  expect(countPrompt([said('Hello')], '')).toBe(3 + 4 + 1);
  expect(countPrompt([said('Hello'), said('Hello world')], '')).toBe(3 + 4 + 1 + 4 + 2);
});

test('tools, calls and pictures cost tokens as well', () => {
  expect(countPrompt([said('Hello')], 'one two')).toBe(8 + 2);
  const calls = [
    { name: 'one', arguments: 'one two' },
    { name: 'two', arguments: 'three' },
  ];
  expect(countPrompt([{ ...said('Hello'), toolCalls: calls } as never], '')).toBe(8 + 3 + 2);
  expect(countPrompt([{ ...said('Hello'), media: 2 }], '')).toBe(8 + 2 * 85);
});

/** What a model thinks, with the next random numbers. */
function thought(effort: unknown, { isReasoning = true, seed = 1 } = {}): number {
  const body = effort === undefined ? {} : { reasoning_effort: effort };
  const deployment = { model: 'gpt-5', traits: { isReasoning } };
  return reasoningTokens({ body, deployment, random: createRandom(seed) } as unknown as DeploymentRequest);
}

test.each([
  ['none', 0],
  ['minimal', 0],
  ['low', 64],
  ['medium', 192],
  ['high', 576],
  ['xhigh', 1152],
  ['max', 2304],
])('an effort of %s thinks in %i tokens, or one or two steps of 64 more', (effort, least) => {
  const found = new Set(Array.from({ length: 40 }, (_, seed) => thought(effort, { seed })));
  const steps = least === 0 ? [0] : [least, least + 64, least + 128];
  expect([...found].toSorted((a, b) => a - b)).toEqual(steps);
});

test('without an effort the model has its own, an unknown one is none, and other models do not think', () => {
  expect(thought(undefined)).toBe(thought('medium'));
  expect(thought(7)).toBe(thought('medium'));
  expect(thought('odd')).toBe(0);
  expect(thought('high', { isReasoning: false })).toBe(0);
});

test('a scripted number wins over the estimate, also when it is zero', () => {
  const estimated = { prompt: 1, cached: 2, completion: 3, reasoning: 4, audio: 5 } as Usage;
  expect(settleUsage(estimated, undefined)).toBe(estimated);
  expect(settleUsage(estimated, {})).toEqual(estimated);
  expect(
    settleUsage(estimated, { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 }),
  ).toEqual({ prompt: 0, cached: 0, completion: 0, reasoning: 0, audio: 5 });
});
