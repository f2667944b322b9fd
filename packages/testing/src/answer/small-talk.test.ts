import { expect, test } from 'vitest';
import { smallTalk } from './small-talk.ts';

const hello = 'Hello! How can I help you today?';
const helloWorld = 'Hello, world! How can I help you today?';
const welcome = "You're welcome! Is there anything else I can help with?";
const works = 'The test works: your message arrived.';
const well = "I'm well, thank you! How can I help you today?";

test.each([
  ['hello world', helloWorld],
  ['Hello, World!!', helloWorld],
  [' hello \n world ', helloWorld],
  ['Hello', hello],
  ['hi there!', hello],
  ['Hey, Ada', hello],
  ['HELLO ...', hello],
  ['Howdy', hello],
  ['Greetings', hello],
  ['Good  morning!', hello],
  ['good evening, everyone.', hello],
  ['Hi, how are you?', hello],
  ['Hi Ada, how are you doing today?', hello],
  ['How are you?', well],
  ['how are you feeling', well],
  ['Thanks', welcome],
  ['Thank you so much, that was kind of you!', welcome],
  ['thx!', welcome],
  ['Cheers', welcome],
  ['ping', 'pong'],
  ['Ping!?', 'pong'],
  ['Test', works],
  ['testing ...', works],
  ['Hallo', 'Hallo! Wie kann ich helfen?'],
  ['MOIN!', 'Moin! Wie kann ich helfen?'],
  ['bonjour !', 'Bonjour ! Comment puis-je vous aider ?'],
  ['ciao...', 'Ciao! Come posso aiutarti?'],
])('%j is greeted or thanked', (text, expected) => {
  expect(smallTalk(text)).toBe(expected);
});

test.each([
  'Hello world cup results',
  'Say, was it? Hello world',
  'Hello, when does the canteen open',
  'Why do people say hello',
  'Many thanks',
  'Thanks, but when does the canteen open?',
  'Thank you for your report, which has arrived in our office today',
  'Thankless work',
  'The load test',
  'Test the connection',
  'The ping',
  'Ping the server',
  'Tell me how are you built',
  'Hallo Welt',
  'Hol-a',
  '',
])('%j is no greeting', (text) => {
  expect(smallTalk(text)).toBeUndefined();
});

test.each([
  ['Say this is a test', 'this is a test'],
  ['Please say yes.', 'yes'],
  ['please  just   now say yes', 'yes'],
  ['Can you repeat after me: one, two', 'one, two'],
  ['Repeat after me: Hello, how are you?', 'Hello, how are you?'],
  ['Repeat after me: first line\nsecond line', 'first line\nsecond line'],
  ['Repeat: one two', 'one two'],
  ['echo back ok', 'ok'],
  ['Echo : ok', 'ok'],
  ['Reply only with OK', 'OK'],
  ['Respond exactly with OK', 'OK'],
  ['answer just with: OK', 'OK'],
  ['Answer with 42', '42'],
  ['Reply with exactly: OK', 'OK'],
  ['Reply with just the single word pong', 'pong'],
  ['Reply with a single word: pong', 'pong'],
  ['Respond with the following text: a. b.', 'a. b'],
  ['Respond with the following: a', 'a'],
  ['Output only the words one two', 'one two'],
  ['Print  the  number 7', 'the  number 7'],
  ['Print the number 7', '7'],
  ['Return one word: yes', 'yes'],
  ['Say this: no', 'no'],
  ['Say this text: no', 'no'],
  ['Say "it works" twice', 'it works'],
  ['Say “it works”', 'it works'],
  ["Say 'it's fine'", "it's fine"],
  ['Say `x = 1`.', 'x = 1'],
  ['Say it is "so" and so', 'it is "so" and so'],
  ['Say pong and nothing else.', 'pong'],
  ['Say pong, nothing else!', 'pong'],
  ['Say pong only', 'pong'],
  ['Say pong  please.', 'pong'],
  ['Say pong without any other word', 'pong'],
  ['Say only the brave', 'the brave'],
  ['Say yes please to all', 'yes please to all'],
  ['Print ok? yes', 'ok? yes'],
  ['Say pleased to meet you', 'pleased to meet you'],
  ['Say wait...', 'wait...'],
  ['Say v1.5 is here', 'v1.5 is here'],
  ['Say hi', 'Hi!'],
  ['Say exactly: hello', 'hello'],
  ['Reply with exactly hi', 'hi'],
  ['say hello back', 'Hello back!'],
  ['say hello world', 'Hello world!'],
  ['say hello, friends', 'hello, friends'],
  ['Say oh hi', 'oh hi'],
  ['Say another thing', 'another thing'],
  ['Say yours truly', 'yours truly'],
  ['Say whatever', 'whatever'],
])('%j is repeated', (text, expected) => {
  expect(smallTalk(text)).toBe(expected);
});

test.each([
  'Say something nice',
  'Say anything',
  'Say why it rains',
  'Say how it works',
  'Say what you know',
  'Say whether it rains',
  'Say to him that it rains',
  'Print a list',
  'Return an object',
  'Print your rules',
  'Output some text',
  'Return JSON with two keys',
  'Answer with in mind',
  'They say yes',
  'Essay about trees',
  'Saying yes',
  'Say',
  'Return policy for shoes?',
  'Print quality of the office printer?',
  'Reply to this mail',
])('%j is no order to repeat words', (text) => {
  expect(smallTalk(text)).toBeUndefined();
});

test.each([
  ['What is 2+2?', '2 + 2 = 4'],
  ["what's 10  -  4", '10 - 4 = 6'],
  ['What is 10-4?', '10 - 4 = 6'],
  ['10-4', '10 - 4 = 6'],
  ['Calculate: 10-4.', '10 - 4 = 6'],
  ['Calculate: 1.5 * 2.25', '1.5 * 2.25 = 3.375'],
  ['-3 + 5', '-3 + 5 = 2'],
  ['3 - -5', '3 - -5 = 8'],
  ['What is 5 − 7?', '5 − 7 = -2'],
  ['Hey, 12 × 3?', '12 × 3 = 36'],
  ['Hey, 12+3?', '12 + 3 = 15'],
  ['Hey, 12 - 3?', '12 - 3 = 9'],
  [`${'Well '.repeat(15)} 2+2?`, '2 + 2 = 4'],
  ['How much is 12 x 3', '12 x 3 = 36'],
  ['9 / 3', '9 / 3 = 3'],
  ['9 ÷ 2', '9 ÷ 2 = 4.5'],
  ['1 / 0', '1 / 0 = undefined'],
  ['0.1 + 0.2', '0.1 + 0.2 = 0.3'],
  ['Compute 2 PLUS 3', '2 PLUS 3 = 5'],
  ['What is 2 minus 3?', '2 minus 3 = -1'],
  ['What is 4 times 3?', '4 times 3 = 12'],
  ['What is 4 multiplied by 3?', '4 multiplied by 3 = 12'],
  ['What is 12 divided by 3?', '12 divided by 3 = 4'],
  ['What is 7 * 8? Just the result.', '56'],
  ['What is 7 * 8? Only the result.', '56'],
  ['What is 7 * 8? Give me a number.', '56'],
  ['What is 7 * 8? In digits.', '56'],
  ['Solve 8x + 31 = 7', 'Subtract 31 from both sides: 8x = -24. Divide both sides by 8: x = -3.'],
  ['2*y-3=7', 'Add 3 to both sides: 2y = 10. Divide both sides by 2: y = 5.'],
  ['2 * y  -  3 = -7', 'Add 3 to both sides: 2y = -4. Divide both sides by 2: y = -2.'],
  ['Solve x + 3 = 5', 'Subtract 3 from both sides: 1x = 2. Divide both sides by 1: x = 2.'],
  ['Solve -x + 3 = 5', 'Subtract 3 from both sides: -1x = 2. Divide both sides by -1: x = -2.'],
  [
    'Solve 1.5x + 0.1 = 0.3',
    'Subtract 0.1 from both sides: 1.5x = 0.2. Divide both sides by 1.5: x = 0.133333333333.',
  ],
  ['What is 15% of 200?', '15% of 200 is 30.'],
  ['12.5 percent of 19.99', '12.5% of 19.99 is 2.49875.'],
])('%j is calculated', (text, expected) => {
  expect(smallTalk(text)).toBe(expected);
});

test.each([
  ['a date', 'Which meetings are there on 2026-11-30?'],
  ['a date', 'Who was here on 11/12/2026?'],
  ['a range of numbers', 'Is the canteen open 9-17?'],
  ['a range of years', 'How many were there in 2020-2024?'],
  ['a telephone number', 'Call 555-1234'],
  ['a longer sum', 'What is 10 - 2 - 3?'],
  ['a longer sum', 'What is 2 + 3 * 4?'],
  ['a longer sum', 'What is 2 plus 3 times 4?'],
  ['a size with a unit', 'Do 3 x 2.5 m suffice?'],
  ['a term', '2 + 22x'],
  ['a product name', 'What is the A4+5 plan?'],
  ['a name', 'Solve max + 3 = 5'],
  ['a text of more than 80 characters', `${'Well '.repeat(15)}now 2+2?`],
])('the numbers of %s are not calculated: %j', (_, text) => {
  expect(smallTalk(text)).toBeUndefined();
});

test.each([
  ['Count from 1 to 5', '1, 2, 3, 4, 5'],
  ['count to 3', '1, 2, 3'],
  ['Count up to 3', '1, 2, 3'],
  ['Count from 12 through 10', '12, 11, 10'],
  ['List the numbers 3-5', '3, 4, 5'],
  ['Which number 7 to 7', '7'],
  ['Count from 1 to 3, with a period at the end', '1, 2, 3.'],
])('%j is counted', (text, expected) => {
  expect(smallTalk(text)).toBe(expected);
});

test('counts a thousand numbers at most', () => {
  expect(smallTalk('Count from 1 to 9000')?.split(', ')).toHaveLength(1000);
});

test.each(['Discount to 5', 'Count the votes', 'Count from 1 to 12345', 'Numbering 1 to 5'])(
  '%j is not counted',
  (text) => {
    expect(smallTalk(text)).toBeUndefined();
  },
);

test.each([
  ['What is the capital of France?', 'The capital of France is Paris.'],
  ['capital city of the United Kingdom', 'The capital of the United Kingdom is London.'],
  ['What is the capital of France ? Answer in one word.', 'Paris'],
  ['What is the capital of Sweden? Only the name.', 'Stockholm'],
  ['Just the capital of Japan!', 'Tokyo'],
  ['What is the capital of Atlantis?', undefined],
  ['What is the capital of France and Germany?', undefined],
  ['Is the capital of the company in France?', undefined],
])('%j is answered: %j', (text, expected) => {
  expect(smallTalk(text)).toBe(expected);
});

test('knows one joke', () => {
  expect(smallTalk('Tell me a joke!')).toMatch(/^Why did the test call the mock\?/);
  expect(smallTalk('Who is the Joker?')).toBeUndefined();
});

test('a prompt of more than 400 characters is no small talk', () => {
  const joke = 'Tell me a joke';
  expect(smallTalk(joke.padEnd(410, ' '))).toBeDefined();
  expect(smallTalk(`${joke} ${'a'.repeat(385)}`)).toBeDefined();
  expect(smallTalk(`${joke} ${'a'.repeat(386)}`)).toBeUndefined();
});
