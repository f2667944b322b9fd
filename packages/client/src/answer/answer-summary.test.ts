import { expect, test } from 'vitest';
import { summarize } from './answer-summary.ts';

test.each([
  [null, {}],
  [{}, {}],
  [{ id: 1, model: 2, choices: 'x', status: 3 }, {}],
  [
    { id: 'a', model: 'm', choices: [{ finish_reason: 'stop' }, null, { finish_reason: null }, {}] },
    { responseId: 'a', responseModel: 'm', finishReasons: ['stop'] },
  ],
  [
    { id: 'a', status: 'completed' },
    { responseId: 'a', finishReasons: ['completed'] },
  ],
  [{ choices: [], status: 'completed' }, {}],
])('of %j is %j', (answer, summary) => {
  expect(summarize(answer, false)).toEqual(summary);
});

test('holds the messages only where they are wanted', () => {
  const answer = { choices: [{ message: { role: 'assistant', content: 'Hi' } }] };
  const content = [{ role: 'assistant', parts: [{ type: 'text', content: 'Hi' }] }];
  expect(summarize(answer, true)).toEqual({ content });
  expect(summarize(answer, false)).toEqual({});
});
