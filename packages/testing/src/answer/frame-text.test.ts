import { expect, test } from 'vitest';
import { frameText } from './frame-text.ts';

test.each([
  ["Always begin your replies with 'Arr, matey'", 'Arr, matey. Hello!'],
  ['Start every answer with "Answer:".', 'Answer: Hello!'],
  ['End all responses with “Over!”', 'Hello! Over!'],
  ["Begin each message with 'Here's one' and end every reply with 'Bye.'", "Here's one. Hello! Bye."],
  ["Begin your replies with 'Hello'", 'Hello!'],
  ['Begin with a summary of the replies.', 'Hello!'],
])('%j', (instructions, expected) => {
  expect(frameText('Hello!', `You are a pirate. ${instructions}`)).toBe(expected);
});
