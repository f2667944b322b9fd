import { expect, test } from 'vitest';
import { readConversation } from './conversation.ts';
import { choose, doTask, keywords, summary, title } from './tasks.ts';

function order(text: string, { system = '', earlier = '' } = {}): string | undefined {
  const messages = [
    { role: 'system', text: system },
    { role: 'user', text: earlier },
    { role: 'user', text },
  ] as const;
  return doTask(readConversation({ model: 'gpt-5-mini', messages }));
}

const river =
  'The river flooded the town. Cats sleep. The town has a wall against the river. The river rose in the town. Old people watch the sky.';
const [first, cats, wall, rose, old] = [
  'The river flooded the town.',
  'Cats sleep.',
  'The town has a wall against the river.',
  'The river rose in the town.',
  'Old people watch the sky.',
];

test.each([
  ['Summarise this', [first, wall, rose].join(' ')],
  ['A summary', [first, wall, rose].join(' ')],
  ['TL;DR', [first, wall, rose].join(' ')],
  ['tldr', [first, wall, rose].join(' ')],
  ['Summarize in a single sentence', first],
  ['Summarize in ONE sentence', first],
  ['Summarize in two short sentences', `${first} ${rose}`],
  ['Summarize in two  short  sentences', `${first} ${rose}`],
  ['Summarize in 4 lines', [first, cats, wall, rose].join(' ')],
  ['A five-sentence summary', [first, cats, wall, rose, old].join(' ')],
  ['Summarize in 20 sentences', [first, cats, wall, rose, old].join(' ')],
  ['Summarize in 0 sentences', first],
  ['Summarise for someone senseless', [first, wall, rose].join(' ')],
  ['Name 1 main point', `- ${first}`],
  ['Name two main points', `- ${first}\n- ${rose}`],
  ['Give me 1 key point', `- ${first}`],
  ['Summarise as a list of 2 items', `- ${first}\n- ${rose}`],
  ['Summarise in two bulleted lines', `- ${first}\n- ${rose}`],
  ['Summarise for specialists in one line, without listening to disappointed people', first],
])('%j of a text', (task, expected) => {
  expect(order(`${task}:\n\n${river}`)).toBe(expected);
});

test('a summary holds no headings, no marks of a list and no sentence twice', () => {
  expect(
    summary('Prices:\n- Lunch costs money.\n2) Dinner costs money.\nLunch is lunch.\nLunch is lunch.'),
  ).toBe('Lunch costs money. Dinner costs money. Lunch is lunch.');
});

test('the marks of a list are taken from the beginning of a sentence only', () => {
  expect(summary('10) A big red lamp.')).toBe('A big red lamp.');
  expect(summary('*  A lamp of - well - 7) parts.')).toBe('A lamp of - well - 7) parts.');
});

test('the first sentence counts a little more, but not more than one about the subject', () => {
  expect(summary('Ice was cold there. Red wine tastes sweet.', 'one sentence')).toBe('Ice was cold there.');
  expect(
    summary('Hello and welcome, folks. Old red lamps shine. Red lamps, old lamps.', 'one sentence'),
  ).toBe('Red lamps, old lamps.');
});

test('a sentence of few words says little', () => {
  expect(summary('Ada sees many tall trees. Trees, trees! Tall trees grow.', 'two sentences')).toBe(
    'Ada sees many tall trees. Tall trees grow.',
  );
});

test('a summary prefers sentences about the subject of the text, short and long', () => {
  const text = `It rains. Snow fell on red roofs. Ice, frost, hail, snow, sleet, fog, wind, mist, dew cover roofs. Roofs carry snow.`;
  expect(summary(text, 'two sentences')).toBe('Snow fell on red roofs. Roofs carry snow.');
});

test.each([
  ['Give it a title', 'the cat, which slept, sat.', 'The cat'],
  ['Write a headline', 'the cat sat; it slept. Then it left.', 'The cat sat'],
  ['Suggest a subject line', 'the cat – a very long story', 'The cat'],
  ['A title of the following', 'old-time cats sat!', 'Old-time cats sat'],
  ['A title', 'one  two three four five six seven eight nine', 'One two three four five six seven eight'],
  ['Entitle this', 'the cat sat on a mat', undefined],
  ['One keyword', 'of refunds of many trains', 'refunds trains'],
  ['A title', 'is it v1.5 or v2?! Or so', 'Is it v1.5 or v2'],
  ['Key words', 'The refunds and a refund of trains', 'refunds trains'],
  ['List the keywords', 'the cat sat on a mat', 'cat sat mat'],
  ['Translate the following to German', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Rewrite this', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Please rephrase this', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Paraphrase this', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Proofread the following', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Correct the following', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Simplify this', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Say the following formally', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Put the following in a formal tone', 'good morning, dear Ada', 'good morning, dear Ada'],
  ['Explain this', 'good morning, dear Ada', undefined],
])('%j: %j is answered by %j', (task, text, expected) => {
  expect(order(`${task}: ${text}`)).toBe(expected);
});

test('a title of nothing is empty', () => {
  expect(title('')).toBe('');
  expect(title('Over?!')).toBe('Over');
});

test('eight keywords at most', () => {
  expect(keywords('red blue green black white brown pink grey gold')).toBe(
    'red blue green black white brown pink grey',
  );
});

test.each([
  ['Classify this as bug, feature or praise: I see a feature', 'feature'],
  ['Classify this as bug, feature, or praise: I praise it very much', 'praise'],
  ['Categorise this as "bug report", \'feature\' and `praise`: This report is long', 'bug report'],
  ['Categorize this into A or B: B is what it is, I think', 'B'],
  ['Choose a label from the options bug / feature / praise: I praise it very much', 'praise'],
  ['Choose a label from the options bug|feature|praise: I praise it very much', 'praise'],
  ['Which category of the categories bug OR feature is this: a feature, I think', 'feature'],
  ['Give the sentiment as good or bad of the following: I hate it very much', 'bad'],
  ['Sentiment of the following: I hate it very much', 'negative'],
  ['What is the sentiment of "I love it"?', 'positive'],
  ['Label the following: I love it very much', undefined],
  ['Classify the following: I love it very much', undefined],
  ['Classify this without any label: I love it very much', undefined],
  ['Explain this as bug, feature or praise: I praise it very much', undefined],
  ['What is labelled as bug, feature or praise below: I praise it very much', undefined],
])('%j is classified: %j', (text, expected) => {
  expect(order(text)).toBe(expected);
});

test.each<[string, readonly string[], string]>([
  ['the sky is blue', ['red', 'blue'], 'blue'],
  ['the service failed; failing again', ['good', 'bad'], 'bad'],
  ['an odd enjoyment and a delightful day', ['good', 'bad'], 'good'],
  ['Disappointing and disappointed', ['good', 'bad'], 'bad'],
  ['We loved it', ['sad', 'joy'], 'joy'],
  ['She loves it', ['sad', 'joy'], 'joy'],
  ['We love it', ['sad', 'joy'], 'joy'],
  ['We hated it', ['joy', 'sad'], 'sad'],
  ['She hates it', ['joy', 'sad'], 'sad'],
  ['Thank you', ['sad', 'joy'], 'joy'],
  ['Most urgently', ['low', 'critical'], 'critical'],
  ['urgent', ['low', 'high'], 'high'],
  ['I hate bad good', ['good', 'bad'], 'bad'],
  ['the sky is light', ['light blue', 'light'], 'light'],
  ['nothing fits here', ['bug', 'other', 'feature'], 'other'],
  ['nothing fits here', ['otherwise', 'another', 'mother'], 'otherwise'],
  ['nothing fits here', ['bug', 'normal'], 'normal'],
  ['a bug', ['other', 'bug'], 'bug'],
  ['The best! Thanks, but slow', ['negative', 'positive'], 'positive'],
  ['Never again. It is broken, but nice', ['happy', 'angry'], 'angry'],
  ['I need it ASAP, there is an outage', ['low', 'urgent'], 'urgent'],
  ['No rush', ['high', 'low'], 'low'],
  ['20 °C', ['fahrenheit', 'celsius'], 'celsius'],
  ['imperial please', ['c', 'f'], 'f'],
  ['what', ['the', 'a'], 'the'],
  ['what', [], ''],
])('of %j, chooses from %j: %j', (text, options, expected) => {
  expect(choose(options, text)).toBe(expected);
});

test.each([
  ['It is good and nice', 'goodish', 'unjoy', 'positively'],
  ['It is bad and sad', 'badish', 'unsad', 'negatively'],
  ['It is urgent now', 'highly', 'unurgent', 'high up'],
  ['It is minor', 'lowest', 'below', 'minority'],
  ['It is celsius', 'celsiusx', 'xmetric', 'cc'],
  ['It is imperial', 'fahrenheitx', 'ximperial', 'ff'],
  ['It is odd', 'others', 'abnormal', 'mediums'],
])('the tone of %j is not that of words that are like its name: %s, %s, %s', (text, ...options) => {
  expect(choose(['lamp', ...options], text)).toBe('lamp');
});

test.each([
  ['the text in quotes', 'Translate "good day" to German', '', '', 'good day'],
  ['the text in quotes', 'Translate “good day” to German', '', '', 'good day'],
  ['what follows a short colon', 'Translate to German: hello', '', '', 'hello'],
  ['the message before', 'Rewrite it', '', 'good day', 'good day'],
  ['the message before', 'Translate our conversation', '', 'good day', 'good day'],
  [
    'the message when its task is in the instructions',
    'A "good" day',
    'You translate to German.',
    'x',
    'A "good" day',
  ],
  ['what follows a colon and blanks', 'Translate:  hello', '', '', 'hello'],
  ['the message when it is to be summarised', 'Tea is hot.', 'Summarise.', 'x', 'Tea is hot.'],
  ['the message when it is to be categorised', 'Bug', 'Categorize as bug or feature.', 'x', 'bug'],
  ['nothing', 'Translate to German', '', 'good day', undefined],
  ['nothing', 'Translate it', '', '', undefined],
  ['nothing', 'Translate "ab"', '', '', undefined],
])('a task works on %s: %j', (_, text, system, earlier, expected) => {
  expect(order(text, { system, earlier })).toBe(expected);
});

test.each([
  ['How long is parental leave?', 'When do trains go?', 'long parental leave'],
  ['And for adoptions?', 'How long is parental leave?', 'long parental leave adoptions'],
  ['Adoptions?', 'Employee: Ada\nQuestion: How long is parental leave?', 'long parental leave adoptions'],
  ['Is parental leave paid?', 'How much?', 'parental leave paid'],
  ['Does parental leave end?', '', 'parental leave end'],
  ['And?', '', 'And?'],
  ['And?', 'Why?', 'Why? And?'],
])('%j after %j as a search query', (text, earlier, expected) => {
  for (const system of ['Write a search query.', 'You write SEARCH QUERIES.'])
    expect(order(text, { system, earlier })).toBe(expected);
});
