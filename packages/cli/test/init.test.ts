import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@aoai/config';
import { startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';

const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://contoso-se.openai.azure.com', region: 'swedencentral' },
    france: { endpoint: 'https://contoso-fr.openai.azure.com', region: 'francecentral' },
  },
  deployments: {
    chat: { resource: 'sweden', deployment: 'chat-se', model: 'gpt-5.4' },
    other: { resource: 'france', deployment: 'chat-fr', model: 'gpt-5.4' },
  },
});

let azure: MockAzure;
let folder = '';
let certificate = '';

beforeAll(async () => {
  const roleAssignments = ['Reader', 'Cognitive Services OpenAI User'].map((role) => ({
    principal: 'default',
    role,
  }));
  azure = await startMockAzure({ config, identity: { roleAssignments } });
  const certificates = await mkdtemp(join(tmpdir(), 'aoai-init-ca-'));
  certificate = join(certificates, 'ca.pem');
  await writeFile(certificate, azure.identity.ca);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-init-tty-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});
afterAll(async () => {
  await azure.close();
  await rm(join(certificate, '..'), { recursive: true });
});

// `script` of util-linux, which every Linux has, makes the pseudo-terminal.
const pty = test.skipIf(process.platform !== 'linux');

/** Runs `aoai init` in a pseudo-terminal. */
async function init(answers: readonly (readonly [question: string, keys: string])[]) {
  const quoted = [process.execPath, '--conditions=@aoai/source', bin, 'init']
    .map((word) => `'${word}'`)
    .join(' ');
  // Without a window there is no size.
  const command = `stty cols 100 rows 30; ${quoted}`;
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      HOME: folder,
      TERM: 'xterm-256color',
      NODE_EXTRA_CA_CERTS: certificate,
      AZURE_RESOURCE_MANAGER_ENDPOINT: azure.arm.endpoint,
      ...azure.identityEnv(),
    },
  });
  onTestFinished(() => {
    child.kill();
  });
  const waiting = [...answers];
  let screen = '';
  child.stdout.on('data', (data: Buffer) => {
    screen += data.toString();
    const [question, keys] = waiting[0] ?? [];
    if (question === undefined || keys === undefined || !screen.includes(question)) return;
    waiting.shift();
    child.stdin.write(keys);
  });
  const [code] = (await once(child, 'close')) as [number];
  return { code, screen };
}

pty('at a real terminal: an arrow key, a config, a call, two commands', async () => {
  const { code, screen } = await init([['Which resource?', '\u001b[B\r']]);
  expect(screen).toContain('chat-se answers: ');
  expect(screen).toMatch(/Next:\r\n {2}npm install @aoai\/cli .*\r\n {2}npx aoai chat chat-se\r\n/);
  expect(code).toBe(0);
  expect((await readdir(folder)).toSorted()).toEqual(['.env.example', 'aoai.config.ts']);
  expect(await readFile(join(folder, 'aoai.config.ts'), 'utf8')).toContain("deployment: 'chat-se'");
});

pty('at a real terminal: Ctrl-C gives the terminal back and leaves nothing', async () => {
  const { code, screen } = await init([['Which resource?', '\u0003']]);
  expect(screen).toContain('Nothing was written.');
  // The cursor is shown again.
  expect(screen.lastIndexOf('\u001b[?25h')).toBeGreaterThan(screen.lastIndexOf('\u001b[?25l'));
  expect(code).toBe(130);
  expect(await readdir(folder)).toEqual([]);
});

pty('at a real terminal: Ctrl-C while a service is asked leaves nothing either', async () => {
  azure.arm.fail({ kind: 'hang' });
  const { code } = await init([['reading your subscriptions', '\u0003']]);
  azure.arm.restore();
  expect(code).toBe(130);
  expect(await readdir(folder)).toEqual([]);
});
