import { catalog } from '@aoai/config';
import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
import type { WireResponse } from '../service/wire-response.ts';
import { modelOperations } from './operations.ts';

type Json = Readonly<Record<string, unknown>>;

const deployments = [
  { name: 'my-chat', model: 'gpt-4o', traits: { capabilities: ['chatCompletion', 'responses'] } },
  { name: 'my-embed', model: 'text-embedding-3-small', traits: { capabilities: ['embeddings'] } },
];

interface Asked {
  readonly surface?: 'v1' | 'dated' | 'inference';
  readonly model?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deployed?: typeof deployments;
}

/** What an operation answers. */
function ask(
  name: string,
  { surface = 'v1', model = '', query = '', headers = {}, deployed = deployments }: Asked = {},
) {
  const operation = modelOperations.find((each) => each.name === name);
  if (operation === undefined || !('handle' in operation)) throw new Error(`no operation ${name}`);
  const resource = {
    deployments: deployed,
    deployment: (wanted: string) => deployed.find((each) => each.name === wanted),
  };
  const request = { surface, params: { model }, query: new URLSearchParams(query), headers, resource };
  const answer = operation.handle(request as never) as WireResponse;
  if (answer.kind !== 'json') throw new Error('no JSON');
  return { status: answer.status, body: JSON.parse(answer.text) as Json };
}

const listed = (surface: 'v1' | 'dated') =>
  (ask('Models_List', { surface }).body['data'] as Json[]).map(({ id }) => String(id));
const versions = Object.entries(catalog.models.entries).flatMap(([name, { versions: all }]) =>
  Object.keys(all).map((version) => `${name}-${version}`),
);

test('v1 lists the deployments and then each version of each model', () => {
  expect(listed('v1')).toEqual(['my-chat', 'my-embed', ...versions]);
  expect(ask('Models_List').body['object']).toBe('list');
});

test('a deployment with the name of a version is listed once', () => {
  const deployed = [{ ...deployments[0], name: 'gpt-4o-2024-08-06' }] as typeof deployments;
  const { data } = ask('Models_List', { deployed }).body as { data: Json[] };
  expect(data).toHaveLength(versions.length);
});

test('a dated api-version lists the versions of models alone', () => {
  expect(listed('dated')).toEqual(versions);
});

test('v1 says little of a model', () => {
  expect(ask('Models_Get', { model: 'my-chat' }).body).toEqual({
    id: 'my-chat',
    // The first of August 2025.
    created: 1_754_006_400,
    object: 'model',
    owned_by: 'system',
  });
});

test.each<[string, object]>([
  [
    'gpt-4o-2024-08-06',
    {
      id: 'gpt-4o-2024-08-06',
      status: 'succeeded',
      capabilities: {
        fine_tune: false,
        inference: true,
        completion: false,
        chat_completion: true,
        embeddings: false,
      },
      lifecycle_status: 'generally-available',
      created_at: Date.UTC(2024, 7, 6) / 1000,
      updated_at: Date.UTC(2024, 7, 6) / 1000,
      object: 'model',
    },
  ],
  [
    'text-embedding-3-small-1',
    {
      id: 'text-embedding-3-small-1',
      capabilities: {
        fine_tune: false,
        inference: true,
        completion: false,
        chat_completion: false,
        embeddings: true,
      },
      // A version without a date is as old as the first of January 2024.
      created_at: Date.UTC(2024, 0, 1) / 1000,
    },
  ],
])('a dated api-version says what %s can do, and since when', (model, expected) => {
  expect(ask('Models_Get', { surface: 'dated', model }).body).toMatchObject(expected);
});

test('a dated api-version says when a version retires and which are previews', () => {
  for (const [name, { versions: all }] of Object.entries(catalog.models.entries)) {
    for (const [version, { retires, stage }] of Object.entries(all)) {
      const { body } = ask('Models_Get', { surface: 'dated', model: `${name}-${version}` });
      expect(body['deprecation']).toEqual(
        retires === undefined ? {} : { inference: Date.parse(retires.slice(0, 10)) / 1000 },
      );
      expect(body['lifecycle_status']).toBe(stage === 'preview' ? 'preview' : 'generally-available');
    }
  }
});

test.each([
  ['gpt-4o', 'gpt-4o-2024-11-20'],
  ['gpt-4o-mini', 'gpt-4o-mini-2024-07-18'],
  ['gpt-5', 'gpt-5-2025-08-07'],
])('%s without a version is the newest, %s', (model, id) => {
  expect(ask('Models_Get', { surface: 'dated', model }).body['id']).toBe(id);
});

test.each(['', 'nope', 'gpt', 'gpt-4o-2024', 'my', 'constructor'])('there is no model %j', (model) => {
  expect(refused(() => ask('Models_Get', { model }))).toEqual({
    message: `The model '${model}' does not exist`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  });
});

test('the error about a model shows up to 200 characters of its name', () => {
  expect(refused(() => ask('Models_Get', { model: 'x'.repeat(300) }))?.message).toBe(
    `The model '${'x'.repeat(200)}' does not exist`,
  );
});

const chatInfo = { model_name: 'gpt-4o', model_type: 'chat-completion', model_provider_name: 'openai' };
const embedInfo = {
  model_name: 'text-embedding-3-small',
  model_type: 'embeddings',
  model_provider_name: 'openai',
};
const header = (name: string) => ({ headers: { 'x-ms-model-mesh-model-name': name } });

test.each<[string, Asked, object]>([
  ['the first, where none is named', {}, chatInfo],
  ['the one that the query names', { query: 'model=my-embed' }, embedInfo],
  ['the one that the header names', header('my-embed'), embedInfo],
  [
    'the one that the query names before the header',
    { query: 'model=my-chat', ...header('my-embed') },
    chatInfo,
  ],
])('the inference surface describes a model: %s', (_, asked, expected) => {
  expect(ask('Model_Info', { surface: 'inference', ...asked }).body).toEqual(expected);
});

test.each<[string, Asked]>([
  ['of another name', { query: 'model=nope' }],
  ['where none is deployed', { deployed: [] }],
])('the inference surface describes no model %s', (_, asked) => {
  expect(ask('Model_Info', { surface: 'inference', ...asked }).status).toBe(404);
});
