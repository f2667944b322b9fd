import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { silence } from './audio-output.ts';
import { logprobsOf } from './logprobs.ts';

// Frames against docs/wire/streams.md#6.2 and docs/wire/streams.md#6.3, which describe recordings of 2026.

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure({ seed: 1 });
});

afterAll(async () => {
  await azure.close();
});

async function frames(
  model: string,
  more: object = {},
  headers: Record<string, string> = {},
  mock = azure,
): Promise<string[]> {
  const response = await fetch(`${mock.endpoint}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': mock.apiKey, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }], ...more }),
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const text = await response.text();
  expect(text.endsWith('\n\n')).toBe(true);
  return text.slice(0, -2).split('\n\n');
}

/** Replaces values that change from run to run. */
function plain(frame: string): string {
  return frame
    .replace(/"created":[1-9]\d*/, '"created":1')
    .replace(/"id":"chatcmpl-[0-9A-Za-z]{29}"/, '"id":"chatcmpl-1"')
    .replace(/"obfuscation":"[0-9A-Za-z]*"/, '"obfuscation":"x"');
}

const tail = (model: string, more = ''): string =>
  `"created":1,"id":"chatcmpl-1","model":"${model}","obfuscation":"x","object":"chat.completion.chunk","service_tier":"default","system_fingerprint":null${more}}`;

const promptFrame =
  'data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"detected":false,"filtered":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}]}';

test('the default filter: every frame as recorded', async () => {
  azure.reply('gpt-5.4', 'Hi!');
  const end = tail('gpt-5.4-2026-03-05');
  const seen = '{"protected_material_text":{"detected":false,"filtered":false}}';
  expect((await frames('gpt-5.4')).map(plain)).toEqual([
    promptFrame,
    `data: {"choices":[{"content_filter_results":{},"delta":{"content":"","refusal":null,"role":"assistant"},"finish_reason":null,"index":0,"logprobs":null}],${end}`,
    `data: {"choices":[{"content_filter_results":${seen},"delta":{"content":"Hi"},"finish_reason":null,"index":0,"logprobs":null}],${end}`,
    `data: {"choices":[{"content_filter_results":${seen},"delta":{"content":"!"},"finish_reason":null,"index":0,"logprobs":null}],${end}`,
    `data: {"choices":[{"content_filter_results":{},"delta":{},"finish_reason":"stop","index":0,"logprobs":null}],${end}`,
    'data: [DONE]',
  ]);
});

test('include_usage: a null in every chunk, and the usage in a chunk without choices before [DONE]', async () => {
  const all = await frames('gpt-5.4', { stream_options: { include_usage: true } });
  expect(all.slice(1, -2).every((frame) => frame.endsWith('"usage":null}'))).toBe(true);
  const last = JSON.parse(all.at(-2)?.slice(6) ?? '') as Record<string, unknown>;
  expect(Object.keys(last)).toEqual([
    'choices',
    'created',
    'id',
    'latency_checkpoint',
    'model',
    'obfuscation',
    'object',
    'routing',
    'service_tier',
    'system_fingerprint',
    'usage',
  ]);
  expect(last).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) as number } });
  expect(last['usage']).not.toHaveProperty('latency_checkpoint');
});

test('include_obfuscation: false leaves the padding out', async () => {
  const all = await frames('gpt-5.4', { stream_options: { include_obfuscation: false } });
  expect(all.some((frame) => frame.includes('obfuscation'))).toBe(false);
});

test('the four categories on older models, nothing on gpt-4.1', async () => {
  const graded =
    '{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}';
  expect((await frames('gpt-4o'))[2]).toContain(`"content_filter_results":${graded},"delta":{"content"`);
  expect((await frames('gpt-4.1'))[2]).toContain('"content_filter_results":{},"delta":{"content"');
});

test('an answer cut by the filter ends at once, with the verdict and without usage', async () => {
  const all = await frames('gpt-5.4', {
    messages: [{ role: 'user', content: 'Say hello mock-filter:completion:violence:high' }],
    stream_options: { include_usage: true },
  });
  expect(plain(all.at(-2) ?? '')).toBe(
    `data: {"choices":[{"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"protected_material_code":{"detected":false,"filtered":false},"protected_material_text":{"detected":false,"filtered":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":true,"severity":"high"}},"delta":{},"finish_reason":"content_filter","index":0,"logprobs":null}],${tail('gpt-5.4-2026-03-05', ',"usage":null')}`,
  );
  expect(all.at(-1)).toBe('data: [DONE]');
});

const asynchronous = { 'x-policy-id': 'Asynchronous_filter' };

test('the asynchronous filter: deltas without verdicts, then verdicts without deltas, then usage', async () => {
  azure.reply('gpt-5.4', 'Hi!');
  const all = await frames('gpt-5.4', { stream_options: { include_usage: true } }, asynchronous);
  const end = tail('gpt-5.4-2026-03-05', ',"usage":null');
  const offsets = '"content_filter_offsets":{"check_offset":2,"start_offset":2,"end_offset":5}';
  const annotation = (group: string): string =>
    `data: {"choices":[{${offsets},"content_filter_results":${group},"finish_reason":null,"index":0}],"created":0,"id":"","model":"","object":""}`;
  expect(all.slice(0, -2).map(plain)).toEqual([
    promptFrame,
    `data: {"choices":[{"delta":{"content":"","refusal":null,"role":"assistant"},"finish_reason":null,"index":0,"logprobs":null}],${end}`,
    `data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":null,"index":0,"logprobs":null}],${end}`,
    `data: {"choices":[{"delta":{"content":"!"},"finish_reason":null,"index":0,"logprobs":null}],${end}`,
    `data: {"choices":[{"delta":{},"finish_reason":"stop","index":0,"logprobs":null}],${end}`,
    annotation(
      '{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}',
    ),
    annotation('{"protected_material_code":{"detected":false,"filtered":false}}'),
    annotation('{"protected_material_text":{"detected":false,"filtered":false}}'),
  ]);
  expect(all.at(-2)).toContain('"usage":{"completion_tokens"');
});

test('the asynchronous filter: verdicts come between the deltas of a long text, about what is out by then', async () => {
  azure.reply('gpt-5.4', 'word '.repeat(100));
  const all = await frames('gpt-5.4', {}, asynchronous);
  let said = 0;
  const seen: [end: number, said: number][] = [];
  for (const frame of all) {
    said += /"delta":\{"content":"([^"]*)"\}/.exec(frame)?.[1]?.length ?? 0;
    const end = /"end_offset":(\d+)/.exec(frame)?.[1];
    if (end !== undefined) seen.push([Number(end) - 2, said]);
  }
  expect(seen.map(([end]) => end)).toEqual([204, 404, 500, 500, 500]);
  expect(seen.every(([end, out]) => end === out)).toBe(true);
});

test('the asynchronous filter: a violation while streaming ends the stream in an annotation', async () => {
  const content = 'Say hello mock-filter:completion:violence:high';
  const all = await frames(
    'gpt-5.4',
    { messages: [{ role: 'user', content }], stream_options: { include_usage: true } },
    asynchronous,
  );
  const last = JSON.parse(all.at(-2)?.slice(6) ?? '') as { readonly choices: readonly object[] };
  expect(last.choices[0]).toMatchObject({ finish_reason: 'content_filter' });
  expect(last.choices[0]).not.toHaveProperty('delta');
  expect(all.filter((frame) => frame.includes('"finish_reason":"content_filter"'))).toHaveLength(1);
  expect(all.some((frame) => frame.includes('"finish_reason":"stop"'))).toBe(false);
});

test('the asynchronous filter: a violation found after stop leaves the stream whole', async () => {
  azure.reply('gpt-5.4', {
    text: 'Hi!',
    finishReason: 'stop',
    contentFilter: { hate: { filtered: true, severity: 'high' } },
  });
  const all = await frames('gpt-5.4', { stream_options: { include_usage: true } }, asynchronous);
  expect(all.filter((frame) => frame.includes('"finish_reason":"stop"'))).toHaveLength(1);
  expect(all.some((frame) => frame.includes('"hate":{"filtered":true,"severity":"high"}'))).toBe(true);
  expect(all.at(-2)).toContain('"usage":{"completion_tokens"');
});

test('the pieces of a script are the chunks of the stream', async () => {
  azure.reply('gpt-5.4', { chunks: ['Hel', 'lo', ' world'] });
  const pieces = (await frames('gpt-5.4')).flatMap(
    (frame) => /"delta":\{"content":"([^"]+)"\}/.exec(frame)?.[1] ?? [],
  );
  expect(pieces).toEqual(['Hel', 'lo', ' world']);
});

test('the choices of n arrive mixed', async () => {
  azure.reply('gpt-5.4', 'one two');
  const all = await frames('gpt-5.4', { n: 2 });
  const indexes = all
    .slice(1, -1)
    .map((frame) => (JSON.parse(frame.slice(6)) as { choices: { index: number }[] }).choices[0]?.index);
  expect(indexes).toEqual([0, 1, 0, 1, 0, 1, 0, 1]);
});

test('filters that did not run say so in every chunk, and nothing of the prompt', async () => {
  const all = await frames('gpt-4.1', {
    messages: [{ role: 'user', content: 'Say hello mock-filter:completion:error' }],
  });
  const failed =
    '"content_filter_result":{"error":{"code":"content_filter_error","message":"The contents are not filtered"}},"content_filter_results":{}';
  expect(all.slice(0, -1).every((frame) => frame.startsWith(`data: {"choices":[{${failed},"delta":`))).toBe(
    true,
  );
});

test('the arguments of a call are never cut inside of a character', async () => {
  azure.reply('gpt-4.1', { toolCalls: [{ name: 'say', arguments: '{"text":"😀😀😀😀😀😀"}' }] });
  const tools = [
    { type: 'function', function: { name: 'say', parameters: { type: 'object', properties: {} } } },
  ];
  const all = await frames('gpt-4.1', { tools });
  expect(all.join('')).not.toContain('\\ud83d');
});

/** The deltas of a stream. */
function deltasOf(all: readonly string[]): unknown[] {
  return all
    .filter((frame) => frame.startsWith('data: {'))
    .flatMap((frame) => (JSON.parse(frame.slice(6)) as { choices: { delta: unknown }[] }).choices)
    .map(({ delta }) => delta);
}

const silent = { content: null, refusal: null, role: 'assistant' };
const get = { type: 'function', function: { name: 'get' } };
const run = { type: 'custom', custom: { name: 'run' } };

test('the first call begins with the role, each other one by itself, and arguments come six characters at a time', async () => {
  azure.reply('gpt-5.4', {
    toolCalls: [
      { id: 'a', name: 'get', arguments: '{"city":"Lisbon"}' },
      { id: 'b', name: 'run', arguments: 'a\nb = 1' },
    ],
  });
  expect(deltasOf(await frames('gpt-5.4', { tools: [get, run] }))).toEqual([
    {
      ...silent,
      tool_calls: [{ function: { arguments: '', name: 'get' }, id: 'a', index: 0, type: 'function' }],
    },
    { tool_calls: [{ function: { arguments: '{"city' }, index: 0 }] },
    { tool_calls: [{ function: { arguments: '":"Lis' }, index: 0 }] },
    { tool_calls: [{ function: { arguments: 'bon"}' }, index: 0 }] },
    { tool_calls: [{ custom: { input: '', name: 'run' }, id: 'b', index: 1, type: 'custom' }] },
    { tool_calls: [{ custom: { input: 'a\nb = ' }, index: 1 }] },
    { tool_calls: [{ custom: { input: '1' }, index: 1 }] },
    {},
  ]);
});

test('a call of a function, as before tools, begins with the role', async () => {
  azure.reply('gpt-4o', { toolCalls: [{ name: 'get', arguments: '{"a":1}' }] });
  const all = await frames('gpt-4o', { functions: [get.function] });
  expect(deltasOf(all)).toEqual([
    { ...silent, function_call: { arguments: '', name: 'get' } },
    { function_call: { arguments: '{"a":1' } },
    { function_call: { arguments: '}' } },
    {},
  ]);
  expect(all.at(-2)).toContain('"finish_reason":"function_call"');
});

test('a call without arguments is one delta', async () => {
  azure.reply('gpt-5.4', { toolCalls: [{ id: 'a', name: 'get', arguments: '' }] });
  const all = await frames('gpt-5.4', { tools: [get] });
  expect(deltasOf(all)).toHaveLength(2);
  expect(all.at(-2)).toContain('"finish_reason":"tool_calls"');
});

test('a refusal is one delta', async () => {
  azure.reply('gpt-5.4', { refusal: 'No, never.' });
  expect(deltasOf(await frames('gpt-5.4'))).toEqual([silent, { refusal: 'No, never.' }, {}]);
});

test('a spoken answer is a transcript in pieces, then its sound, then the time when it ends', async () => {
  azure.reply('gpt-4o', 'Good morning');
  const more = { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'pcm16' } };
  const deltas = deltasOf(await frames('gpt-4o', more)) as { audio?: { id: string; expires_at?: number } }[];
  const id = deltas[1]?.audio?.id;
  expect(id).toMatch(/^audio_[\dA-Za-z]{24}$/);
  expect(deltas).toEqual([
    { content: '', refusal: null, role: 'assistant' },
    { audio: { id, transcript: 'Good' } },
    { audio: { id, transcript: ' morning' } },
    { audio: { id, data: silence(2) } },
    { audio: { id, expires_at: expect.any(Number) as number } },
    {},
  ]);
  // In seconds.
  expect(String(deltas[4]?.audio?.expires_at)).toHaveLength(10);
});

test('log probabilities come with their piece', async () => {
  azure.reply('gpt-4.1', 'one two');
  const all = await frames('gpt-4.1', { logprobs: true, top_logprobs: 1 });
  const found = all.slice(1, -1).map((frame) => {
    const { choices } = JSON.parse(frame.slice(6)) as { choices: Record<string, unknown>[] };
    return [choices[0]?.['delta'], choices[0]?.['logprobs']];
  });
  expect(found).toEqual([
    [{ content: '', refusal: null, role: 'assistant' }, null],
    [{ content: 'one' }, { content: logprobsOf(['one'], 1), refusal: null }],
    [{ content: ' two' }, { content: logprobsOf([' two'], 1), refusal: null }],
    [{}, null],
  ]);
});

test('an answer from the data of the caller begins with its context', async () => {
  const endpoint = 'https://contoso.search.windows.net';
  const data_sources = [{ type: 'azure_search', parameters: { endpoint, index_name: 'x' } }];
  const all = await frames('gpt-4o', { data_sources });
  const [first] = deltasOf(all);
  expect(first).toEqual({
    content: '',
    context: { citations: [], intent: '["Hi"]' },
    refusal: null,
    role: 'assistant',
  });
  expect(all.join('')).not.toContain('prompt_filter_results');
  expect(all[0]).toContain('"object":"extensions.chat.completion.chunk"');
});

test('a stream of 2024 has neither padding nor tier, and its verdicts are the four categories', async () => {
  const old = await startMockAzure({ seed: 1, headers: '2024' });
  old.reply('*', 'Hi!');
  const graded =
    '{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}';
  const end =
    '"created":1,"id":"chatcmpl-1","model":"gpt-5.4-2026-03-05","object":"chat.completion.chunk","system_fingerprint":null';
  const chunk = (filter: string, delta: string, finish = 'null') =>
    `data: {"choices":[{"content_filter_results":${filter},"delta":${delta},"finish_reason":${finish},"index":0,"logprobs":null}],${end},"usage":null}`;
  expect((await frames('gpt-5.4', { stream_options: { include_usage: true } }, {}, old)).map(plain)).toEqual([
    promptFrame,
    chunk('{}', '{"content":"","refusal":null,"role":"assistant"}'),
    chunk(graded, '{"content":"Hi"}'),
    chunk(graded, '{"content":"!"}'),
    chunk('{}', '{}', '"stop"'),
    `data: {"choices":[],${end},"usage":{"completion_tokens":2,"prompt_tokens":8,"total_tokens":10}}`,
    'data: [DONE]',
  ]);
  await old.close();
});

test('the four categories are what was found, and harmless where the answer was cut', async () => {
  const content = 'Say one two three';
  const low = { filtered: false, severity: 'low' } as const;
  azure.reply('gpt-4o', {
    text: 'one two',
    contentFilter: { hate: low, violence: { filtered: true, severity: 'high' } },
  });
  const all = await frames('gpt-4o', { messages: [{ role: 'user', content }] });
  expect(all[2]).toContain(
    '"content_filter_results":{"hate":{"filtered":false,"severity":"low"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}},"delta":{"content"',
  );
});

test('a stream that is stored can be read again as a whole', async () => {
  const all = await frames('gpt-5.4', { store: true });
  const { id } = JSON.parse(all[1]?.slice(6) ?? '') as { id: string };
  const response = await fetch(`${azure.endpoint}/openai/v1/chat/completions/${id}`, {
    headers: { 'api-key': azure.apiKey },
  });
  expect(await response.json()).toMatchObject({ id, object: 'chat.completion' });
  const [other] = (await frames('gpt-5.4')).slice(1);
  const unknown = (JSON.parse(other?.slice(6) ?? '') as { id: string }).id;
  const missing = await fetch(`${azure.endpoint}/openai/v1/chat/completions/${unknown}`, {
    headers: { 'api-key': azure.apiKey },
  });
  expect(missing.status).toBe(404);
});
