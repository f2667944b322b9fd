import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { split } from './search-store.ts';

let azure: MockAzure;
let client: OpenAI;
let clock: ManualClock;

beforeAll(async () => {
  clock = manualClock();
  azure = await startMockAzure({ clock });
  client = new OpenAI({ baseURL: `${azure.endpoint}/openai/v1/`, apiKey: azure.apiKey, maxRetries: 0 });
});

afterAll(async () => azure.close());

async function upload(name: string, text: string): Promise<string> {
  const file = await toFile(Buffer.from(text), name);
  return (await client.files.create({ file, purpose: 'assistants' })).id;
}

type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A store with a file for each of these, all of which say the same. */
async function storeOf(files: Readonly<Record<string, Attributes>>): Promise<string> {
  const { id } = await client.vectorStores.create({});
  for (const [name, attributes] of Object.entries(files))
    await client.vectorStores.files.create(id, {
      file_id: await upload(name, 'The budget was approved.'),
      attributes,
    });
  await clock.advance(500);
  return id;
}

const words = (count: number) => Array.from({ length: count }, () => 'a').join(' ');

test.each<[string, string, number[]]>([
  ['nothing', '', []],
  ['empty lines', '\n\n \n\n', []],
  ['one paragraph', words(10), [10]],
  ['short paragraphs, up to 200 tokens', [100, 100].map(words).join('\n\n'), [201]],
  ['a paragraph more than that', [100, 100, 1].map(words).join('\n\n'), [201, 1]],
  ['longer ones, each alone', [150, 150].map(words).join('\n\n'), [150, 150]],
  ['a long paragraph, in parts of 800 tokens', words(1_700), [800, 800, 100]],
  ['a space between the lines', `${words(2)}\n  \n${words(2)}`, [5]],
])('a text of %s is split into its pieces', (_, text, counts) => {
  // Each word is a token, with the space before it; joined pieces have an empty line between them.
  expect(split(text).map((piece) => piece.trim().split(/ |\n/).length)).toEqual(counts);
});

test.each<[object, string[]]>([
  [{ type: 'eq', key: 'year', value: 2025 }, ['old']],
  [{ type: 'ne', key: 'year', value: 2025 }, ['new', 'none']],
  [{ type: 'gt', key: 'year', value: 2025 }, ['new']],
  [{ type: 'gte', key: 'year', value: 2025 }, ['new', 'old']],
  [{ type: 'lt', key: 'year', value: 2026 }, ['old']],
  [{ type: 'lte', key: 'year', value: 2026 }, ['new', 'old']],
  [{ type: 'lte', key: 'year', value: '2026' }, []],
  [{ type: 'gt', key: 'team', value: 0 }, []],
  [{ type: 'like', key: 'year', value: 2026 }, []],
  [{ type: 'in', key: 'team', value: ['a', 'x'] }, ['old']],
  [{ type: 'nin', key: 'team', value: ['a', 'x'] }, ['new', 'none']],
  [{ type: 'in', key: 'team', value: 'a' }, []],
  [{ type: 'nin', key: 'team', value: 'x' }, []],
  [
    {
      type: 'and',
      filters: [
        { type: 'gte', key: 'year', value: 2025 },
        { type: 'eq', key: 'team', value: 'b' },
      ],
    },
    ['new'],
  ],
  [
    {
      type: 'or',
      filters: [
        { type: 'eq', key: 'year', value: 2025 },
        { type: 'eq', key: 'team', value: 'b' },
      ],
    },
    ['new', 'old'],
  ],
  [{ type: 'and' }, ['new', 'none', 'old']],
  [{ type: 'or' }, []],
])('the filter %j lets through %j', async (filters, names) => {
  const id = await storeOf({ old: { year: 2025, team: 'a' }, new: { year: 2026, team: 'b' }, none: {} });
  const body = { query: 'budget', filters: filters as OpenAI.ComparisonFilter };
  const { data } = await client.vectorStores.search(id, body);
  expect(data.map(({ filename }) => filename).sort()).toEqual(names);
});

test('ten pieces are found unless another number is asked for, from 1 to 50', async () => {
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`file-${index}`, {}]));
  const id = await storeOf(files);
  const found = async (more: object = {}) =>
    (await client.vectorStores.search(id, { query: 'budget', ...more })).data.length;
  expect([await found(), await found({ max_num_results: 1 }), await found({ max_num_results: 50 })]).toEqual([
    10, 1, 12,
  ]);
  for (const wrong of [0, 51, 1.5])
    await expect(found({ max_num_results: wrong })).rejects.toMatchObject({ status: 400 });
});

test('what is found is as near as asked for, the nearest first, and names its query', async () => {
  const { id } = await client.vectorStores.create({});
  for (const [name, text] of [
    ['far', 'The budget of the canteen for toner and printers'],
    ['near', 'budget'],
    ['other', 'Weather'],
  ] as const)
    await client.vectorStores.files.create(id, { file_id: await upload(name, text) });
  await clock.advance(500);
  const search = async (more: object = {}) => client.vectorStores.search(id, { query: 'budget', ...more });
  const { data } = await search();
  expect(data.map(({ filename }) => filename).slice(0, 2)).toEqual(['near', 'far']);
  expect(data.map(({ score }) => score)).toEqual(data.map(({ score }) => score).toSorted((a, b) => b - a));
  expect(data[0]?.score).toBeCloseTo(1, 5);
  const strict = await search({ ranking_options: { score_threshold: 0.99 } });
  expect(strict.data.map(({ filename }) => filename)).toEqual(['near']);
  expect((await search({ query: ['budget', 'weather'] })).data).toHaveLength(3);
});

test('only files that are indexed and still there are searched', async () => {
  const { id } = await client.vectorStores.create({});
  const file_id = await upload('a', 'The budget was approved.');
  await client.vectorStores.files.create(id, { file_id });
  const found = async () => (await client.vectorStores.search(id, { query: 'budget' })).data.length;
  await clock.advance(499);
  expect(await found()).toBe(0);
  await clock.advance(1);
  expect(await found()).toBe(1);
  await client.files.delete(file_id);
  expect(await found()).toBe(0);
  expect(await client.vectorStores.files.retrieve(file_id, { vector_store_id: id })).toMatchObject({
    status: 'failed',
    last_error: { code: 'invalid_file', message: 'The file is no longer there.' },
  });
});
