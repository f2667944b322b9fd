import { expect, test } from 'vitest';
import { longForm } from './long-form.ts';

const haiku = (subject: string) =>
  `Quiet ${subject},\na line that waits for the next,\nthen the stream is done.`;

test.each([
  ['Write a haiku', 'the journey', 1],
  ['write a haiku about trees', 'trees', 1],
  ['Write two haikus on the old tree.', 'old tree', 2],
  ['Create Three short haikus about trees', 'trees', 3],
  ['Please compose 12 haikus about trees', 'trees', 12],
  ['Write 40  haikus about trees', 'trees', 20],
  ['Write 0 haikus about trees', 'trees', 1],
  ['Write a haiku of 17 syllables', 'the journey', 1],
  ['Write a haiku about trees in about 17 syllables', 'trees', 1],
  ['Write a HAIKU\nabout an apple', 'apple', 1],
  ['Write a haiku all about  a  lamp', 'lamp', 1],
  ['Write a haiku about  the  lamp  in  about  3  lines', 'lamp', 1],
  ['Write two short  haikus about trees', 'trees', 2],
])('%j: haikus about %s, %i of them', (order, subject, times) => {
  expect(longForm(order)).toBe(Array.from({ length: times }, () => haiku(subject)).join('\n\n'));
});

test.each(['poem', 'song'])('a %s has verses', (kind) => {
  expect(longForm(`Write a ${kind} about Paris`)).toMatch(
    /^In the morning there was Paris,\n.*\n\nAnd when we asked what Paris taught us,\n/s,
  );
});

const first = 'There is more to tea than a first look shows.';
const second = 'Whoever begins with the small things soon sees how they fit together.';

test.each([
  ['Write a story about tea in 11 words', `${first} ${second}`],
  ['Tell me a story of tea with 11 words.', `${first} ${second}`],
  ['Generate an essay on tea using about 11-word sentences', `${first} ${second}`],
  ['Draft an article for tea in about 11 words? No', `${first} ${second}`],
])('%j is about its subject', (order, expected) => {
  expect(longForm(order)).toBe(expected);
});

test.each([
  ['Write an essay about tea', 150],
  ['Describe tea in detail', 150],
  ['Give me an overview of tea', 150],
  ['Explain in detail how tea is made', 150],
  ['Write a 40-word letter about tea', 40],
  ['Write a blog post about tea in 400 words', 400],
  ['Write a speech about tea in 9000 words', 2000],
])('%j has about %$ words: %i', (order, expected) => {
  const length = longForm(order)?.split(/\s+/).length ?? 0;
  expect(length).toBeGreaterThanOrEqual(expected);
  expect(length).toBeLessThan(expected + 15);
});

test('a paragraph has five sentences, which come again after ten', () => {
  const text = longForm('Write an essay about tea in 150 words') ?? '';
  const paragraphs = text.split('\n\n').map((each) => each.split(/(?<=\.) /));
  expect(paragraphs.map((each) => each.length)).toEqual([5, 5, 3]);
  expect(paragraphs[0]?.slice(0, 2)).toEqual([first, second]);
  expect(paragraphs[2]?.slice(0, 2)).toEqual([first, second]);
});

test.each([
  'A story about tea, please write one',
  'Write about tea',
  'Rewrite the storyline',
  'What is in the letter?',
])('%j asks for no text of some length', (order) => {
  expect(longForm(order)).toBeUndefined();
});

const js = 'function solve(...values) {\n  return values.reduce((sum, value) => sum + value, 0);\n}';

test.each([
  [
    'Write a Python function that adds numbers.',
    'python',
    'def solve(*values):\n    # adds numbers\n    return sum(values)',
  ],
  ['Create an SQL query to list  users', 'sql', '-- list  users\nSELECT 1;'],
  ['Give me a bash script which lists files', 'bash', '# lists files\necho "done"'],
  ['Implement a TypeScript class', 'typescript', `// does what was asked for\n${js}`],
  [
    'Write Python as a long script  that  adds',
    'python',
    'def solve(*values):\n    # adds\n    return sum(values)',
  ],
  ['Show some good javascript code for sums', 'javascript', `// sums\n${js}`],
  ['Write a C# method for sums', 'c#', `// sums\n${js}`],
])('%j is answered by code', (order, language, body) => {
  expect(longForm(order)).toBe(`\`\`\`${language}\n${body}\n\`\`\``);
});

test.each(['Write a rust program', 'The python function', 'Write about a python', 'Write a golang program'])(
  '%j is not answered by code',
  (order) => {
    expect(longForm(order)).toBeUndefined();
  },
);
