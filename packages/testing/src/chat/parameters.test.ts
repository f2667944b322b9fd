import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure();
});

afterAll(async () => {
  await azure.close();
});

interface Refused {
  readonly error?: { readonly message: string; readonly param: string | null; readonly code: string | null };
}

async function send(body: Record<string, unknown> | Uint8Array): Promise<Refused> {
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: body instanceof Uint8Array ? Buffer.from(body) : JSON.stringify({ model: 'gpt-4o', ...body }),
  });
  return (await response.json()) as Refused;
}

const user = { role: 'user', content: 'Hi' };
const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };

test.each([
  [[{ role: 'assistant', content: null }], "Invalid value for 'content': expected a string, got null."],
  [[{ role: 'assistant' }], "Invalid value for 'content': expected a string, got null."],
  [
    [{ role: 'user', content: [{ type: 'text' }] }],
    "Missing required parameter: 'messages[0].content[0].text'.",
  ],
  [
    [{ role: 'user', content: 'Hi', name: 'a b' }],
    String.raw`Invalid 'messages[0].name': string does not match pattern. Expected a string that matches the pattern '^[^\s<|\\/>]+$'.`,
  ],
  [[{ role: 'function', content: 'x' }], "Missing required parameter: 'messages[0].name'."],
  [
    [
      {
        role: 'user',
        content: [{ type: 'image_url', image_url: { url: 'https://a/b.png', detail: 'huge' } }],
      },
    ],
    "Invalid value: 'huge'. Supported values are: 'auto', 'low', 'high', and 'original'.",
  ],
  [
    [{ role: 'assistant', content: null, tool_calls: [{ ...call, type: undefined }] }],
    "Missing required parameter: 'messages[0].tool_calls[0].type'.",
  ],
  [
    [
      user,
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'b', content: 'x' },
    ],
    "Invalid parameter: 'tool_call_id' of 'b' not found in 'tool_calls' of previous message.",
  ],
])('a message that makes no sense is refused %#', async (messages, message) => {
  expect((await send({ messages })).error?.message).toBe(message);
});

test.each([
  [{ modalities: ['video'] }, "Invalid value: 'video'. Supported values are: 'text' and 'audio'."],
  [
    { stream: true, stream_options: { include_usage: 'yes' } },
    "Invalid type for 'stream_options.include_usage': expected a boolean, but got a string instead.",
  ],
  [
    { logit_bias: { word: 1 } },
    "Invalid key in 'logit_bias': word. You should only be submitting non-negative integers.",
  ],
  [
    { logit_bias: { 5: 101 } },
    "Invalid 'logit_bias.5': decimal above maximum value. Expected a value <= 100, but got 101 instead.",
  ],
  [{ metadata: { a: 1 } }, "Invalid type for 'metadata.a': expected a string, but got an integer instead."],
  [
    { service_tier: 'gold' },
    "Invalid value: 'gold'. Supported values are: 'auto', 'default', 'flex', 'scale', and 'priority'.",
  ],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a b', schema: {} } } },
    "Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
  ],
  [
    { response_format: { type: 'json_schema', json_schema: { name: 'a' } } },
    "Missing required parameter: 'response_format.json_schema.schema'.",
  ],
])('a parameter is refused for what is inside of it %#', async (more, message) => {
  expect((await send({ messages: [user], ...more })).error?.message).toBe(message);
});

test.each([
  [{}, `schema must be a JSON Schema of 'type: "object"', got 'type: "None"'.`],
  [{ type: 'string' }, `schema must be a JSON Schema of 'type: "object"', got 'type: "string"'.`],
  [{ type: 'object' }, 'In context=(), object schema missing properties.'],
  [
    { type: 'object', properties: { a: { type: 'array' } } },
    "In context=('properties', 'a'), array schema missing items.",
  ],
  [
    { type: 'object', properties: { a: { type: 'float' } } },
    "'float' is not valid under any of the given schemas.",
  ],
])('parameters that no function may have are refused %#', async (parameters, problem) => {
  const tools = [{ type: 'function', function: { name: 'f', parameters } }];
  expect((await send({ messages: [user], tools })).error).toEqual({
    message: `Invalid schema for function 'f': ${problem}`,
    type: 'invalid_request_error',
    param: 'tools[0].function.parameters',
    code: 'invalid_function_parameters',
  });
});

test('bytes that are no UTF-8 are no JSON', async () => {
  const [before, after] = ['{"model":"gpt-4o","messages":[{"role":"user","content":"', '"}]}'];
  const body = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
  expect((await send(body)).error?.message).toMatch(/^We could not parse the JSON body/);
});

test('a schema nested thousands deep is the mistake of the caller', async () => {
  const [open, close] = ['{"type":"object","required":["a"],"properties":{"a":', '}}'];
  const schema = `${open.repeat(10_000)}{}${close.repeat(10_000)}`;
  const format = `{"type":"json_schema","json_schema":{"name":"f","schema":${schema}}}`;
  const body = `{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"response_format":${format}}`;
  expect((await send(Buffer.from(body))).error?.message).toMatch(/^We could not parse the JSON body/);
});
