import { expect, test } from 'vitest';
import { aResource } from '../service/a-resource.fake.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { Refusal } from '../service/refusal.ts';
import { refused } from '../service/refused.fake.ts';
import type { WireResponse } from '../service/wire-response.ts';
import { storeCompletion, storedCompletionOperations } from './stored-completions.ts';

type Holder = ReturnType<typeof aResource>;
type Json = Readonly<Record<string, unknown>>;

/** Stores completions with these ids. */
function kept(ids: readonly string[], body: Json = {}): Holder {
  const holder = aResource();
  for (const id of ids) add(holder, id, body);
  return holder;
}

function add(holder: Holder, id: string, body: Json = {}): void {
  const request = { ...holder, id: `request-of-${id}`, body: { messages: [], ...body } };
  storeCompletion(request as unknown as DeploymentRequest, JSON.stringify({ id, model: 'gpt-5.4' }));
}

/** What an operation answers. */
function ask(
  holder: Holder,
  name: string,
  { id = '', query = '', body = {} }: { id?: string; query?: string; body?: Json } = {},
): Json {
  const operation = storedCompletionOperations.find((each) => each.name === `ChatCompletions_${name}`);
  if (operation === undefined || !('handle' in operation)) throw new Error(`no operation ${name}`);
  const request = { ...holder, params: { id }, query: new URLSearchParams(query), body };
  const answer = operation.handle(request as never) as WireResponse;
  if (answer.kind !== 'json') throw new Error('no JSON');
  return JSON.parse(answer.text) as Json;
}

const idsOf = ({ data }: Json) => (data as { id: string }[]).map(({ id }) => id);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `c${index}`);

test('a thousand completions are kept, and the oldest makes room', () => {
  const holder = kept(numbered(1000));
  expect(ask(holder, 'Get', { id: 'c0' })['id']).toBe('c0');
  add(holder, 'one more');
  expect(() => ask(holder, 'Get', { id: 'c0' })).toThrow(Refusal);
  expect(ask(holder, 'Get', { id: 'c1' })['id']).toBe('c1');
  expect(ask(holder, 'Get', { id: 'one more' })['id']).toBe('one more');
});

test('what was asked is kept with the answer, or what would be the default', () => {
  const asked = {
    metadata: { team: 'search' },
    temperature: 0,
    top_p: 0.5,
    seed: 0,
    tools: [],
    tool_choice: 'none',
    response_format: { type: 'text' },
    user: 'ada',
  };
  const { user, ...same } = asked;
  const common = { id: 'a', model: 'gpt-5.4', request_id: 'request-of-a' };
  expect(ask(kept(['a'], asked), 'Get', { id: 'a' })).toEqual({ ...common, ...same, input_user: user });
  expect(ask(kept(['a']), 'Get', { id: 'a' })).toEqual({
    ...common,
    metadata: {},
    temperature: 1,
    top_p: 1,
    seed: null,
    tools: null,
    tool_choice: null,
    response_format: null,
    input_user: null,
  });
});

test.each([
  ['', 20, true],
  ['limit=2', 2, true],
  ['limit=100', 100, true],
  ['limit=101', 100, true],
  ['limit=0', 20, true],
  ['limit=-1', 20, true],
  ['limit=1.5', 20, true],
  ['limit=many', 20, true],
  ['limit=100&after=c19', 100, true],
  ['limit=100&after=c20', 100, false],
  ['limit=100&after=c119', 1, false],
  ['after=c120', 0, false],
])('of 121 completions a page of %j has %i, and more: %s', (query, count, more) => {
  const { data, has_more, first_id, last_id, object } = ask(kept(numbered(121)), 'List', { query });
  const ids = idsOf({ data });
  expect([object, ids.length, has_more]).toEqual(['list', count, more]);
  expect([first_id, last_id]).toEqual([ids[0] ?? null, ids.at(-1) ?? null]);
});

test('a list is in the order of arrival unless the newest are wanted first, and goes on after what was seen', () => {
  const holder = kept(['a', 'b', 'c']);
  expect(idsOf(ask(holder, 'List'))).toEqual(['a', 'b', 'c']);
  expect(idsOf(ask(holder, 'List', { query: 'order=asc' }))).toEqual(['a', 'b', 'c']);
  expect(idsOf(ask(holder, 'List', { query: 'order=desc' }))).toEqual(['c', 'b', 'a']);
  expect(idsOf(ask(holder, 'List', { query: 'order=desc&after=c&limit=1' }))).toEqual(['b']);
  // Asking does not change the order.
  expect(idsOf(ask(holder, 'List'))).toEqual(['a', 'b', 'c']);
});

test('a list has those of a model, and with all of the metadata that is named', () => {
  const holder = kept(['a'], { metadata: { team: 'search', stage: 'test' } });
  add(holder, 'b', { metadata: { team: 'search' } });
  const found = (query: string) => idsOf(ask(holder, 'List', { query }));
  expect(found('model=gpt-5.4')).toEqual(['a', 'b']);
  expect(found('model=gpt-5')).toEqual([]);
  expect(found('metadata[team]=search')).toEqual(['a', 'b']);
  expect(found('metadata[team]=search&metadata[stage]=test')).toEqual(['a']);
  expect(found('metadata[team]=other')).toEqual([]);
  // Other parameters are no filters.
  expect(found('my_metadata[team]=other&metadata[team]x=other')).toEqual(['a', 'b']);
});

test('metadata is replaced, and stays so', () => {
  const holder = kept(['a'], { metadata: { team: 'search' } });
  expect(ask(holder, 'Update', { id: 'a', body: { metadata: { stage: 'test' } } })['metadata']).toEqual({
    stage: 'test',
  });
  expect(ask(holder, 'Get', { id: 'a' })['metadata']).toEqual({ stage: 'test' });
  expect(ask(holder, 'Update', { id: 'a' })['metadata']).toEqual({});
  expect(() => ask(holder, 'Update', { id: 'a', body: { metadata: 'text' } })).toThrow(Refusal);
});

test('messages have an id of their own, and come in pages', () => {
  const messages = [
    { role: 'user', content: 'one' },
    { role: 'user', content: 'two' },
  ];
  const holder = kept(['a'], { messages });
  expect(ask(holder, 'ListMessages', { id: 'a' })).toEqual({
    object: 'list',
    data: messages.map((message, index) => ({ ...message, id: `a-${index}` })),
    first_id: 'a-0',
    last_id: 'a-1',
    has_more: false,
  });
  expect(idsOf(ask(holder, 'ListMessages', { id: 'a', query: 'after=a-0' }))).toEqual(['a-1']);
});

test('what was deleted is gone, and only that', () => {
  const holder = kept(['a', 'b']);
  expect(ask(holder, 'Delete', { id: 'a' })).toEqual({
    object: 'chat.completion.deleted',
    id: 'a',
    deleted: true,
  });
  expect(idsOf(ask(holder, 'List'))).toEqual(['b']);
  for (const name of ['Get', 'Update', 'Delete', 'ListMessages'])
    expect(() => ask(holder, name, { id: 'a' })).toThrow(Refusal);
});

test('the error about a completion shows up to 200 characters of its id', () => {
  expect(refused(() => ask(kept([]), 'Get', { id: 'x'.repeat(300) }))).toEqual({
    message: `Completion with id '${'x'.repeat(200)}' not found.`,
    type: 'invalid_request_error',
    param: null,
    code: 'not_found',
  });
});
