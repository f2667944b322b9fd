import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
import { readFormat, readTools } from './tools.ts';

const parameters = { type: 'object', properties: {} };
const get = { type: 'function', function: { name: 'get', description: 'Gets.', parameters } };
const run = { type: 'custom', custom: { name: 'run' } };
const found = { name: 'get', kind: 'function', description: 'Gets.', parameters };

test('reads tools of both kinds, with what they say of themselves', () => {
  const bare = { type: 'function', function: { name: 'bare', description: null, parameters: null } };
  expect(readTools({ tools: [get, run, bare] })).toEqual({
    dialect: 'tools',
    tools: [found, { name: 'run', kind: 'custom' }, { name: 'bare', kind: 'function' }],
    choice: 'auto',
    parallel: true,
  });
});

test('reads functions, as before tools', () => {
  expect(readTools({ tools: null, functions: [get.function] })).toEqual({
    dialect: 'functions',
    tools: [found],
    choice: 'auto',
    parallel: false,
  });
});

test.each([{}, { tools: null, functions: null }])('%j has no tools', (body) => {
  expect(readTools(body)).toEqual({ dialect: 'tools', tools: [], choice: 'auto', parallel: false });
});

test.each([
  [{}, true],
  [{ parallel_tool_calls: true }, true],
  [{ parallel_tool_calls: null }, true],
  [{ parallel_tool_calls: false }, false],
  [{ reasoning_effort: 'low' }, true],
  // Minimal effort does one thing after the other.
  [{ reasoning_effort: 'minimal' }, false],
  [{ reasoning_effort: 'minimal', parallel_tool_calls: true }, false],
])('with %j calls are parallel: %s', (more, parallel) => {
  expect(readTools({ tools: [get], ...more }).parallel).toBe(parallel);
});

const allowed = (allowed_tools: unknown) => ({ type: 'allowed_tools', allowed_tools });

test.each<[unknown, unknown]>([
  [undefined, 'auto'],
  [null, 'auto'],
  ['auto', 'auto'],
  ['none', 'none'],
  ['required', 'required'],
  [
    { type: 'function', function: { name: 'get' } },
    { names: ['get'], mode: 'required' },
  ],
  [
    { type: 'custom', custom: { name: 'run' } },
    { names: ['run'], mode: 'required' },
  ],
  [allowed({ mode: 'required', tools: [get, run] }), { names: ['get', 'run'], mode: 'required' }],
  [allowed({ mode: 'auto', tools: [run] }), { names: ['run'], mode: 'auto' }],
  [allowed({ tools: [{ type: 'function' }, { function: { name: 7 } }] }), { names: [], mode: 'auto' }],
])('reads the choice %j', (tool_choice, choice) => {
  expect(readTools({ tools: [get, run], tool_choice }).choice).toEqual(choice);
});

test.each<[unknown, unknown]>([
  [undefined, 'auto'],
  ['auto', 'auto'],
  ['none', 'none'],
  [{ name: 'get' }, { names: ['get'], mode: 'required' }],
])('reads the choice of a function %j', (function_call, choice) => {
  expect(readTools({ functions: [get.function], function_call }).choice).toEqual(choice);
});

test.each<[unknown, string, string]>([
  ['any', 'tool_choice', "Invalid value: 'any'. Supported values are: 'none', 'auto', and 'required'."],
  [7, 'tool_choice', "Invalid type for 'tool_choice': expected an object, but got an integer instead."],
  [{ type: 'function' }, 'tool_choice.function', "Missing required parameter: 'tool_choice.function'."],
  [
    { type: 'function', function: null },
    'tool_choice.function',
    "Missing required parameter: 'tool_choice.function'.",
  ],
  [
    { type: 'custom', function: { name: 'get' } },
    'tool_choice.custom',
    "Missing required parameter: 'tool_choice.custom'.",
  ],
  [
    { type: 'function', function: { name: 'put' } },
    'tool_choice',
    "Tool choice 'function' not found in 'tools' parameter.",
  ],
  [
    allowed(undefined),
    'tool_choice.allowed_tools',
    "Missing required parameter: 'tool_choice.allowed_tools'.",
  ],
  [
    allowed('get'),
    'tool_choice.allowed_tools',
    "Invalid type for 'tool_choice.allowed_tools': expected an object, but got a string instead.",
  ],
  [
    allowed({ mode: 'auto' }),
    'tool_choice.allowed_tools.tools',
    "Missing required parameter: 'tool_choice.allowed_tools.tools'.",
  ],
  [
    allowed({ mode: 'auto', tools: [] }),
    'tool_choice.allowed_tools.tools',
    "Invalid 'tool_choice.allowed_tools.tools': empty array. Expected an array with minimum length 1, but got an empty array instead.",
  ],
  [
    allowed({ mode: 'auto', tools: 'get' }),
    'tool_choice.allowed_tools.tools',
    "Invalid type for 'tool_choice.allowed_tools.tools': expected an array of objects, but got a string instead.",
  ],
  [
    allowed({ mode: 'auto', tools: [get, null] }),
    'tool_choice.allowed_tools.tools[1]',
    "Invalid type for 'tool_choice.allowed_tools.tools[1]': expected an object, but got null instead.",
  ],
])('refuses the choice %j', (tool_choice, param, message) => {
  expect(refused(() => readTools({ tools: [get, run], tool_choice }))).toMatchObject({ param, message });
});

test.each<[unknown, string, string]>([
  ['get', '', 'expected an object'],
  [{ function: get.function }, '.type', 'Missing required parameter'],
  [{ ...get, type: 'web' }, '.type', "Invalid value: 'web'. Supported values are: 'function' and 'custom'."],
  [{ type: 'function' }, '.function', 'Missing required parameter'],
  [{ type: 'custom', function: get.function }, '.custom', 'Missing required parameter'],
  [{ type: 'function', function: 'get' }, '.function', 'expected an object'],
  [{ type: 'function', function: {} }, '.function.name', 'Missing required parameter'],
  [{ type: 'function', function: { name: 'a b' } }, '.function.name', 'does not match pattern'],
  [
    { type: 'function', function: { name: 'a', parameters: 'x' } },
    '.function.parameters',
    'expected an object',
  ],
  [
    { type: 'function', function: { name: 'a', parameters: {} } },
    '.function.parameters',
    "Invalid schema for function 'a'",
  ],
  [
    { type: 'function', function: { name: 'a', parameters, strict: true } },
    '.function.parameters',
    "'additionalProperties' is required",
  ],
])('refuses the tool %j', (tool, place, message) => {
  const error = refused(() => readTools({ tools: [get, tool] }));
  expect(error?.param).toBe(`tools[1]${place}`);
  expect(error?.message).toContain(message);
});

test.each<[unknown, string]>([
  ['get', 'functions[1]'],
  [{}, 'functions[1].name'],
  [{ name: 'a', parameters: {} }, 'functions[1].parameters'],
])('refuses the function %j', (entry, param) => {
  expect(refused(() => readTools({ functions: [get.function, entry] }))?.param).toBe(param);
});

const format = (response_format: unknown, text = 'Hi') => readFormat({ response_format }, () => text);
const schema = { type: 'object' };

test.each<[unknown, object]>([
  [undefined, { kind: 'text' }],
  [null, { kind: 'text' }],
  [{ type: 'text' }, { kind: 'text' }],
  [
    { type: 'json_schema', json_schema: { name: 'a', schema } },
    { kind: 'schema', schema, name: 'a' },
  ],
])('reads the format %j', (sent, read) => {
  expect(format(sent)).toEqual(read);
});

test('JSON mode needs the word in the conversation, in any case', () => {
  for (const text of ['Answer in JSON.', 'as json', 'a .jsonl file'])
    expect(format({ type: 'json_object' }, text)).toEqual({ kind: 'json' });
  expect(refused(() => format({ type: 'json_object' }, 'as YAML'))?.param).toBe('messages');
});

const inSchema = 'response_format.json_schema';

test.each<[unknown, string, string]>([
  [{}, 'response_format.type', 'Missing required parameter'],
  [{ type: 'xml' }, 'response_format.type', "'json_object', 'json_schema', and 'text'"],
  [{ type: 7 }, 'response_format.type', 'expected one of'],
  [{ type: 'json_schema' }, inSchema, 'Missing required parameter'],
  [{ type: 'json_schema', json_schema: null }, inSchema, 'Missing required parameter'],
  [{ type: 'json_schema', json_schema: 'x' }, inSchema, 'expected an object'],
  [{ type: 'json_schema', json_schema: { schema } }, `${inSchema}.name`, 'Missing required parameter'],
  [{ type: 'json_schema', json_schema: { name: 'a b' } }, `${inSchema}.name`, 'does not match pattern'],
  [{ type: 'json_schema', json_schema: { name: 'a' } }, `${inSchema}.schema`, 'Missing required parameter'],
  [
    { type: 'json_schema', json_schema: { name: 'a', schema: null } },
    `${inSchema}.schema`,
    'Missing required parameter',
  ],
  [{ type: 'json_schema', json_schema: { name: 'a', schema: [] } }, `${inSchema}.schema`, 'an object'],
  [
    { type: 'json_schema', json_schema: { name: 'a', schema, strict: true } },
    'response_format',
    "Invalid schema for response_format 'a': In context=()",
  ],
])('refuses the format %j', (sent, param, message) => {
  const error = refused(() => format(sent));
  expect(error?.param).toBe(param);
  expect(error?.message).toContain(message);
});
