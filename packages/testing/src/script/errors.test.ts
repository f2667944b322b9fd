import { expect, test } from 'vitest';
import { UnconsumedRepliesError, UnexpectedRequestError } from './errors.ts';

test.each([
  [undefined, 'empty'],
  ['text', 'text'],
  [{ a: 1 }, '{"a":1}'],
  ['x'.repeat(200), 'x'.repeat(200)],
  ['x'.repeat(201), `${'x'.repeat(200)}…`],
])('a request that was not expected is told with its body, which is shortened: %j', (body, shown) => {
  const error = new UnexpectedRequestError({ method: 'POST', path: '/openai/v1/responses', body }, 'chat');
  expect(error.message).toBe(
    `POST /openai/v1/responses was not expected: nothing is scripted for "chat", and its body is ${shown}. Script it with \`azure.reply("chat", …)\`, or start the mock without \`strict\`.`,
  );
  expect(error).toMatchObject({
    name: 'UnexpectedRequestError',
    code: 'UNEXPECTED_REQUEST',
    method: 'POST',
    path: '/openai/v1/responses',
    body,
  });
});

test('what was not asked for is told line by line, with its number where there are several', () => {
  const replies = [
    { target: 'chat', reply: '"one"', left: 1 },
    { target: '*', reply: '"two"', left: 2 },
  ];
  const error = new UnconsumedRepliesError(replies);
  expect(error.message).toBe(
    'Scripted but never asked for:\n  "chat": "one"\n  "*": "two" (2 times)\nSend the requests that they wait for, or remove them.',
  );
  expect(error).toMatchObject({ name: 'UnconsumedRepliesError', code: 'UNCONSUMED_REPLIES', replies });
});
