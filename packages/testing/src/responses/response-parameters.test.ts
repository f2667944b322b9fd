import { describe, expect, test } from 'vitest';
import { asking, refusalOf } from './asking.fake.ts';
import { checkResponseParameters, included, readFormat } from './response-parameters.ts';

type Json = Readonly<Record<string, unknown>>;

const check = (body: Json) =>
  refusalOf(() => {
    checkResponseParameters(asking(body));
  });

describe('a body', () => {
  test.each<Json>([
    { input: 'Hi' },
    { prompt: { id: 'pmpt_1' } },
    { conversation: 'conv_1' },
    { previous_response_id: 'resp_1' },
    { input: 'Hi', conversation: 'conv_1' },
    { input: 'Hi', conversation: 'conv_1', previous_response_id: null },
    { input: 'Hi', conversation: null, previous_response_id: 'resp_1' },
    { input: 'Hi', background: true },
    { input: 'Hi', background: true, store: true },
    { input: 'Hi', background: false, store: false },
    { input: 'Hi', include: null },
    { input: 'Hi', include: ['file_search_call.results', 'reasoning.encrypted_content'] },
    { input: 'Hi', max_output_tokens: 16, temperature: 2, top_p: 1, top_logprobs: 20 },
    { input: 'Hi', tools: Array.from({ length: 128 }, () => ({})) },
  ])('%j is taken', (body) => {
    expect(check(body)).toBeUndefined();
  });

  test.each<[Json, string, string | null]>([
    [{}, "One of 'input' or 'previous_response_id' or 'prompt' or 'conversation' must be provided.", null],
    [
      { input: 'Hi', previous_response_id: 'resp_1', conversation: 'conv_1' },
      "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing one of them.",
      null,
    ],
    [
      { input: 'Hi', background: true, store: false },
      "Background mode requires 'store' to be true.",
      'background',
    ],
    [
      { input: 'Hi', include: ['reasoning.encrypted_content', 'x'] },
      "Invalid value: 'x'. Supported values are: 'file_search_call.results', ",
      'include[1]',
    ],
    [{ input: 'Hi', max_output_tokens: 15 }, 'Expected a value >= 16, but got 15', 'max_output_tokens'],
    [{ input: 'Hi', top_logprobs: 21 }, 'Expected a value <= 20, but got 21', 'top_logprobs'],
    [{ input: 'Hi', tools: Array.from({ length: 129 }, () => ({})) }, 'maximum length 128', 'tools'],
    [{ input: 'Hi', nope: 1, other: 1 }, "Unknown parameter: 'nope'.", 'nope'],
    [{ input: 'Hi', toString: 1 }, "Unknown parameter: 'toString'.", 'toString'],
  ])('%j is refused', (body, words, param) => {
    expect(check(body)).toEqual([expect.stringContaining(words), param]);
  });

  test.each([
    ['messages', 'input'],
    ['response_format', 'text.format'],
    ['max_tokens', 'max_output_tokens'],
    ['max_completion_tokens', 'max_output_tokens'],
    ['reasoning_effort', 'reasoning.effort'],
    ['verbosity', 'text.verbosity'],
  ])('with %s of chat completions is told where that is now: %s', (old, place) => {
    const said = `Unsupported parameter: '${old}'. In the Responses API, this parameter has moved to '${place}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`;
    expect(check({ nope: 1, [old]: 1 })).toEqual([said, null]);
  });
});

test.each<[Json, string, string[]]>([
  [{}, '', []],
  [{ include: null }, '', []],
  [{ include: ['a', 'b'] }, 'include=c&include[]=d&include[]=a', ['a', 'b', 'c', 'd']],
])('%j and the query %j include %j', (body, query, values) => {
  expect([...included({ body, query: new URLSearchParams(query) })]).toEqual(values);
});

describe('the format of an answer', () => {
  const schema = { type: 'object', properties: {}, required: [], additionalProperties: false };
  const read = (text: unknown, said = 'Answer in Json.') => readFormat({ text }, () => said);

  test.each<[unknown, object, object]>([
    [undefined, { type: 'text' }, { kind: 'text' }],
    [{}, { type: 'text' }, { kind: 'text' }],
    [{ format: null }, { type: 'text' }, { kind: 'text' }],
    [{ format: { type: 'text' } }, { type: 'text' }, { kind: 'text' }],
    [{ format: { type: 'json_object' } }, { type: 'json_object' }, { kind: 'json' }],
    [
      { format: { type: 'json_schema', name: 'n', schema } },
      { type: 'json_schema', description: null, name: 'n', schema, strict: true },
      { kind: 'schema', schema, name: 'n' },
    ],
    [
      { format: { type: 'json_schema', name: 'n', schema, strict: false, description: 'D' } },
      { type: 'json_schema', description: 'D', name: 'n', schema, strict: false },
      { kind: 'schema', schema, name: 'n' },
    ],
    [
      { format: { type: 'json_schema', name: 'n', schema: { type: 'object', properties: { a: {} } } } },
      { strict: true, schema: { type: 'object', properties: { a: {} } } },
      { kind: 'schema' },
    ],
  ])('%j', (text, echo, format) => {
    expect(read(text)).toMatchObject({ echo, format });
  });

  const open = { type: 'object', properties: { a: {} } };

  test.each<[unknown, string, string]>([
    [7, "Invalid type for 'text.format': expected an object, but got an integer instead.", 'text.format'],
    [{}, "Missing required parameter: 'text.format.type'.", 'text.format.type'],
    [
      { type: 'xml' },
      "Invalid value: 'xml'. Supported values are: 'json_object', 'json_schema', and 'text'.",
      'text.format.type',
    ],
    [{ type: 'json_schema', schema }, "Missing required parameter: 'text.format.name'.", 'text.format.name'],
    [
      { type: 'json_schema', name: 'n', schema: null },
      "Missing required parameter: 'text.format.schema'.",
      'text.format.schema',
    ],
    [
      { type: 'json_schema', name: 'n' },
      "Missing required parameter: 'text.format.schema'.",
      'text.format.schema',
    ],
    [
      { type: 'json_schema', name: 'a b', schema },
      "Invalid 'text.format.name': string does",
      'text.format.name',
    ],
    [
      { type: 'json_schema', name: 'n', schema: [] },
      "Invalid type for 'text.format.schema': expected an object",
      'text.format.schema',
    ],
    [
      { type: 'json_schema', name: 'n', schema: open, strict: true },
      "Invalid schema for response_format 'n'",
      'text.format.schema',
    ],
  ])('%j is refused', (format, words, param) => {
    expect(refusalOf(() => read({ format }))).toEqual([expect.stringContaining(words), param]);
  });

  test('is JSON only where the conversation says so', () => {
    expect(refusalOf(() => read({ format: { type: 'json_object' } }, 'Answer.'))).toEqual([
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      'input',
    ]);
  });
});
