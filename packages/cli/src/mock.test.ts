import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiKey } from '@aoai/auth';
import { expect, test } from 'vitest';
import { run } from './program.ts';
import { fakeTerminal, type FakeTerminal } from './terminal.fake.ts';

test('aoai mock plays the config of this folder, and prints the variables that lead to it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aoai-mock-cli-'));
  const config = {
    resources: { france: { endpoint: { $env: 'MY_ENDPOINT' } } },
    deployments: { chat: { resource: 'france', deployment: 'gpt-5.4', model: 'gpt-5.4' } },
  };
  await writeFile(join(folder, 'aoai.config.json'), JSON.stringify(config));
  const stop = new AbortController();
  let called: Promise<Response> | undefined;
  const screen: FakeTerminal = fakeTerminal({
    cwd: folder,
    signal: stop.signal,
    onWrite: () => {
      const endpoint = /export MY_ENDPOINT=(\S+)/.exec(screen.output())?.[1];
      if (endpoint === undefined || called !== undefined) return;
      const key = /export AZURE_OPENAI_API_KEY=(\S+)/.exec(screen.output())?.[1] ?? '';
      called = fetch(`${endpoint}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { 'api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-5.4', messages: [{ role: 'user', content: 'ping' }] }),
      });
      void called
        .then((response) => response.text())
        .then(() => {
          stop.abort();
        });
    },
  });
  expect(await run(['mock', '--port', '0', '--sign-in', 'key'], screen)).toBe(0);
  expect((await called)?.status).toBe(200);
  await rm(folder, { recursive: true });
});

test('aoai mock passes its options on, and says what is wrong with them', async () => {
  const help = fakeTerminal();
  expect(await run(['mock', '--help'], help)).toBe(0);
  expect(help.output()).toContain('--time-scale');
  const wrong = fakeTerminal();
  expect(await run(['mock', '--port', 'x'], wrong)).toBe(2);
  expect(wrong.errors()).toContain('Invalid `--port`');
});

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  'aoai mock that is told to stop by %s frees its ports and leaves no files',
  async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'aoai-mock-cli-'));
    const program = fileURLToPath(new URL('bin.ts', import.meta.url));
    const child = spawn(
      process.execPath,
      ['--conditions=@aoai/source', '--disable-warning=ExperimentalWarning', program, 'mock', '--port', '0'],
      {
        cwd: folder,
        env: {
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
          HOME: folder,
          TMPDIR: folder,
          NODE_OPTIONS: '',
        },
      },
    );
    let printed = '';
    child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
    const exited = once(child, 'exit');
    await expect.poll(() => printed, { timeout: 80_000 }).toContain('NODE_EXTRA_CA_CERTS');
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
    expect(await readdir(folder)).toEqual([]);
    await rm(folder, { recursive: true });
  },
);

test.each([
  ...[
    'My API Key',
    ' key',
    '',
    'your-api-key',
    'my-key',
    'api-key-1',
    '<your key>',
    '${KEY}',
    'changeme',
    'null',
    'xxxx',
  ],
  ...[
    'Bearer abc',
    'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln',
    'kéy',
    '"quoted"',
    'sesame',
    'my-team-4f9a',
    '0123456789abcdef',
  ],
])('a key %j that `apiKey` refuses is none for the mock either', async (key) => {
  const screen = fakeTerminal({ signal: AbortSignal.abort() });
  const taken = (await run(['mock', '--port', '0', '--api-key', key], screen)) === 0;
  if (!taken) return;
  expect(apiKey(key).kind).toBe('api-key');
});
