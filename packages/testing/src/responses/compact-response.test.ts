import { expect, test } from 'vitest';
import { countTokens } from '../answer/tokens.ts';
import { asking, refusalOf, saidBy } from './asking.fake.ts';
import { compactResponse } from './compact-response.ts';
import { decryptContent } from './encrypted-content.ts';
import type { Item } from './items.ts';
import type { ResponseObject } from './response-object.ts';
import { keep, type StoredResponse } from './response-store.ts';

type Json = Readonly<Record<string, unknown>>;

const request = asking();
const says = (role: string, content: string) => ({ role, content });

/** A turn in which this was asked and answered. */
function turn(question: string, answer: string, previous?: StoredResponse): StoredResponse {
  const item = (role: string, type: string, text: string): Item => ({
    id: `msg_${text}`,
    type: 'message',
    role,
    content: [{ type, text }],
  });
  const id = `resp_${question}`;
  const final = { id, output: [item('assistant', 'output_text', answer)] } as unknown as ResponseObject;
  const stored = { final, input: [item('user', 'input_text', question)], previous, isCancelled: false };
  keep(request, stored);
  return stored;
}

turn('Which?', 'This one is the best.', turn('Who?', 'Ada was the first.'));

function compact(body: Json) {
  const answer = compactResponse({ ...request, body });
  const { output, usage, ...rest } = saidBy(answer);
  const compaction = (output as Json[]).at(-1);
  const content = String(compaction?.['encrypted_content']);
  const texts = (output as { content?: { text: string }[] }[]).flatMap((each) => each.content ?? []);
  return {
    rest,
    compaction,
    usage: usage as Json,
    counted: answer.usedTokens?.tokens,
    outputTokens: countTokens(content),
    asked: texts.map(({ text }) => text),
    secret: decryptContent(request, content),
  };
}

test('a compaction is an object of its own', () => {
  const { rest, compaction } = compact({ input: 'Hi' });
  expect(rest).toEqual({
    id: expect.stringMatching(/^resp_\w{50}$/) as string,
    object: 'response.compaction',
    created_at: Date.UTC(2026, 10, 30) / 1000,
  });
  expect(compaction).toEqual({
    id: expect.stringMatching(/^cmp_\w{50}$/) as string,
    type: 'compaction',
    encrypted_content: expect.stringMatching(/^gAAAA/) as string,
  });
});

test.each<[string, Json, string[], string]>([
  ['a question alone', { input: 'Hi' }, ['Hi'], ''],
  [
    'a conversation in its input',
    {
      input: [
        says('user', 'Who was it?'),
        says('assistant', 'It was Ada.'),
        says('developer', 'Be brief.'),
        says('user', 'Thanks.'),
      ],
    },
    ['Who was it?', 'Thanks.'],
    'It was Ada. Be brief.',
  ],
  [
    'calls and their outputs',
    {
      input: [
        { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
        { type: 'function_call_output', call_id: 'c', output: 'It is cold.' },
      ],
    },
    [],
    'It is cold.',
  ],
  [
    'the turns before it',
    { previous_response_id: 'resp_Which?' },
    ['Who?', 'Which?'],
    'Ada was the first. This one is the best.',
  ],
  [
    'the turns before it, and what follows',
    { previous_response_id: 'resp_Who?', input: [says('assistant', 'Go on.'), says('user', 'Yes.')] },
    ['Who?', 'Yes.'],
    'Ada was the first. Go on.',
  ],
  ['a stored item that is referenced', { input: [{ type: 'item_reference', id: 'msg_Who?' }] }, ['Who?'], ''],
])('of %s keeps what the user asked, and tells the rest in secret', (_, body, asked, secret) => {
  expect(compact(body)).toMatchObject({ asked, secret });
});

test('at most ten sentences are told', () => {
  const sentences = Array.from({ length: 12 }, (_, index) => `Fact number ${index} is about a new thing.`);
  const { secret } = compact({ input: [says('assistant', sentences.join(' '))] });
  expect(secret.split('. ')).toHaveLength(10);
});

test('it costs what was read, the instructions included, and what was written', () => {
  const body = { input: [says('user', 'one two'), says('assistant', 'three')], instructions: ' four five' };
  const { usage, counted, outputTokens } = compact(body);
  expect(usage).toEqual({
    input_tokens: countTokens('one two\nthree four five'),
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: countTokens('one two\nthree four five') + outputTokens,
  });
  expect(counted).toBe(usage['total_tokens']);
});

test.each<[Json, string, string]>([
  [{}, "Missing required parameter: 'input'.", 'input'],
  [
    { input: 'Hi', previous_response_id: 'resp_x' },
    "Previous response with id 'resp_x' not found.",
    'previous_response_id',
  ],
])('%j is refused', (body, words, param) => {
  expect(refusalOf(() => compactResponse({ ...request, body }))).toEqual([words, param]);
});
