import { apiKey } from '@aoai/auth';
import { slow } from '@aoai/testing';
import OpenAI from 'openai';
import type { APIError } from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { longText, messages, useEstate } from './estate.ts';

// What people use of the SDK, once through the SDK alone and once through this client: it must be the same.
const fixture = useEstate();

const clients = {
  'the SDK alone': () =>
    new OpenAI({ baseURL: `${fixture.mock.endpoint}/openai/v1`, apiKey: fixture.mock.apiKey, maxRetries: 0 }),
  'this client': () => fixture.connect({ credential: apiKey(fixture.mock.apiKey) }).sdk,
};

describe.each(Object.entries(clients))('%s', (name, connect) => {
  // The SDK alone calls the deployment by its name in Azure.
  const model = name === 'this client' ? 'chat-sweden' : 'gpt-4.1-mini';
  const embedder = name === 'this client' ? 'embed' : 'text-embedding-3-small';

  test('gives data, response and request id', async () => {
    fixture.mock.reply('chat', longText, { times: 3 });
    const client = connect();
    const {
      data,
      response,
      request_id: requestId,
    } = await client.chat.completions.create({ model, messages }).withResponse();
    expect(data.choices[0]?.message.content).toBe(longText);
    expect(response).toBeInstanceOf(Response);
    expect(response.headers.get('x-ms-region')).not.toBeNull();
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    const again = await client.chat.completions.create({ model, messages });
    expect(again._request_id).toMatch(/^[0-9a-f-]{36}$/);
    const raw = await client.chat.completions.create({ model, messages }).asResponse();
    expect(raw.status).toBe(200);
    expect(((await raw.json()) as OpenAI.ChatCompletion).choices[0]?.message.content).toBe(longText);
  });

  test('iterates, tees and turns streams into readable ones', async () => {
    fixture.mock.reply('chat', longText, { times: 3 });
    const client = connect();
    const join = async (chunks: AsyncIterable<OpenAI.ChatCompletionChunk>) => {
      let text = '';
      for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    };
    const open = () => client.chat.completions.create({ model, messages, stream: true });
    expect(await join(await open())).toBe(longText);
    const [left, right] = (await open()).tee();
    expect(await Promise.all([join(left), join(right)])).toEqual([longText, longText]);
    const lines = await new Response((await open()).toReadableStream() as ReadableStream).text();
    expect(lines.trim().split('\n').length).toBeGreaterThan(5);
  });

  test('aborts with a signal and with the stream’s controller', async () => {
    fixture.mock.fail('chat-sweden', slow({ betweenMs: 30 }), { times: 2 });
    const client = connect();
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    const kinds: string[] = [];
    for await (const chunk of stream) {
      kinds.push(chunk.object);
      stream.controller.abort();
    }
    expect(kinds).not.toEqual([]);
    const signal = AbortSignal.abort();
    const call = client.chat.completions.create({ model, messages }, { signal });
    await expect(call).rejects.toThrow(OpenAI.APIUserAbortError);
  });

  test('has the stream helper with its events and its final message', async () => {
    fixture.mock.reply('chat', longText);
    const deltas: string[] = [];
    const stream = connect().chat.completions.stream({
      model,
      messages,
      stream_options: { include_usage: true },
    });
    stream.on('content', (delta) => deltas.push(delta));
    const final = await stream.finalChatCompletion();
    expect(deltas.join('')).toBe(longText);
    expect(final.choices[0]?.message.content).toBe(longText);
    expect(final.usage?.total_tokens).toBeGreaterThan(0);
  });

  test('parses what a schema describes', async () => {
    const Answer = z.object({ city: z.string(), rainy: z.boolean() });
    fixture.mock.reply('chat', '{"city":"Paris","rainy":true}', { times: 2 });
    const client = connect();
    const chat = await client.chat.completions.parse({
      model,
      messages,
      response_format: zodResponseFormat(Answer, 'answer'),
    });
    expect(chat.choices[0]?.message.parsed).toEqual({ city: 'Paris', rainy: true });
    const response = await client.responses.parse({
      model,
      input: 'Hello',
      text: { format: zodTextFormat(Answer, 'answer') },
    });
    expect(response.output_parsed).toEqual({ city: 'Paris', rainy: true });
  });

  test('runs tools', async () => {
    fixture.mock.reply('chat', [
      { toolCalls: [{ name: 'weather', arguments: { city: 'Paris' } }] },
      longText,
    ]);
    const runner = connect().chat.completions.runTools({
      model,
      messages,
      tools: [
        {
          type: 'function',
          function: {
            name: 'weather',
            description: 'The weather of a city',
            parameters: { type: 'object', properties: { city: { type: 'string' } } },
            parse: JSON.parse,
            function: ({ city }: { city: string }) => `Rain in ${city}`,
          },
        },
      ],
    });
    expect(await runner.finalContent()).toBe(longText);
  });

  test('makes, streams, keeps and deletes responses', async () => {
    const client = connect();
    const response = await client.responses.create({ model, input: 'Hello' });
    expect(response.output_text).not.toBe('');
    const kept = await client.responses.retrieve(response.id);
    expect(kept.id).toBe(response.id);
    await client.responses.delete(response.id);
    await expect(client.responses.retrieve(response.id)).rejects.toThrow(OpenAI.NotFoundError);
    const stream = client.responses.stream({ model, input: 'Hello' });
    expect((await stream.finalResponse()).output_text).not.toBe('');
  });

  test('decodes embeddings', async () => {
    const { data } = await connect().embeddings.create({ model: embedder, input: ['Hello', 'world'] });
    expect(data).toHaveLength(2);
    expect(data[0]?.embedding.every((value) => typeof value === 'number')).toBe(true);
    expect(data[0]?.embedding.length).toBeGreaterThan(100);
  });

  test('has errors with status, code, headers and request id', async () => {
    const call = connect().chat.completions.create({ model, messages, temperature: 9 });
    const error: unknown = await call.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OpenAI.BadRequestError);
    const { status, headers, requestID, message } = error as APIError;
    expect(status).toBe(400);
    expect(headers?.get('content-type')).toContain('application/json');
    expect(requestID).toMatch(/^[0-9a-f-]{36}$/);
    expect(message).toContain('temperature');
  });

  test('pages through lists', async () => {
    const client = connect();
    for (const number of [1, 2, 3]) {
      await client.files.create({
        file: new File([`{"line":${number}}\n`], `${number}.jsonl`),
        purpose: 'batch',
      });
    }
    const names: string[] = [];
    for await (const file of client.files.list()) names.push(file.filename);
    expect(names.sort()).toEqual(['1.jsonl', '2.jsonl', '3.jsonl']);
  });

  test('takes options for one call and for a client made from it', async () => {
    fixture.mock.reply('chat', longText, { times: 2 });
    const client = connect();
    await client.chat.completions.create({ model, messages }, { headers: { 'x-correlation-id': 'call' } });
    const other = client.withOptions({ defaultHeaders: { 'x-correlation-id': 'client' } });
    await other.chat.completions.create({ model, messages });
    expect(fixture.mock.requests().map(({ headers }) => headers['x-correlation-id'])).toEqual([
      'call',
      'client',
    ]);
  });
});
