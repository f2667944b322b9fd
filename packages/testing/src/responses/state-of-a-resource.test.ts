import { defineConfig } from '@aoai/config';
import OpenAI, { toFile } from 'openai';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manualClock, type ManualClock } from '../clock.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';

const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://contoso-se.openai.azure.com' },
    france: { endpoint: 'https://contoso-fr.openai.azure.com' },
  },
  deployments: {
    sweden: { resource: 'sweden', deployment: 'gpt', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    'sweden-too': { resource: 'sweden', deployment: 'too', model: 'gpt-5-mini', sku: 'GlobalStandard' },
    france: { resource: 'france', deployment: 'gpt', model: 'gpt-5-mini', sku: 'GlobalStandard' },
  },
});

let azure: MockAzure;
let clock: ManualClock;
let sweden: OpenAI;
let france: OpenAI;

beforeEach(async () => {
  clock = manualClock();
  azure = await startMockAzure({ config, clock });
  const to = (name: string) =>
    new OpenAI({
      baseURL: `${azure.config.resources[name]?.endpoint ?? ''}/openai/v1/`,
      apiKey: azure.apiKey,
      maxRetries: 0,
    });
  sweden = to('sweden');
  france = to('france');
});

afterEach(async () => azure.close());

const model = 'gpt';
const question = { role: 'user' as const, content: 'And in one word?' };

async function think(client: OpenAI, options: { readonly store?: boolean; readonly encrypted?: boolean }) {
  const { store = true, encrypted = false } = options;
  return client.responses.create({
    model,
    input: 'Name a colour.',
    store,
    reasoning: { effort: 'low' },
    ...(encrypted && { include: ['reasoning.encrypted_content'] }),
  });
}

describe('encrypted content', () => {
  test('of a resource is read by all of its deployments and by no other resource', async () => {
    const first = await think(sweden, { store: false, encrypted: true });
    const [thought] = first.output;
    if (thought?.type !== 'reasoning') throw new Error('nothing was thought');
    const content = thought.encrypted_content ?? '';
    expect(content).toMatch(/^gAAAAA[\w-]+={0,2}$/);
    const input = [...first.output, question] as OpenAI.Responses.ResponseInput;
    for (const name of ['gpt', 'too']) {
      const { status } = await sweden.responses.create({ model: name, input, store: false });
      expect(status).toBe('completed');
    }
    const elsewhere = france.responses.create({ model, input, store: false });
    await expect(elsewhere).rejects.toMatchObject({
      status: 400,
      code: 'invalid_encrypted_content',
      type: 'invalid_request_error',
      param: null,
    });
    await expect(elsewhere).rejects.toThrow(
      `The encrypted content gAAA...${content.slice(-4)} could not be verified.`,
    );
  });

  test.each([
    ['changed', (content: string) => content.replace(/.{9}$/, 'AAAAAAAA=')],
    ['cut', (content: string) => content.slice(0, 40)],
    ['empty', () => ''],
    ['text', () => 'The user wants a colour.'],
  ])('that was %s is refused', async (_, change) => {
    const { output } = await think(sweden, { store: false, encrypted: true });
    const [thought] = output;
    if (thought?.type !== 'reasoning') throw new Error('nothing was thought');
    const changed = { ...thought, encrypted_content: change(thought.encrypted_content ?? '') };
    await expect(
      sweden.responses.create({ model, input: [changed, question], store: false }),
    ).rejects.toMatchObject({ status: 400, code: 'invalid_encrypted_content' });
  });

  test('of a compaction is refused by another resource, whichever operation reads it', async () => {
    const { output } = await sweden.responses.compact({ model, input: 'The project is called Northwind.' });
    const input = [...(output as unknown as OpenAI.Responses.ResponseInput), question];
    expect((await sweden.responses.create({ model, input })).status).toBe('completed');
    const refused = { status: 400, code: 'invalid_encrypted_content' };
    await expect(france.responses.create({ model, input })).rejects.toMatchObject(refused);
    await expect(france.responses.compact({ model, input })).rejects.toMatchObject(refused);
    await expect(france.conversations.create({ items: input })).rejects.toMatchObject(refused);
    await expect(france.responses.inputTokens.count({ model, input })).rejects.toMatchObject(refused);
  });
});

describe('a stored item', () => {
  test('is found by its id in its own resource only', async () => {
    const first = await think(sweden, {});
    const [thought, said] = first.output;
    const reference = { type: 'item_reference' as const, id: said?.id ?? '' };
    const echo = thought as OpenAI.Responses.ResponseReasoningItem;
    for (const item of [reference, echo]) {
      const input = [item, question];
      expect((await sweden.responses.create({ model, input })).status).toBe('completed');
      const elsewhere = france.responses.create({ model, input });
      await expect(elsewhere).rejects.toMatchObject({ status: 400, param: 'input', code: null });
      await expect(elsewhere).rejects.toThrow(`Item with id '${item.id}' not found.`);
    }
  });

  test('is gone with its response', async () => {
    const first = await think(sweden, {});
    const reference = { type: 'item_reference' as const, id: first.output[1]?.id ?? '' };
    await sweden.responses.delete(first.id);
    await expect(sweden.responses.create({ model, input: [reference, question] })).rejects.toThrow(
      `Item with id '${reference.id}' not found.`,
    );
  });

  test('was never there with store: false, and the service says so', async () => {
    const { output } = await think(sweden, { store: false });
    const input = [...output, question] as OpenAI.Responses.ResponseInput;
    await expect(sweden.responses.create({ model, input, store: false })).rejects.toThrow(
      'Items are not persisted when `store` is set to false.',
    );
  });
});

test('a response of another resource is refused with 400 as the previous one, and with 404 by its path', async () => {
  const { id } = await think(sweden, {});
  await expect(
    france.responses.create({ model, input: 'Go on', previous_response_id: id }),
  ).rejects.toMatchObject({
    status: 400,
    code: 'previous_response_not_found',
    param: 'previous_response_id',
  });
  for (const call of [
    france.responses.retrieve(id),
    france.responses.cancel(id),
    france.responses.delete(id),
    france.responses.inputItems.list(id),
  ] as Promise<unknown>[])
    await expect(call).rejects.toMatchObject({ status: 404, code: null });
  const conversation = await sweden.conversations.create();
  await expect(
    france.responses.create({ model, input: 'Hi', conversation: conversation.id }),
  ).rejects.toMatchObject({ status: 404 });
});

test('a file of another resource is refused, in the words of a failed verification', async () => {
  const file = await sweden.files.create({
    file: await toFile(Buffer.from('A word'), 'a.txt'),
    purpose: 'assistants',
  });
  expect(file.id).toMatch(/^assistant-[0-9A-Za-z]{22}$/);
  const content = [
    { type: 'input_file' as const, file_id: file.id },
    { type: 'input_text' as const, text: 'What does it say?' },
  ];
  const input = [{ role: 'user' as const, content }];
  expect((await sweden.responses.create({ model, input })).status).toBe('completed');
  await expect(france.responses.create({ model, input })).rejects.toThrow(
    `Files [${file.id}] were not found due to ownership verification failure. Ensure the same AOAI resource is used to create and access files.`,
  );
});
