import { describe, expect, test } from 'vitest';
import { refusalOf } from './asking.fake.ts';
import { forcedTool, readToolChoice, readTools } from './response-tools.ts';

type Sent = Readonly<Record<string, unknown>>;

const find = { type: 'function', name: 'find', parameters: { type: 'object', properties: {} } };
const shell = { type: 'custom', name: 'shell' };
const search = { type: 'web_search' };
const preview = { type: 'web_search_preview' };
const computer = { type: 'computer_use_preview' };
const pictures = { type: 'image_generation' };

describe('the tools of a request', () => {
  test.each([{}, { tools: null }, { tools: [] }])('are none in %j', (body) => {
    expect(readTools(body)).toEqual({ echo: [], tools: [] });
  });

  const closed = { type: 'object', properties: {}, required: [], additionalProperties: false };

  // The order of the members is the service's: that is why texts are compared.
  test.each<[string, Sent, Sent]>([
    [
      'a function',
      find,
      { type: 'function', description: null, name: 'find', parameters: closed, strict: true },
    ],
    [
      'a function without parameters',
      { type: 'function', name: 'find', description: 'Finds.' },
      { type: 'function', description: 'Finds.', name: 'find', parameters: null, strict: true },
    ],
    [
      'a function that is not strict',
      { ...find, strict: false },
      { type: 'function', description: null, name: 'find', parameters: find.parameters, strict: false },
    ],
    [
      'a function that is loaded later',
      { ...find, defer_loading: true, strict: false },
      {
        type: 'function',
        defer_loading: true,
        description: null,
        name: 'find',
        parameters: find.parameters,
        strict: false,
      },
    ],
    [
      'a function that is not loaded later',
      { ...find, defer_loading: false, strict: false },
      { type: 'function', description: null, name: 'find', parameters: find.parameters, strict: false },
    ],
    ['a custom tool', shell, { type: 'custom', description: null, format: { type: 'text' }, name: 'shell' }],
    [
      'a custom tool with a format',
      { name: 'shell', format: { type: 'grammar' }, description: 'Runs.', type: 'custom' },
      { type: 'custom', description: 'Runs.', format: { type: 'grammar' }, name: 'shell' },
    ],
    [
      'a search in files',
      { type: 'file_search', vector_store_ids: ['vs'], max_num_results: 3 },
      {
        type: 'file_search',
        filters: null,
        max_num_results: 3,
        ranking_options: { ranker: 'auto', score_threshold: 0 },
        vector_store_ids: ['vs'],
      },
    ],
    [
      'a code interpreter',
      { container: 'cntr_1', type: 'code_interpreter' },
      { type: 'code_interpreter', container: 'cntr_1' },
    ],
    [
      'an MCP server',
      { server_url: 'https://a', server_label: 'a', type: 'mcp' },
      { type: 'mcp', server_label: 'a', server_url: 'https://a' },
    ],
  ])('come back in alphabetical order with their defaults: %s', (_, tool, echo) => {
    const [repeated] = readTools({ tools: [tool] }).echo;
    expect(JSON.stringify(repeated)).toBe(JSON.stringify(echo));
  });

  test('are offered to the model where they are functions or custom tools', () => {
    const tools = [
      { ...find, description: 'Finds.', strict: false },
      { type: 'function', name: 'bare' },
      { ...shell, description: 7, parameters: {} },
      search,
    ];
    expect(readTools({ tools }).tools).toEqual([
      { name: 'find', kind: 'function', description: 'Finds.', parameters: find.parameters },
      { name: 'bare', kind: 'function' },
      { name: 'shell', kind: 'custom' },
    ]);
  });

  const strictly = { ...find, parameters: { type: 'object', properties: { a: {} } }, strict: true };

  test.each<[unknown, string, string]>([
    ['find', "Invalid type for 'tools[0]': expected an object, but got a string instead.", 'tools[0]'],
    [{}, "Missing required parameter: 'tools[0].type'.", 'tools[0].type'],
    [
      { type: 'nope' },
      "Invalid value: 'nope'. Supported values are: 'function', 'custom', ",
      'tools[0].type',
    ],
    [{ type: 7 }, "Invalid value: '7'. Supported values are: 'function', 'custom', ", 'tools[0].type'],
    [{ type: 'function' }, "Missing required parameter: 'tools[0].name'.", 'tools[0].name'],
    [{ type: 'custom' }, "Missing required parameter: 'tools[0].name'.", 'tools[0].name'],
    [{ type: 'custom', name: 'a b' }, "Invalid 'tools[0].name': string does not match", 'tools[0].name'],
    [{ ...find, parameters: [] }, "Invalid type for 'tools[0].parameters'", 'tools[0].parameters'],
    [strictly, "Invalid schema for function 'find'", 'tools[0].parameters'],
    [
      { type: 'file_search' },
      "Missing required parameter: 'tools[0].vector_store_ids'.",
      'tools[0].vector_store_ids',
    ],
    [{ type: 'mcp' }, "Missing required parameter: 'tools[0].server_label'.", 'tools[0].server_label'],
    [{ type: 'code_interpreter' }, "Missing required parameter: 'tools[0].container'.", 'tools[0].container'],
  ])('%j is refused', (tool, words, param) => {
    expect(refusalOf(() => readTools({ tools: [tool] }))).toEqual([expect.stringContaining(words), param]);
  });

  test.each([{ strict: null }, {}])('a schema is made strict instead of refused with %j', (strictness) => {
    const [tool] = readTools({ tools: [{ ...strictly, strict: undefined, ...strictness }] }).echo;
    expect(tool).toMatchObject({ strict: true, parameters: { required: ['a'] } });
  });
});

describe('the choice of a tool', () => {
  const offered = [find, shell, search];

  test.each<[unknown, unknown]>([
    [undefined, 'auto'],
    [null, 'auto'],
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [
      { type: 'function', name: 'find' },
      { names: ['find'], mode: 'required' },
    ],
    [
      { type: 'custom', name: 'shell' },
      { names: ['shell'], mode: 'required' },
    ],
    [
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'find' }] },
      { names: ['find'], mode: 'auto' },
    ],
    [
      { type: 'allowed_tools', mode: 'required', tools: [find, shell] },
      { names: ['find', 'shell'], mode: 'required' },
    ],
    // A hosted tool is called by the service, so the model calls no function.
    [search, 'none'],
    [preview, 'none'],
  ])('%j is read as %j', (tool_choice, choice) => {
    expect(readToolChoice({ tool_choice }, offered)).toEqual(choice);
  });

  test.each<[unknown, Sent[], string, string]>([
    [
      'any',
      offered,
      "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'.",
      'tool_choice',
    ],
    ['required', [], "Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice'],
    [
      7,
      offered,
      "Invalid type for 'tool_choice': expected an object, but got an integer instead.",
      'tool_choice',
    ],
    [
      { type: 'allowed_tools', tools: [] },
      offered,
      "Invalid 'tool_choice.tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
      'tool_choice.tools',
    ],
    [{ type: 'function' }, offered, "Missing required parameter: 'tool_choice.name'.", 'tool_choice.name'],
    [{ type: 'custom' }, offered, "Missing required parameter: 'tool_choice.name'.", 'tool_choice.name'],
    [
      { type: 'function', name: 'other' },
      offered,
      "Tool choice 'function' not found in 'tools' parameter.",
      'tool_choice',
    ],
    [pictures, offered, "Tool choice 'image_generation' not found in 'tools' parameter.", 'tool_choice'],
    [
      { type: 'x'.repeat(200) },
      offered,
      `Tool choice '${'x'.repeat(100)}' not found in 'tools' parameter.`,
      'tool_choice',
    ],
  ])('%j is refused', (tool_choice, tools, words, param) => {
    expect(refusalOf(() => readToolChoice({ tool_choice }, tools))).toEqual([words, param]);
  });
});

test.each<[string, unknown, Sent[], Sent | undefined]>([
  ['nothing is asked for', undefined, [search], undefined],
  ['it is null', null, [search], undefined],
  ['it is the caller’s wish not to', 'auto', [search], undefined],
  ['a call is required and there is nothing else', 'required', [pictures, search], pictures],
  ['a call is required, which may be one of a function', 'required', [search, find], undefined],
  ['it is named', search, [find, pictures, search], search],
  ['another version of it is named', { type: 'web_search_2025_08_26' }, [find, preview], preview],
  ['a function is named', { type: 'function', name: 'find' }, [find, search], undefined],
  ['it is not offered', search, [find], undefined],
  [
    'it must be one of those allowed',
    { type: 'allowed_tools', mode: 'required', tools: [find, search] },
    [find, pictures, search],
    search,
  ],
  [
    'it may be one of those allowed',
    { type: 'allowed_tools', mode: 'auto', tools: [search] },
    [search],
    undefined,
  ],
  ['another version of a computer is named', { type: 'computer' }, [computer], computer],
])('which hosted tool has to be called where %s', (_, tool_choice, tools, forced) => {
  expect(forcedTool({ tool_choice }, tools)).toEqual(forced);
});
