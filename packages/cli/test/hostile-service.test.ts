import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../src/index.ts';
import { fakeTerminal } from '../src/terminal.fake.ts';

/** A service whose errors repeat the request and contain terminal codes. */
let server: Server;
let folder = '';
const key = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const evil = '\u001b]0;owned\u0007\u001b[2J\u009b1m\u202e';
let status = 401;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-hostile-'));
  server = createServer((request, response) => {
    const sent = String(request.headers['api-key']);
    // Long enough that a cut at 200 or 300 characters falls into the key.
    const padding = 'x'.repeat(Number(request.headers['x-pad'] ?? 180));
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        error: { code: String(status), message: `${evil}${padding}${sent} refused ${evil}\n✓ forged` },
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await writeFile(
    join(folder, 'aoai.config.json'),
    JSON.stringify({
      resources: { a: { endpoint: `http://127.0.0.1:${port}`, region: 'swedencentral' } },
      deployments: { chat: { resource: 'a', deployment: 'chat', model: 'gpt-5.4', sku: 'GlobalStandard' } },
    }),
  );
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

// eslint-disable-next-line no-control-regex -- these are what must not arrive
const obeyed = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

const commands = [
  ['chat', 'chat', 'hi'],
  ['chat', 'chat', 'hi', '--json'],
  ['doctor'],
  ['doctor', '--json'],
  ['doctor', '--verbose'],
];

test.each(
  // Retries would only make the test slow.
  [400, 401, 403, 404, 410].flatMap((code) => commands.map((args) => [args.join(' '), code, args] as const)),
)('aoai %s shows neither the key nor codes of a body with %i', async (_, code, args) => {
  status = code;
  const screen = fakeTerminal({
    cwd: folder,
    env: { AZURE_OPENAI_API_KEY: key },
    now: Date.now,
  });
  const ended = await run(args, screen);
  const shown = screen.output() + screen.errors();
  expect(shown).not.toMatch(obeyed);
  // Not even the larger part of it.
  expect(shown).not.toContain(key.slice(0, 12));
  expect(shown).not.toMatch(/^✓ forged/m);
  expect(shown.length).toBeGreaterThan(20);
  expect(ended).toBeLessThanOrEqual(1);
});

test('a key that is read from a file is not shown either', async () => {
  status = 401;
  const file = join(folder, 'key');
  await writeFile(file, key);
  for (const args of commands) {
    const screen = fakeTerminal({ cwd: folder, env: { AZURE_OPENAI_API_KEY_FILE: file }, now: Date.now });
    await run(args, screen);
    expect(screen.output() + screen.errors()).not.toContain(key.slice(0, 12));
  }
});

test.each([
  ['chat', '\u001b[2J\u202ename', 'hi'],
  ['config', 'check', '\u001b[2J\u202efile.json'],
  ['new', '\u001b[2J\u202esample'],
  ['\u001b[2J\u202ecommand'],
  ['doctor', '--\u001b[2J\u202eoption'],
])('what stands on the command line is shown without codes: %j', async (...args) => {
  const screen = fakeTerminal({ cwd: folder, env: { AZURE_OPENAI_API_KEY: key } });
  expect(await run(args, screen)).toBeGreaterThan(0);
  expect(screen.output() + screen.errors()).not.toMatch(obeyed);
});
