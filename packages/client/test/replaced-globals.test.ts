import { getRequestListener } from '@hono/node-server';
import { rateLimited } from '@aoai/testing';
import { RateLimitError, toFile } from 'openai';
import { afterEach, expect, test } from 'vitest';
import { PoolExhaustedError } from '../src/errors.ts';
import { longText, messages, useEstate } from './estate.ts';
import { itemsOf } from './items-of.ts';

// CI runs all tests of the client so (vitest.openai-replaced-globals.config.ts).
const fixture = useEstate();
const { Request, Response } = globalThis;

afterEach(() => {
  Object.assign(globalThis, { Request, Response });
});

test('a program whose server has replaced `Response` gets answers, streams and uploads, and our errors as they are', async () => {
  getRequestListener(() => new Response());
  expect(globalThis.Response).not.toBe(Response);
  const { mock } = fixture;
  mock.reply('chat', longText, { times: Infinity });
  const azure = fixture.connect({ deadlineMs: 2_000 });
  const { choices } = await azure.chat.completions.create({ model: 'chat', messages });
  expect(choices[0]?.message.content).toBe(longText);
  const stream = await azure.chat.completions.create({ model: 'chat', messages, stream: true });
  const pieces = (await itemsOf(stream)).map((chunk) => chunk.choices[0]?.delta.content ?? '');
  expect(pieces.join('')).toBe(longText);
  const file = await toFile(Buffer.from('x'), 'a.wav');
  await azure.audio.transcriptions.create({ model: 'hear', file });
  const body = JSON.stringify({ model: 'chat', messages });
  const answer = await azure.fetch(`${azure.baseURL}/chat/completions`, { method: 'POST', body });
  expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
  expect(mock.verdict()).toEqual([]);
  mock.fail('*', rateLimited({ retryAfterMs: 60_000 }), { times: Infinity });
  await expect(azure.chat.completions.create({ model: 'chat', messages })).rejects.toThrow(RateLimitError);
  await expect(azure.chat.completions.create({ model: 'chat', messages })).rejects.toThrow(
    PoolExhaustedError,
  );
});
