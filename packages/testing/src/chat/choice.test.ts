import { expect, test } from 'vitest';
import type { Draft } from '../answer/draft.ts';
import type { Judgement } from '../filters/judge.ts';
import { harmlessCompletion, type FilterResults } from '../filters/filter-results.ts';
import { createRandom } from '../random.ts';
import { finishChoice, type Limits } from './choice.ts';

const blocked: FilterResults = { ...harmlessCompletion, hate: { filtered: true, severity: 'high' } };

interface Circumstances extends Partial<Limits> {
  readonly judged?: Judgement;
  readonly isForced?: boolean;
}

function finish(draft: Draft, circumstances: Circumstances = {}) {
  const { stop = [], maxTokens = 1000, judged, ...more } = circumstances;
  const choice = finishChoice(draft, {
    index: 0,
    limits: { stop, maxTokens },
    random: createRandom(1),
    judge: () => judged ?? { results: harmlessCompletion },
    ...more,
  });
  return { ...choice, pieces: choice.pieces() };
}

const said = {
  index: 0,
  content: 'one two three four',
  pieces: ['one', ' two', ' three', ' four'],
  refusal: null,
  toolCalls: [],
  finishReason: 'stop',
  filter: harmlessCompletion,
  tokens: 4,
};

test.each<[string, Draft, Circumstances, object]>([
  ['stops by itself', {}, {}, {}],
  ['has as many tokens as it may', {}, { maxTokens: 4 }, {}],
  [
    'has more tokens than it may',
    {},
    { maxTokens: 2 },
    { content: 'one two', pieces: ['one', ' two'], finishReason: 'length', tokens: 2 },
  ],
  [
    'has more tokens than it may, although its script stops',
    { finishReason: 'stop' },
    { maxTokens: 1 },
    { content: 'one', pieces: ['one'], finishReason: 'length', tokens: 1 },
  ],
  [
    'comes to a stop sequence',
    {},
    { stop: ['four', ' three'] },
    { content: 'one two', pieces: ['one', ' two'], tokens: 2 },
  ],
  ['has a reason of its own', { finishReason: 'length' }, {}, { finishReason: 'length' }],
  [
    'is filtered from a word on',
    {},
    { judged: { results: blocked, matchAt: 7 } },
    {
      content: 'one two',
      pieces: ['one', ' two'],
      finishReason: 'content_filter',
      filter: blocked,
      tokens: 2,
    },
  ],
  [
    'is filtered from its beginning on',
    {},
    { judged: { results: blocked, matchAt: 0 } },
    { content: '', pieces: [], finishReason: 'content_filter', filter: blocked, tokens: 0 },
  ],
  [
    'is filtered, half of it after it was sent',
    {},
    { judged: { results: blocked } },
    {
      content: 'one two t',
      pieces: ['one', ' two', ' t'],
      finishReason: 'content_filter',
      filter: blocked,
      tokens: 3,
    },
  ],
  [
    'is filtered too late, as a script can say',
    { finishReason: 'stop' },
    { judged: { results: blocked, matchAt: 7 } },
    { filter: blocked },
  ],
])('an answer that %s', (_, draft, circumstances, expected) => {
  expect(finish({ content: 'one two three four', ...draft }, circumstances)).toEqual({
    ...said,
    ...expected,
  });
});

test.each([
  ['', ''],
  ['a', 'a'],
  ['abcd', 'ab'],
  ['abcde', 'abc'],
  ['😀', ''],
  ['a😀b', 'a'],
  ['😀😀', '😀'],
])('a filter lets half of %j through, in whole characters: %j', (content, half) => {
  expect(finish({ content }, { judged: { results: blocked } }).content).toBe(half);
});

const calls = [
  { name: 'get', arguments: '{}' },
  { id: 'call_own', name: 'run', arguments: 'print(1)', kind: 'custom' },
] as const;

test('calls have the ids of their script, or new ones, and no text', () => {
  const choice = finish({ toolCalls: calls });
  expect(choice).toMatchObject({ content: null, pieces: [], finishReason: 'tool_calls' });
  expect(choice.toolCalls).toEqual([
    { ...calls[0], id: expect.stringMatching(/^call_[\dA-Za-z]{24}$/) as string, kind: 'function' },
    calls[1],
  ]);
});

test('calls that were filtered are not made', () => {
  const choice = finish({ toolCalls: calls }, { judged: { results: blocked } });
  expect(choice).toMatchObject({ content: '', toolCalls: [], finishReason: 'content_filter', tokens: 0 });
});

test('a call of the tool that the request names stops, unless the script says how it ends', () => {
  expect(finish({ toolCalls: calls }, { isForced: true }).finishReason).toBe('stop');
  expect(finish({ toolCalls: calls, finishReason: 'tool_calls' }, { isForced: true }).finishReason).toBe(
    'tool_calls',
  );
});

test('a refusal has no content, and costs tokens', () => {
  expect(finish({ refusal: 'No, never.' })).toMatchObject({
    content: null,
    refusal: 'No, never.',
    finishReason: 'stop',
    tokens: 4,
  });
  expect(finish({ content: 'Well:', refusal: 'No, never.' })).toMatchObject({ content: 'Well:', tokens: 6 });
});

test('an answer that says nothing has an empty text', () => {
  expect(finish({})).toMatchObject({ content: '', pieces: [], tokens: 0 });
});

test.each<[number, string[]]>([
  [1000, ['one t', 'wo', ' three']],
  [2, ['one t', 'wo']],
  [1, ['one']],
  [0, []],
])('the pieces of a script are sent as far as %i tokens go: %j', (maxTokens, pieces) => {
  const draft = { content: 'one two three', chunks: ['', 'one t', 'wo', '', ' three'] };
  expect(finish(draft, { maxTokens }).pieces).toEqual(pieces);
});
