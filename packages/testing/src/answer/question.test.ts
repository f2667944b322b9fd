import { expect, test } from 'vitest';
import { questionParts } from './question-parts.ts';
import { findQuestion } from './question.ts';
import { refersBack } from './refers-back.ts';

test.each([
  ['{"question":"How long?","documents":[1]}', 'How long?', '{"documents":[1]}'],
  [' {"query":"How long?"}', 'How long?', '{}'],
  ['{"question":7,"input":"How long?"}', 'How long?', '{}'],
  ['{"text":"How long?"}', '{"text":"How long?"}', ''],
  ['["How long?"]', '["How long?"]', ''],
  ['{"question": How long', '{"question": How long', ''],
])('the question of the JSON %j is %j', (text, question, material) => {
  expect(findQuestion(text)).toEqual({ question, material });
});

test.each([
  ['Question: How long?', 'How long?', ''],
  ['Leave is long.\nQuestion: How long?\nAnswer:', 'How long?', 'Leave is long.'],
  ['Leave is long.\n\n **Question:**  How long? \n\n response : \n', 'How long?', 'Leave is long.'],
  ['## The user question: How long?\nLeave is long.', 'How long?', 'Leave is long.'],
  ["> The user's question is: How long?\nLeave is long.", 'How long?', 'Leave is long.'],
  ['My new query: How long?\nLeave is long.', 'How long?', 'Leave is long.'],
  ['Follow-up question from the user : How long?\nLeave is long.', 'How long?', 'Leave is long.'],
  ['followup question*: How long?', 'How long?', ''],
  ['# Question:\n\nHow long?\n\n# Text:\nLeave is long.', 'How long?', '# Text:\nLeave is long.'],
  ['- FRAGE: Wie lange?\nLang.', 'Wie lange?', 'Lang.'],
  ['Question: First?\nIt is June.\nLast question: Second?', 'Second?', 'Question: First?\nIt is June.'],
  ['Query: How long?\nThe answer:\nLeave is long.', 'How long?', 'The answer:\nLeave is long.'],
  ['Query: How long?\nLeave is long. Answer:', 'How long?', 'Leave is long. Answer:'],
])('the question of the prompt %j is what its label says: %j', (text, question, material) => {
  expect(findQuestion(text)).toEqual({ question, material });
});

test.each([
  ['<question> How long? </question> Leave is long.', 'How long?', 'Leave is long.'],
  ['Leave is long.\n<USER_QUERY>\nHow long?\n</USER_QUERY>', 'How long?', 'Leave is long.'],
  ['<query>a</question> b', '<query>a</question> b', ''],
])('the question of %j is in its tag: %j', (text, question, material) => {
  expect(findQuestion(text)).toEqual({ question, material });
});

test.each([
  [' Summarise this:  The river flooded the town. ', 'Summarise this', 'The river flooded the town.'],
  [
    'Translate to German:\nThe river flooded\n\nthe town.',
    'Translate to German',
    'The river flooded\n\nthe town.',
  ],
  ['Translate to German : The river flooded the town.', 'Translate to German', 'The river flooded the town.'],
  ['Keyword: a river flooded the town', 'Keyword', 'a river flooded the town'],
  ['Note: the river flooded the town', 'Note: the river flooded the town', ''],
  ['Summarise this: too short', 'Summarise this: too short', ''],
  ['Title: 12345678901234567890', 'Title', '12345678901234567890'],
  [
    `Title ${'a'.repeat(155)}: the river flooded the town`,
    `Title ${'a'.repeat(155)}: the river flooded the town`,
    '',
  ],
  [
    `Title ${'a'.repeat(154)}: the river flooded the town`,
    `Title ${'a'.repeat(154)}`,
    'the river flooded the town',
  ],
  ['Be kind.\nSummarise this: the river flooded', 'Be kind.\nSummarise this: the river flooded', ''],
])('the task of %j stands before its colon: %j', (text, question, material) => {
  expect(findQuestion(text)).toEqual({ question, material });
});

test.each([
  ['It is June.\n\nHow long is it? \n\nIt was May.', 'How long is it?', 'It is June.\n\nIt was May.'],
  ['Is it June?\n\nIt is.\n \nHow long is it?', 'How long is it?', 'Is it June?\n\nIt is.'],
  ['How long is it?\n\nIt is June.', 'How long is it?', 'It is June.'],
  ['\n\nHow long is it?\n\n\n', 'How long is it?', ''],
  ['Do it.\n\nIt is June, and July.', 'Do it.', 'It is June, and July.'],
  ['It is June, and July.\n\nDo it.', 'Do it.', 'It is June, and July.'],
  ['Short.\n\nA long one in the middle.\n\n Short.', 'Short.', 'A long one in the middle.\n\n Short.'],
  ['Same.\n\nEqual', 'Equal', 'Same.'],
  [`Do it.\n\n${'It is '.repeat(99)}June?`, `${'It is '.repeat(99)}June?`, 'Do it.'],
  [`Do it.\n\n${'It is '.repeat(100)}June?`, 'Do it.', `${'It is '.repeat(100)}June?`],
  ['Do it?! \n\nIt is June, and July.', 'Do it?!', 'It is June, and July.'],
])(
  'the question of the paragraphs %j is the last that asks, else the short one at an end: %j',
  (text, question, material) => {
    expect(findQuestion(text)).toEqual({ question, material });
  },
);

test.each([
  [
    'It is June. How long is it? I wonder. Is it July?',
    'How long is it? Is it July?',
    'It is June.\nI wonder.',
  ],
  [' How long is it? Is it July? ', 'How long is it? Is it July?', ''],
  [' It is June. ', 'It is June.', ''],
  ['', '', ''],
])('the question of the sentences %j is those that ask: %j', (text, question, material) => {
  expect(findQuestion(text)).toEqual({ question, material });
});

test.each([
  ['Compare trains and buses', ['trains', 'buses']],
  ['please  contrast plan A with plan B!', ['plan A', 'plan B']],
  ['Compare plan A to plan B.', ['plan A', 'plan B']],
  ['Compare trains  against  buses?!', ['trains', 'buses']],
  ['What is the difference between trains  and  buses?', ['trains', 'buses']],
  ['Differences between trains and buses', ['trains', 'buses']],
  ['Standard vs Plus', ['Standard', 'Plus']],
  ['Standard  vs.  Plus?', ['Standard', 'Plus']],
  ['Standard versus Plus...', ['Standard', 'Plus']],
  ['ab vs Plus', ['ab vs Plus']],
  ['Plus vs ab', ['Plus vs ab']],
  [`${'a'.repeat(61)} vs Plus`, [`${'a'.repeat(61)} vs Plus`]],
  [`Plus vs ${'a'.repeat(61)}`, [`Plus vs ${'a'.repeat(61)}`]],
  ['Who can compare trains and buses', ['Who can compare trains and buses']],
  ['indifference between x and', ['indifference between x and']],
  [' How long is it, and when is it paid? ', ['How long is it', 'when is it paid?']],
  ['How long is it  and  who is there?', ['How long is it', 'who is there?']],
  ['How long is it? When is it paid? Why?', ['How long is it', 'When is it paid']],
  ['How long is it and when?', ['How long is it and when?']],
  ['How long are bread and butter', ['How long are bread and butter']],
  ['Explain the long rule and how it works', ['Explain the long rule and how it works']],
  ['How is the somewhat long rule and dogs', ['How is the somewhat long rule and dogs']],
  ['Is it howling and isolated now?', ['Is it howling and isolated now?']],
])('the parts of %j are %j', (text, parts) => {
  expect(questionParts(text)).toEqual(parts);
});

test.each([
  ['And for part-time staff?', true],
  ['What about Monday?', true],
  ['Does the rule hold?', true],
  ['How long is it?', true],
  ['Are those free?', true],
  ['How long is parental leave?', false],
  ['Android phones?', false],
  ['Bread and butter?', false],
  ['Italian food?', false],
  [`And ${'a'.repeat(115)}`, true],
  [`And ${'a'.repeat(116)}`, false],
])('%j refers to a question before it: %j', (question, expected) => {
  expect(refersBack(question)).toBe(expected);
});
