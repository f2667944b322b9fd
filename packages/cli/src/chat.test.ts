import { respondWith, unauthorized } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startChatMock } from './chat.fake.ts';
import { run } from './program.ts';
import { fakeTerminal, type FakeTerminal } from './terminal.fake.ts';

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

function terminal(parts: Partial<Parameters<typeof fakeTerminal>[0]> = {}): FakeTerminal {
  return fakeTerminal({ cwd: folder, env: { AZURE_OPENAI_API_KEY: azure.apiKey }, ...parts });
}

/** The messages of the request that came in at a place. */
function sent(at: number): unknown {
  return (azure.requests()[at]?.body as { messages?: unknown } | undefined)?.messages;
}

describe('aoai chat', () => {
  test('streams the answer to a prompt, with what it took', async () => {
    azure.reply('chat', 'Hello there.');
    const screen = terminal();
    expect(await run(['chat', 'chat', 'Say', 'hello', '--system', 'Be brief.'], screen)).toBe(0);
    expect(screen.output()).toBe('Hello there.\n');
    expect(screen.errors()).toMatch(/^chat: \d+ tokens in, \d+ out, cost [\d.e-]+\n$/);
    expect(sent(0)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Say hello' },
    ]);
  });

  test('a page with status 200 is no answer: says what came, and exits with an error', async () => {
    const page = respondWith({ headers: { 'content-type': 'text/html' }, body: '<title>Sign in</title>' });
    azure.fail('chat', page, { times: Infinity });
    const screen = terminal();
    expect(await run(['chat', 'chat', 'Hello'], screen)).toBe(1);
    expect(screen.output()).toBe('');
    expect(screen.errors()).toContain('200 "text/html" that begins "<title>Sign in</title>"');
  });

  test('takes standard input, alone or within a prompt', async () => {
    azure.reply('chat', ['One.', 'Two.']);
    expect(await run(['chat', 'chat'], terminal({ input: ['long ', 'text\n'] }))).toBe(0);
    expect(await run(['chat', 'chat', 'Summarise:', '-'], terminal({ input: ['the text\n'] }))).toBe(0);
    expect(sent(0)).toEqual([{ role: 'user', content: 'long text' }]);
    expect(sent(1)).toEqual([{ role: 'user', content: 'Summarise: the text' }]);
  });

  test('keeps a conversation in a terminal, and survives a failed call', async () => {
    azure.reply('chat', ['First.', 'Third.']);
    async function* typed(): AsyncGenerator<string> {
      yield 'one\n';
      azure.fail('*', unauthorized(), { times: 5 });
      yield 'two\n';
      azure.reset();
      azure.reply('chat', 'Third.');
      yield 'three\n';
    }
    const screen = terminal({ input: typed(), isTTY: true });
    expect(await run(['chat', 'chat'], screen)).toBe(0);
    expect(screen.output()).toContain('First.');
    expect(screen.output()).toContain('Third.');
    expect(screen.errors()).toContain('401');
    expect(sent(0)).toEqual([
      { role: 'user', content: 'one' },
      { role: 'assistant', content: 'First.' },
      { role: 'user', content: 'three' },
    ]);
  });

  test('speaks the Responses API to a model that knows no other', async () => {
    azure.reply('pro', 'Deep thought.');
    const screen = terminal();
    expect(await run(['chat', 'pro', 'Think', '--max-tokens', '500'], screen)).toBe(0);
    expect(screen.output()).toBe('Deep thought.\n');
    expect(azure.requests()[0]?.body).toMatchObject({ max_output_tokens: 500, store: false });
  });

  test('says how many tokens came from the cache, and no cost without a price', async () => {
    azure.reply('pro', {
      text: 'Yes.',
      usage: { promptTokens: 2048, cachedTokens: 1024, completionTokens: 3 },
    });
    const screen = terminal();
    expect(await run(['chat', 'pro', 'Is it?'], screen)).toBe(0);
    expect(screen.errors()).toBe('pro: 2048 tokens in (1024 cached), 3 out\n');
  });

  test('shows in a conversation how it goes on, and where', async () => {
    azure.reply('chat', 'First.');
    const screen = terminal({
      input: ['one\n', ' \n'],
      isTTY: true,
      env: { ...terminal().env, NO_COLOR: '1' },
    });
    expect(await run(['chat', 'chat'], screen)).toBe(0);
    expect(screen.errors().replace(/\d+ tokens.*/, 'what it took')).toBe(
      'chat: one line is one message. Ctrl-D ends.\n> chat: what it took\n> > \n',
    );
  });

  test('prints JSON for programs', async () => {
    azure.reply('chat', 'Hello.');
    const screen = terminal();
    expect(await run(['chat', 'chat', 'hi', '--json'], screen)).toBe(0);
    expect(JSON.parse(screen.output())).toMatchObject({
      name: 'chat',
      deployment: 'chat',
      content: 'Hello.',
      usage: { outputTokens: expect.any(Number) as number },
      cost: expect.any(Number) as number,
    });
    expect(screen.errors()).toBe('');
  });

  test('shows no control characters of an answer', async () => {
    azure.reply('chat', 'a\u001b[2Jb\u0007c');
    const screen = terminal();
    await run(['chat', 'chat', 'hi'], screen);
    expect(screen.output()).toBe('a[2Jbc\n');
  });

  test.each([
    [
      ['chat', 'chatt', 'hi'],
      2,
      'Cannot resolve deployment "chatt": not in this config. Known names: "chat", "pro".',
    ],
    [['chat', 'chat', ' '], 2, 'Nothing to ask'],
    [['chat'], 2, "missing required argument 'name'"],
    [['chat', 'chat', 'hi', '--max-tokens', '0'], 2, 'Give a whole number above 0.'],
    [['chat', 'chat', 'hi', '--config', 'none.json'], 2, 'No such file.'],
  ])('%j ends with %i', async (args, code, message) => {
    const screen = terminal();
    expect(await run(args, screen)).toBe(code);
    expect(screen.errors()).toContain(message);
    expect(screen.output()).toBe('');
  });

  test('ends with 130 on Ctrl-C', async () => {
    azure.reply('chat', 'A long answer that is not waited for.');
    const interrupt = new AbortController();
    const screen = terminal({
      signal: interrupt.signal,
      onWrite: () => {
        interrupt.abort(new Error('Interrupted.'));
      },
    });
    expect(await run(['chat', 'chat', 'hi'], screen)).toBe(130);
  });
});
