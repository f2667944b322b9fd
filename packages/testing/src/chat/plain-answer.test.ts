import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorInStream } from '../script/body-faults.ts';
import type { Reply } from '../script/reply.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

// Text that is known to be ASCII is sent unchecked, so all other text must be known as well.

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure({ anyDeployment: 'gpt-4.1' });
});

afterAll(async () => azure.close());

async function answer(
  stream: boolean,
  deployment = 'gpt-4.1',
): Promise<{ body: Buffer; length: string | null }> {
  const path = `/openai/deployments/${encodeURIComponent(deployment)}/chat/completions?api-version=2025-04-01-preview`;
  const response = await fetch(`${azure.endpoint}${path}`, {
    method: 'POST',
    headers: { 'api-key': azure.apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], stream }),
  });
  return {
    body: Buffer.from(await response.arrayBuffer()),
    length: response.headers.get('content-length'),
  };
}

const odd = 'Grüße, Łódź, 漢字 and 😀';
const replies: readonly (readonly [string, Reply])[] = [
  ['a plain text', 'plain\n"text"'],
  ['a text', odd],
  ['a long text', 'x'.repeat(20_000) + odd],
  ['pieces', { chunks: ['plain ', 'Łódź', '\u2028 ', '😀'] }],
  ['a refusal', { refusal: odd }],
  ['a call', { toolCalls: [{ name: 'look', arguments: { where: odd } }] }],
  ['a verdict', { text: 'plain', contentFilter: { custom_blocklists: [{ filtered: false, id: odd }] } }],
  [
    'a verdict on the prompt',
    { text: 'plain', promptFilter: { custom_blocklists: [{ filtered: false, id: odd }] } },
  ],
];

test.each(replies)('%s arrives as it was written', async (_, reply) => {
  azure.reply('*', reply);
  const { body, length } = await answer(false);
  expect(length).toBe(String(body.length));
  const text = body.toString();
  expect(() => JSON.parse(text) as unknown).not.toThrow();
  expect(text).not.toContain('\ufffd');
  if (JSON.stringify(reply).includes('Ł')) expect(text).toContain('Łódź');
});

test.each(replies)('%s arrives as it was written in a stream', async (_, reply) => {
  azure.reply('*', reply);
  const text = (await answer(true)).body.toString();
  const deltas = [...text.matchAll(/"delta":(\{[^]*?\}),"finish_reason"/g)].map(([, delta = '']) => delta);
  expect(text).not.toContain('\ufffd');
  const said = deltas.map((delta) => (JSON.parse(delta) as { content?: string }).content ?? '').join('');
  if (typeof reply === 'string') expect(said).toBe(reply);
  if (typeof reply === 'object' && 'chunks' in reply) expect(said).toBe(reply.chunks.join(''));
});

test('an error inside of a stream may say anything', async () => {
  azure.fail('*', errorInStream({ message: odd }));
  expect((await answer(true)).body.toString()).toContain(odd);
});

test('a deployment may have any name', async () => {
  azure.reply('*', 'plain', { times: 2 });
  expect(JSON.parse((await answer(false, odd)).body.toString())).toMatchObject({ object: 'chat.completion' });
  expect((await answer(true, odd)).body.toString()).toMatch(/"content":"plain"[^]*\[DONE\]\n\n$/);
});
