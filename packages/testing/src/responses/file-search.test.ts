import { describe, expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { addFile } from '../files/file-store.ts';
import type { SearchResult } from '../vector-stores/search-store.ts';
import { addFile as index, createStore, vectorStores } from '../vector-stores/vector-store.ts';
import { asking } from './asking.fake.ts';
import { searchFiles } from './file-search.ts';

type Json = Readonly<Record<string, unknown>>;

const clock = manualClock();
const request = asking({}, { clock });

/** A store with these files, by their names. */
function store(files: Readonly<Record<string, string>>): string {
  const { id } = vectorStores.put(request, createStore(request));
  for (const [filename, text] of Object.entries(files)) {
    const file = addFile(request, { filename, purpose: 'assistants', content: Buffer.from(text) });
    index(request, id, { id: file.id, attributes: { name: filename } });
  }
  return id;
}

const handbook = store({
  'days.md': 'Employees get 25 vacation days a year.',
  'food.md': 'The canteen opens at noon on all days.',
});
const faq = store({ 'faq.md': 'Unused vacation days end in March.' });
const nothing = store({});
await clock.advance(1_000);

const question = 'How many vacation days do employees get?';

function search(tool: Json, { body = {}, asked = question, hasResults = true } = {}) {
  const tools = [{ type: 'web_search' }, { type: 'file_search', ...tool }];
  return searchFiles({ ...request, body }, { tools, question: asked, hasResults });
}

function resultsOf(tool: Json): SearchResult[] {
  return search(tool)?.item['results'] as SearchResult[];
}

const namesOf = (tool: Json) => resultsOf(tool).map(({ filename }) => filename);

describe('a search in files', () => {
  test.each<[string, Json, { asked?: string; body?: Json }]>([
    ['the caller does not want a tool', {}, { body: { tool_choice: 'none' } }],
    ['nothing was asked', {}, { asked: ' ' }],
    ['somebody says hello', {}, { asked: 'Hello' }],
    ['there is no tool for it', { type: 'code_interpreter' }, {}],
  ])('is not made where %s', (_, tool, options) => {
    expect(search({ vector_store_ids: [handbook], ...tool }, options)).toBeUndefined();
  });

  test('names what was asked, and its results only where they are included', () => {
    const { item } = search({ vector_store_ids: [handbook] }, { hasResults: false }) ?? {};
    expect(item).toEqual({
      id: expect.stringMatching(/^fs_\w{50}$/) as string,
      type: 'file_search_call',
      status: 'completed',
      queries: [question],
      results: null,
    });
    expect(resultsOf({ vector_store_ids: [handbook] })[0]).toEqual({
      file_id: expect.stringMatching(/^assistant-/) as string,
      filename: 'days.md',
      score: expect.any(Number) as number,
      attributes: { name: 'days.md' },
      text: 'Employees get 25 vacation days a year.',
    });
  });

  test('hands the pieces to the model, each with the name of its file', () => {
    expect(search({ vector_store_ids: [handbook] })?.message).toEqual({
      role: 'system',
      text: '[days.md] Employees get 25 vacation days a year.\n\n[food.md] The canteen opens at noon on all days.',
    });
  });

  test('finds the best pieces of all its stores', () => {
    const vector_store_ids = [faq, handbook];
    expect(namesOf({ vector_store_ids })).toEqual(['days.md', 'faq.md', 'food.md']);
    expect(namesOf({ vector_store_ids, max_num_results: 2 })).toEqual(['days.md', 'faq.md']);
    expect(namesOf({ vector_store_ids: [nothing] })).toEqual([]);
    expect(namesOf({})).toEqual([]);
  });

  test('finds only what passes the filters and is near enough', () => {
    const vector_store_ids = [faq, handbook];
    const filters = { type: 'ne', key: 'name', value: 'days.md' };
    expect(namesOf({ vector_store_ids, filters })).toEqual(['faq.md', 'food.md']);
    const [, second] = resultsOf({ vector_store_ids });
    const ranking_options = { score_threshold: second?.score };
    expect(namesOf({ vector_store_ids, ranking_options })).toEqual(['days.md', 'faq.md']);
    const odd = { max_num_results: null, ranking_options: null };
    expect(namesOf({ vector_store_ids, ...odd })).toHaveLength(3);
    expect(namesOf({ vector_store_ids, ranking_options: { score_threshold: '1' } })).toHaveLength(3);
  });

  test('finds twenty pieces where no number is given', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 25 }, (_, number) => [`${number}.md`, `Vacation days of employee ${number}.`]),
    );
    const id = store(many);
    await clock.advance(1_000);
    expect(namesOf({ vector_store_ids: [id] })).toHaveLength(20);
  });

  test('of a store that does not exist is refused, also where somebody says hello', () => {
    for (const asked of [question, 'Hello'])
      expect(() => search({ vector_store_ids: ['vs_nope'] }, { asked })).toThrow('refused');
  });
});

test.each<[string, string, [number, string][]]>([
  ['It is 25 [days.md].', 'It is 25.', [[8, 'days.md']]],
  ['[days.md] It is 25.', ' It is 25.', [[0, 'days.md']]],
  [
    'It is 25 [days.md][faq.md], and more [food.md]!',
    'It is 25, and more!',
    [
      [8, 'days.md'],
      [8, 'faq.md'],
      [18, 'food.md'],
    ],
  ],
  ['It is [not] so [days.md] [x].', 'It is [not] so [x].', [[14, 'days.md']]],
  ['It is [days.md', 'It is [days.md', []],
  ['It is [\ndays.md] so', 'It is [\ndays.md] so', []],
  ['', '', []],
])('%j cites the files that it names', (answer, text, citations) => {
  const cited = search({ vector_store_ids: [handbook, faq] })?.cite(answer);
  expect(cited).toEqual({
    text,
    annotations: citations.map(([place, filename]) => ({
      type: 'file_citation',
      index: place,
      file_id: expect.stringMatching(/^assistant-/) as string,
      filename,
    })),
  });
});
