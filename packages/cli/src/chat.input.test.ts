import type { MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startChatMock } from './chat.fake.ts';
import { run } from './program.ts';
import { fakeTerminal } from './terminal.fake.ts';

let folder = '';
let azure: MockAzure;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ azure, folder, close } = await startChatMock());
});
beforeEach(() => {
  azure.reset();
});
afterAll(() => close());

/** Runs `aoai chat` on pieces of input, and tells what was sent. */
async function chat(
  args: readonly string[],
  pieces: readonly (string | Uint8Array)[] = [],
  { isTTY = false, signal }: { readonly isTTY?: boolean; readonly signal?: AbortSignal } = {},
) {
  const terminal = fakeTerminal({
    cwd: folder,
    env: { AZURE_OPENAI_API_KEY: azure.apiKey },
    input: pieces as string[],
    isTTY,
    ...(signal !== undefined && { signal }),
  });
  const code = await run(['chat', ...args], terminal);
  const bodies = azure.requests().map(({ body }) => body as Record<string, unknown>);
  return { code, bodies, err: terminal.errors() };
}

const asked = (bodies: readonly Record<string, unknown>[]) =>
  bodies.map(({ messages }) => (messages as { content: string }[]).at(-1)?.content);

const bytes = (text: string) => Buffer.from(text);

test('input is text, also where a character is cut in two', async () => {
  const whole = bytes('Größe?');
  const { bodies } = await chat(['chat'], [whole.subarray(0, 3), whole.subarray(3)]);
  expect(asked(bodies)).toEqual(['Größe?']);
});

test.each([[['']], [[' \n']], [[]]])('of %j there is nothing to ask: nothing is sent', async (pieces) => {
  expect(await chat(['chat'], pieces)).toEqual({
    code: 2,
    bodies: [],
    err: 'Nothing to ask: write a prompt after the name, or pipe one in.\n',
  });
});

test('in a conversation each line is a message, however it comes; empty ones are none', async () => {
  const umlaut = bytes('ü\n');
  const pieces = ['one\n\n  \ntw', 'o\n', umlaut.subarray(0, 1), umlaut.subarray(1), 'last'];
  const { code, bodies } = await chat(['chat'], pieces, { isTTY: true });
  expect(code).toBe(0);
  expect(asked(bodies)).toEqual(['one', 'two', 'ü', 'last']);
  expect(bodies.map(({ messages }) => (messages as unknown[]).length)).toEqual([1, 3, 5, 7]);
});

test('words after the name are the prompt in a terminal too', async () => {
  expect(asked((await chat(['chat', 'Hello', 'there'], [], { isTTY: true })).bodies)).toEqual([
    'Hello there',
  ]);
});

test('a limit is sent under the name of the operation, and none when none is given', async () => {
  const limits = async (...args: readonly string[]) => {
    azure.reset();
    const [body = {}] = (await chat([...args, 'Hello'])).bodies;
    const names = ['max_completion_tokens', 'max_output_tokens', 'max_tokens'].filter((name) => name in body);
    return Object.fromEntries(names.map((name) => [name, body[name]]));
  };
  expect(await limits('chat', '--max-tokens', '77')).toEqual({ max_completion_tokens: 77 });
  expect(await limits('pro', '--max-tokens', '77')).toEqual({ max_output_tokens: 77 });
  expect(await limits('chat')).toEqual({});
  expect(await limits('pro')).toEqual({});
});

test.each([true, false])(
  'an interrupt during input sends nothing and ends with 130; at a terminal: %s',
  async (isTTY) => {
    const { code, bodies } = await chat(['chat'], ['one\n'], { isTTY, signal: AbortSignal.abort() });
    expect([code, bodies]).toEqual([130, []]);
  },
);
