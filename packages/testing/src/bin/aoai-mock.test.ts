import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { runMock } from './run-mock.ts';

// A process may be slow on a busy machine.
const program = fileURLToPath(new URL('aoai-mock.ts', import.meta.url));
const compileCache = { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] };
let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aoai-mock-test-'));
});

afterEach(() => {
  child?.kill('SIGKILL');
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly env: Readonly<Record<string, string>>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exit: Promise<number | null>;
}

function run(
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Running & { readonly process: ChildProcess } {
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    TMPDIR: folder,
    NODE_OPTIONS: '',
    ...compileCache,
    ...more,
  };
  const spawned = spawn(
    process.execPath,
    ['--conditions=@aoai/source', '--disable-warning=ExperimentalWarning', program, ...args],
    { env, cwd: folder },
  );
  child = spawned;
  let [stdout, stderr] = ['', ''];
  spawned.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  spawned.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const { promise: exit, resolve } = Promise.withResolvers<number | null>();
  spawned.on('close', resolve);
  return { env: {}, stdout: () => stdout, stderr: () => stderr, exit, process: spawned };
}

const both = ['--port', '0', '--sign-in', 'both'];

async function variables({ stdout, stderr }: Pick<Running, 'stdout' | 'stderr'>): Promise<Running['env']> {
  await expect.poll(stdout, { timeout: 80_000, message: stderr() }).toContain('MICROSOFT_GRAPH_ENDPOINT');
  const lines = [...stdout().matchAll(/^export (\w+)=(.*)$/gm)];
  return Object.fromEntries(lines.map(([, name, value]) => [name, value])) as Record<string, string>;
}

/** The same in this process, until the end of the test: a start takes milliseconds instead of a second. */
async function listening(...args: string[]): Promise<Running> {
  const stop = new AbortController();
  let [stdout, stderr] = ['', ''];
  const exit = runMock([...both, ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    stop: stop.signal,
  });
  onTestFinished(async () => {
    stop.abort();
    expect(await exit).toBe(0);
  });
  const texts = { stdout: () => stdout, stderr: () => stderr };
  return { ...texts, env: await variables(texts), exit };
}

async function post(
  env: Running['env'],
  { key = env['AZURE_OPENAI_API_KEY'] ?? '', model = 'gpt-4.1', content = 'Hello' } = {},
) {
  return fetch(`${env['AZURE_OPENAI_ENDPOINT'] ?? ''}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
  });
}

describe('once it listens', () => {
  test('prints what a client needs, answers every known model, and stops when it is told to', async () => {
    const program = run(both);
    const running = { ...program, env: await variables(program) };
    expect(Object.keys(running.env)).toEqual(
      expect.arrayContaining([
        'AZURE_OPENAI_ENDPOINT',
        'AZURE_OPENAI_API_KEY',
        'IDENTITY_ENDPOINT',
        'IDENTITY_HEADER',
        'AZURE_AUTHORITY_HOST',
        'AZURE_TENANT_ID',
        'AZURE_CLIENT_ID',
        'NODE_EXTRA_CA_CERTS',
      ]),
    );
    expect(running.env['AZURE_OPENAI_ENDPOINT']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await post(running.env)).status).toBe(200);
    expect((await post(running.env, { model: 'gpt-5.4' })).status).toBe(200);
    expect((await post(running.env, { model: 'my-own-name' })).status).toBe(404);
    expect((await post(running.env, { key: 'another' })).status).toBe(401);
    await expect.poll(running.stderr).toMatch(/POST \/openai\/v1\/chat\/completions \(gpt-5\.4\) 200 \d+ ms/);
    running.process.kill('SIGTERM');
    expect(await running.exit).toBe(0);
  });

  test('takes the key, the names and the seed that it is given', async () => {
    const options = ['--api-key', 'sesame', '--any-deployment', '--default-model', 'gpt-4o', '--seed', '7'];
    const first = await listening(...options);
    const answer = await (await post(first.env, { key: 'sesame', model: 'my-own-name' })).text();
    expect(answer).toContain('"model":"gpt-4o-2024-11-20"');
    const second = await listening(...options);
    expect(await (await post(second.env, { key: 'sesame', model: 'my-own-name' })).text()).toBe(answer);
  });

  test('logs requests as JSON, with what was wrong with them and without secrets', async () => {
    const running = await listening('--json');
    await post(running.env, { content: 'a private matter' });
    await post(running.env, { model: 'nope' });
    await expect.poll(() => running.stdout().match(/^\{.*\}$/gm)).toHaveLength(2);
    const lines = (running.stdout().match(/^\{.*\}$/gm) ?? []).map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      {
        event: 'request',
        number: 1,
        method: 'POST',
        path: '/openai/v1/chat/completions',
        deployment: 'gpt-4.1',
        status: 200,
        findings: [],
      },
      { number: 2, status: 404, deployment: null, findings: [{ rule: 'unknown-deployment' }] },
    ]);
    expect(running.stdout()).not.toContain('a private matter');
  });

  test('plays the resources of a config, whose variables need not be set', async () => {
    const config = {
      resources: {
        sweden: { endpoint: { $env: 'AZURE_OPENAI_ENDPOINT_SWEDEN' }, region: 'swedencentral' },
        france: { endpoint: 'https://contoso-fr.openai.azure.com', api: '2024-10-21' },
      },
      deployments: {
        chat: { resource: 'sweden', deployment: 'gpt-5-mini', model: 'gpt-5-mini', sku: 'DataZoneStandard' },
        spare: { resource: 'france', deployment: 'spare', model: 'gpt-4.1', sku: 'DataZoneStandard' },
      },
    };
    writeFileSync(join(folder, 'aoai.config.json'), JSON.stringify(config));
    writeFileSync(
      join(folder, 'faults.json'),
      JSON.stringify([{ deployment: 'chat', fault: 'rateLimited', retryAfterMs: 300 }]),
    );
    const files = ['--config', 'aoai.config.json', '--faults', 'faults.json', '-e', '.env.mock'];
    const running = await listening(
      ...files.map((word) => (word.startsWith('-') ? word : join(folder, word))),
    );
    const { env } = running;
    expect(env['AZURE_OPENAI_ENDPOINT_SWEDEN']).toBe(env['AZURE_OPENAI_ENDPOINT']);
    expect(env['AZURE_OPENAI_ENDPOINT_FRANCE']).toMatch(/^http:/);
    expect(env['AZURE_OPENAI_ENDPOINT_FRANCE']).not.toBe(env['AZURE_OPENAI_ENDPOINT']);
    expect((await post(env, { model: 'gpt-5-mini' })).headers.get('retry-after-ms')).toBe('300');
    expect((await post(env, { model: 'gpt-5-mini' })).status).toBe(200);
    expect(readFileSync(join(folder, '.env.mock'), 'utf8')).toContain(
      `AZURE_OPENAI_ENDPOINT=${env['AZURE_OPENAI_ENDPOINT'] ?? ''}\n`,
    );
  });

  test('serves HTTPS with a certificate that NODE_EXTRA_CA_CERTS makes trusted', async () => {
    const running = await listening('--https');
    expect(running.env['AZURE_OPENAI_ENDPOINT']).toMatch(/^https:/);
    const client = spawn(
      process.execPath,
      [
        '-e',
        `fetch('${running.env['AZURE_OPENAI_ENDPOINT'] ?? ''}/openai/nothing').then((r) => process.exit(r.status === 404 ? 0 : 1))`,
      ],
      {
        env: { NODE_EXTRA_CA_CERTS: running.env['NODE_EXTRA_CA_CERTS'] ?? '' },
      },
    );
    const { promise, resolve } = Promise.withResolvers<number | null>();
    client.on('exit', resolve);
    expect(await promise).toBe(0);
  });
});

test('an interrupt stops it as well', async () => {
  const program = run(both);
  await variables(program);
  program.process.kill('SIGINT');
  expect(await program.exit).toBe(0);
});

test('a port that is in use is named, and it exits with 1', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const running = run(['--port', String(port)]);
  expect(await running.exit).toBe(1);
  expect(running.stderr()).toBe(
    `aoai-mock: Cannot listen on port ${port}: it is in use. Choose another with \`--port\`; 0 is any free one.\n`,
  );
  server.close();
});

test('where nothing can be written it says so in a line', async () => {
  const running = run(['--port', '0'], { TMPDIR: join(folder, 'missing') });
  expect(await running.exit).toBe(1);
  expect(running.stderr()).toMatch(/^aoai-mock: Cannot write "ca\.pem": .*Set `TMPDIR` to a directory/);
});

test('called wrongly, it says so in a line and exits with 2', async () => {
  const running = run(['--prot', '8080']);
  expect(await running.exit).toBe(2);
  expect(running.stderr()).toBe(
    'aoai-mock: Unknown option "--prot": did you mean "--port"? Run `aoai-mock --help` for the options.\n',
  );
  expect(running.stdout()).toBe('');
});
