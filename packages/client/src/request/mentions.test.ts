import { describe, expect, test } from 'vitest';
import { imageToolUnnamed, mayReferTo, mentionsIn, noMentions } from './mentions.ts';

const sources = '`data_sources` reads from and sends questions to a service outside of the config';

/** What a body refers to, without the places in it. */
function mentioned(json: Readonly<Record<string, unknown>>) {
  const { deployments, outside, unseen, hasKey } = mentionsIn(json);
  return { deployments, outside, unseen, hasKey };
}

describe('mayReferTo', () => {
  test.each([
    ['"model"', true],
    ['"Embedding_Model_Name"', true],
    ['"deployment_name"', true],
    ['"data_sources"', true],
    ['"dataSources"', true],
    ['"mcp"', true],
    ['"web_search_preview"', true],
    ['"bing_grounding"', true],
    ['"image_generation"', true],
    ['"embedding_dependency"', true],
    ['"remodelled"', true],
    ['"mcpx"', false],
    ['"the model is"', false],
    ['\\"model\\"', false],
    ['"search on the web"', false],
  ])('%s: %s', (part, isSo) => {
    expect(mayReferTo(`{"a":${part}:1}`, 0)).toBe(isSo);
  });

  test('looks from a place on, and not before it', () => {
    const head = '{"model":"chat"';
    expect(mayReferTo(`${head},"a":1}`, head.length)).toBe(false);
    expect(mayReferTo(`${head},"model":1}`, head.length)).toBe(true);
    expect(mayReferTo(`${head},"a":1}`, 0)).toBe(true);
  });
});

describe('mentionsIn finds', () => {
  test.each<[string, Readonly<Record<string, unknown>>, readonly string[]]>([
    ['not the name that is called, nor what is asked', { model: 'chat', input: [{ model: 'a' }] }, []],
    ['a grader', { grader: { type: 'score_model', model: 'judge' } }, ['judge']],
    [
      'graders in lists of lists',
      { graders: [[{ model: 'a' }], { inner: { deployment: 'b' } }] },
      ['a', 'b'],
    ],
    [
      'every spelling',
      { x: { Model_Name: 'a', 'deployment-id': 'b', modelId: 'c', DEPLOYMENTNAME: 'd' } },
      ['a', 'b', 'c', 'd'],
    ],
    ['a session that transcribes', { session: { input_audio_transcription: { model: 'a' } } }, ['a']],
    ['a tool that names its deployment', { tools: [{ type: 'image_generation', model: 'a' }] }, ['a']],
    ['no other words', { x: { models: 'a', remodel: 'b', model_version: 'c', submodel_id: 'd' } }, []],
    ['no value that is no text', { x: { model: 7, deployment: null } }, []],
    ['what stands in an object under such a name', { x: { model: { deployment: 'a' } } }, ['a']],
  ])('%s', (_, json, deployments) => {
    expect(mentioned(json)).toEqual({ ...noMentions, deployments });
  });

  test.each([
    'arguments',
    'attributes',
    'content',
    'item',
    'item_schema',
    'json_schema',
    'logit_bias',
    'messages',
    'metadata',
    'parameters',
    'prediction',
    'sample',
    'schema',
    'template',
    'user_security_context',
    'variables',
  ])('nothing in `%s`, which callers fill as they like', (field) => {
    expect(mentioned({ a: { [field]: { model: 'a', tools: [{ type: 'mcp' }] } } })).toEqual(noMentions);
  });

  test.each([
    ['mcp', 'the tool "mcp" calls a server outside of the config'],
    ['MCP', 'the tool "mcp" calls a server outside of the config'],
    ['web_search', 'the tool "web_search" searches outside of the config'],
    ['Web_Search_Preview', 'the tool "Web_Search_Preview" searches outside of the config'],
    ['bing_grounding', 'the tool "bing_grounding" searches outside of the config'],
  ])('that the tool %s leads outside, once', (type, outside) => {
    expect(mentioned({ tools: [{ type }, { type }] })).toEqual({ ...noMentions, outside: [outside] });
    expect(mentioned({ response: { tools: [{ type }] } }), 'of a session').toEqual({
      ...noMentions,
      outside: [outside],
    });
  });

  test('that an image generation tool names no deployment', () => {
    const unseen = [imageToolUnnamed];
    expect(mentioned({ tools: [{ type: 'image_generation' }] })).toEqual({ ...noMentions, unseen });
    expect(mentioned({ tools: [{ type: 'Image_Generation', model: 7 }] })).toEqual({ ...noMentions, unseen });
  });

  test.each([
    [
      'other tools',
      {
        tools: [
          { type: 'function' },
          { type: 'my_mcp' },
          { type: 'a_web_search' },
          {},
          null,
          'mcp',
          { type: 7 },
        ],
      },
    ],
    ['what is no list of tools', { tools: { type: 'mcp' } }],
    ['a field of another name', { toolset: [{ type: 'mcp' }] }],
  ])('nothing outside in %s', (_, json) => {
    expect(mentioned(json)).toEqual(noMentions);
  });
});

describe('data sources', () => {
  test.each(['data_sources', 'dataSources', 'DATA-SOURCES'])('`%s` lead outside', (field) => {
    expect(mentioned({ [field]: [] })).toEqual({ ...noMentions, outside: [sources] });
  });

  test('name the deployment of their embedding, and nothing else', () => {
    const embedding = { type: 'deployment_name', deployment_name: 'embed' };
    const other = {
      parameters: { deploymentName: 'second', model: 'no', my_deployment_name: 'no', deployment_names: 'no' },
    };
    const nested = { deployment_name: { deployment_name: 'third' }, deploymentname: 7 };
    expect(
      mentioned({ data_sources: [{ parameters: { embedding_dependency: embedding } }, other, nested, null] }),
    ).toEqual({
      ...noMentions,
      deployments: ['embed', 'second', 'third'],
      outside: [sources],
    });
  });

  test.each([
    ['api_key', true],
    ['key_and_key_id', true],
    ['connection_string', true],
    ['encoded_api_key', true],
    ['API_KEY', true],
    ['system_assigned_managed_identity', false],
    ['my_api_key', false],
  ])('with the authentication %s have a key: %s', (type, hasKey) => {
    expect(mentionsIn({ data_sources: [{ parameters: { authentication: { type } } }] }).hasKey).toBe(hasKey);
  });
});

test('the places of names are those of the body, so that others can be written there', () => {
  const json = { a: { model: 'x' }, data_sources: [{ deployment_name: 'y' }] };
  for (const { holder, key, name } of mentionsIn(json).places) holder[key] = `my-${name}`;
  expect(json).toEqual({ a: { model: 'my-x' }, data_sources: [{ deployment_name: 'my-y' }] });
});
