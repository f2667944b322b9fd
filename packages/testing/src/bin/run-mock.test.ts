import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { decodeJwt } from 'jose';
import manifest from '../../package.json' with { type: 'json' };
import { trustLoopback } from '../neighbour/loopback-certificate.ts';
import { runMock } from './run-mock.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aoai-mock-test-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program until it listens, then stops it. */
async function run(...args: string[]) {
  let [stdout, stderr] = ['', ''];
  const stop = new AbortController();
  const code = await runMock(args, {
    stdout: {
      write: (text) => {
        stdout += text;
        stop.abort();
      },
    },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    stop: stop.signal,
  });
  return { code, stdout, stderr };
}

test.each([
  [['--frobnicate'], 'Unknown option "--frobnicate".'],
  [['--any-deploymen'], 'did you mean "--any-deployment"?'],
  [['serve'], 'Unexpected argument "serve"'],
  [['--port', 'http'], 'Invalid `--port`: "http". Give a whole number from 0 to 65535.'],
  [['--port', '70000'], 'Invalid `--port`: "70000"'],
  [['--port'], '--port'],
  [['--quiet=yes'], '--quiet'],
  [['--time-scale', '0'], 'Invalid `--time-scale`: "0"'],
  [['--latency', 'slow'], 'Invalid `--latency`: "slow".'],
  [['--latency', '300,0'], 'Invalid `--latency`: "300,0".'],
  [['--shell', 'tcsh'], 'Invalid `--shell`: "tcsh".'],
  [['--headers', '2023'], 'Invalid `--headers`: "2023".'],
  [
    ['--host', 'no such host', '--port', '0'],
    'Invalid `--host`: "no such host" is no address of this machine.',
  ],
  [['--host', '192.0.2.1', '--port', '0'], 'Invalid `--host`: "192.0.2.1" is no address of this machine.'],
  [['--config', 'missing.json'], 'missing.json'],
  [['--replay', 'missing.json'], 'Cannot read `--replay` "missing.json"'],
  [['--faults', 'missing.json'], 'Cannot read `--faults` "missing.json"'],
  [['--api-key', ''], 'Invalid `--api-key`: "".'],
  [['--api-key', 'schlüssel'], 'Invalid `--api-key`: "schlüssel".'],
  [['--api-key', 'My API Key'], 'Invalid `--api-key`: "My API Key".'],
  [['--sign-in', 'token'], 'Invalid `--sign-in`: "token". Use one of "entra-id", "key", "both".'],
])('%j is refused with exit code 2 and nothing on stdout', async (args, words) => {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('aoai-mock: ');
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each([
  ['{}', 'not a list'],
  ['[null]', 'not an object'],
  ['[{"fault":"rateLimitd"}]', '`fault` is "rateLimitd"'],
  ['[{"fault":"rateLimited","retryAfterMs":-1}]', '`retryAfterMs` is -1'],
  ['[{"fault":"serverError","rate":2}]', 'faults.json[0]: Cannot script a fault: `rate` is 2'],
  [
    '[{"fault":"slow","delayMs":5},{"fault":"slow","delayMS":5}]',
    'faults.json[1]: slow has no `delayMS`. It takes deployment, fault, times, rate, delayMs, betweenMs.',
  ],
  ['[{"fault":"slow","delayMs":"5"}]', 'faults.json[0]: `delayMs` is "5". Give a number.'],
  ['[', 'JSON'],
])('a faults file %s is refused', async (text, words) => {
  const path = join(folder, 'faults.json');
  writeFileSync(path, text);
  const { code, stderr } = await run('--port', '0', '--faults', path);
  expect(code).toBe(2);
  expect(stderr).toContain(words);
});

test('a faults file that names a deployment nobody has is refused without a config too', async () => {
  const path = join(folder, 'faults.json');
  writeFileSync(path, '[{"deployment":"my-deploymnt","fault":"serverError"}]');
  const { code, stderr } = await run('--port', '0', '--faults', path);
  expect(code).toBe(2);
  expect(stderr).toContain('faults.json[0]: `deployment` is "my-deploymnt", which the mock does not have.');
  expect((await run('--port', '0', '--any-deployment', '--faults', path)).code).toBe(0);
});

const namesOf = (stdout: string) => [...stdout.matchAll(/^export (\w+)=./gm)].map(([, name]) => name);
const keyNames = ['AZURE_OPENAI_API_KEY', 'AZURE_SEARCH_API_KEY'];
const tokenNames = [
  'AZURE_CLIENT_ID',
  'AZURE_AUTHORITY_HOST',
  'NODE_EXTRA_CA_CERTS',
  'AZURE_TENANT_ID',
  'AZURE_TOKEN_CREDENTIALS',
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
];
const neighbourNames = [
  'AZURE_SUBSCRIPTION_ID',
  'AZURE_RESOURCE_GROUP',
  'AZURE_RESOURCE_MANAGER_ENDPOINT',
  'AZURE_SEARCH_ENDPOINT',
  'AZURE_KEY_VAULT_ENDPOINT',
  'MICROSOFT_GRAPH_ENDPOINT',
];

test.each([
  [[], tokenNames],
  [['--sign-in', 'entra-id'], tokenNames],
  [
    ['--sign-in', 'key'],
    [...keyNames, 'NODE_EXTRA_CA_CERTS'],
  ],
  [
    ['--sign-in', 'both'],
    [...keyNames, ...tokenNames],
  ],
])('%j prints one way to sign in, unless it is asked for both', async (args, names) => {
  const { stdout } = await run('--port', '0', ...args);
  expect(namesOf(stdout)).toEqual(['AZURE_OPENAI_ENDPOINT', ...names, ...neighbourNames]);
});

test('a resource of a config has a variable of its own, with a name that every shell takes', async () => {
  const config = join(folder, 'aoai.config.json');
  writeFileSync(
    config,
    JSON.stringify({
      resources: {
        'north-eu.2': { endpoint: 'https://contoso.openai.azure.com' },
        south: { endpoint: { $env: 'THE_ENDPOINT' } },
      },
      deployments: { chat: { resource: 'south', deployment: 'gpt-5', model: 'gpt-5' } },
    }),
  );
  const { stdout } = await run('--port', '0', '--config', config);
  expect(namesOf(stdout)).toEqual([
    'AZURE_OPENAI_ENDPOINT',
    'AZURE_OPENAI_ENDPOINT_NORTH_EU_2',
    'THE_ENDPOINT',
    ...tokenNames,
    ...neighbourNames,
  ]);
});

test.each([
  [[], true],
  [['--no-page'], false],
])('%j says where it listens, and whether it can be watched', async (args, isWatched) => {
  const { stdout, stderr } = await run('--port', '0', '--host', 'localhost', ...args);
  const endpoint = /^export AZURE_OPENAI_ENDPOINT=(.*)$/m.exec(stdout)?.[1] ?? '';
  expect(stderr).toBe(
    `aoai-mock plays Azure OpenAI at ${endpoint} (Ctrl+C stops it)${isWatched ? `; watch it at ${endpoint}/_mock` : ''}\n`,
  );
});

test('a faults file that names a deployment the config does not have is refused', async () => {
  const config = join(folder, 'aoai.config.json');
  writeFileSync(
    config,
    JSON.stringify({
      resources: { main: { endpoint: 'https://contoso.openai.azure.com' } },
      deployments: { chat: { resource: 'main', deployment: 'gpt-5', model: 'gpt-5' } },
    }),
  );
  const faults = join(folder, 'faults.json');
  writeFileSync(faults, '[{"deployment":"chatt","fault":"reset"}]');
  const { code, stdout, stderr } = await run('--port', '0', '--config', config, '--faults', faults);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/Invalid fault .*faults\.json\[0\]: .*"chatt"/);
});

test('an env file that cannot be written is named', async () => {
  const path = join(folder, 'missing', '.env');
  const { code, stdout, stderr } = await run('--port', '0', '-e', path);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`Cannot write \`--env-file\` ${JSON.stringify(path)}: `);
});

test('of several ports, the one that is in use is named, and the others are free again', async () => {
  // Below the ephemeral ports, so that no other test uses the port before it.
  const port = 20_001 + (process.pid % 12_000);
  const busy = createServer().listen(port, '127.0.0.1');
  await once(busy, 'listening');
  const config = join(folder, 'aoai.config.json');
  const resource = { endpoint: 'https://contoso.openai.azure.com' };
  writeFileSync(
    config,
    JSON.stringify({
      resources: { first: resource, second: { endpoint: 'https://fabrikam.openai.azure.com' } },
      deployments: { chat: { resource: 'first', deployment: 'gpt-5', model: 'gpt-5' } },
    }),
  );
  const { code, stderr } = await run('--port', String(port - 1), '--config', config);
  expect([code, stderr]).toEqual([
    1,
    `aoai-mock: Cannot listen on port ${port}: it is in use. Choose another with \`--port\`; 0 is any free one.\n`,
  ]);
  const again = createServer().listen(port - 1, '127.0.0.1');
  await once(again, 'listening');
  for (const server of [busy, again]) server.close();
});

test('a config with mistakes lists all of them', async () => {
  const path = join(folder, 'aoai.config.json');
  writeFileSync(
    path,
    '{ "resources": { "a": { "endpoint": "ftp://x" } }, "deployments": { "b": { "resource": "c" } } }',
  );
  const { code, stderr } = await run('--port', '0', '--config', path);
  expect(code).toBe(2);
  expect(stderr).toContain('resources.a.endpoint');
  expect(stderr).toContain('deployments.b');
});

test.each(['always', 3])('faults may strike %j times', async (times) => {
  const path = join(folder, 'faults.json');
  writeFileSync(path, JSON.stringify([{ fault: 'serverError', times }]));
  expect((await run('--port', '0', '--faults', path)).code).toBe(0);
});

test.each(['powershell', 'cmd', 'fish'])('%s gets its own commands', async (shell) => {
  const { code, stdout } = await run('--port', '0', '--shell', shell);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^(\$env:AZURE_OPENAI_ENDPOINT = 'http|set "AZURE_OPENAI_ENDPOINT=http|set -gx AZURE_OPENAI_ENDPOINT http)/,
  );
});

test('warns when other machines can reach it', async () => {
  const { stderr, stdout } = await run('--port', '0', '--host', '0.0.0.0');
  expect(stderr).toContain('so other machines can reach it');
  expect(stdout).toContain('export AZURE_OPENAI_ENDPOINT=http://127.0.0.1:');
});

test('--help names every option and --version is one', async () => {
  const { code, stdout } = await run('--help');
  expect(code).toBe(0);
  for (const option of [
    'port',
    'host',
    'config',
    'https',
    'latency',
    'time-scale',
    'seed',
    'faults',
    'replay',
    'no-page',
    'api-key',
    'any-deployment',
    'default-model',
    'headers',
    'json',
    'quiet',
    'shell',
    'env-file',
  ]) {
    expect(stdout).toContain(`--${option}`);
  }
  expect((await run('--version')).stdout).toBe(`${manifest.version}\n`);
});

const peopleFile = `
apps:
  web: { secret: web secret, scopes: [access_as_user], redirectUris: ['http://localhost:3000/callback'] }
  expenses-api: { secret: other secret, identifierUri: 'api://expenses', scopes: [Expenses.Read] }
users:
  ada: { name: Ada Lovelace, groups: [hr], appRoles: { web: [Approver] } }
roleAssignments:
  - { principal: hr, role: Cognitive Services OpenAI User }
`;

test('a config that never ends to be read does not hold the program when it is told to stop', async () => {
  const config = join(folder, 'aoai.config.mjs');
  writeFileSync(config, 'globalThis.isReadingConfig = true;\nexport default await new Promise(() => {});\n');
  const stop = new AbortController();
  const silent = { write: () => true };
  const ended = runMock(['--config', config], { stdout: silent, stderr: silent, env: {}, stop: stop.signal });
  await expect
    .poll(() => Boolean(Reflect.get(globalThis, 'isReadingConfig')), { timeout: 60_000 })
    .toBe(true);
  Reflect.deleteProperty(globalThis, 'isReadingConfig');
  stop.abort();
  expect(await ended).toBe(0);
});

/** Starts the program in this process and stops it when `use` is done. Resolves to what it has said about requests. */
async function whileRunning(args: readonly string[], use: (env: Record<string, string>) => Promise<void>) {
  const stop = new AbortController();
  const { promise: printed, resolve } = Promise.withResolvers<string>();
  let [stdout, stderr] = ['', ''];
  const ended = runMock(['--port', '0', ...args], {
    stdout: {
      write: (text) => {
        resolve(text);
        stdout += text;
      },
    },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    stop: stop.signal,
  });
  const text = await Promise.race([printed, ended.then((code) => `exit ${code}: ${stderr}`)]);
  const [before, said] = [stdout.length, stderr.length];
  try {
    const lines = [...text.matchAll(/^export (\w+)='?(.*?)'?$/gm)];
    await use(Object.fromEntries(lines.map(([, name, value]) => [name, value])) as Record<string, string>);
  } finally {
    stop.abort();
    await ended;
  }
  return { stdout: stdout.slice(before), stderr: stderr.slice(said) };
}

test.each([
  [[], '', /^\d\d:\d\d:\d\d GET \/openai\/nothing 404 \d+ ms\n +! .+\n$/],
  [['--json'], /^\{"time":".+","event":"request","number":1,.+\}\n$/, ''],
  [['--quiet'], '', ''],
  [['--quiet', '--json'], '', ''],
])('with %j the lines about requests go where they should', async (args, stdout, stderr) => {
  const said = await whileRunning(args, async (env) => {
    await fetch(`${env['AZURE_OPENAI_ENDPOINT'] ?? ''}/openai/nothing`);
  });
  const matching = (pattern: RegExp | string): unknown =>
    pattern === '' ? '' : expect.stringMatching(pattern);
  expect(said).toEqual({ stdout: matching(stdout), stderr: matching(stderr) });
});

async function ask(env: Record<string, string>): Promise<string> {
  const answer = await fetch(`${env['AZURE_OPENAI_ENDPOINT'] ?? ''}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': env['AZURE_OPENAI_API_KEY'] ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  return answer.text();
}

test('a recording is answered as it was', async () => {
  const path = join(folder, 'recording.json');
  const request = { method: 'POST', path: '/openai/v1/chat/completions' };
  const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] };
  const response = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'as it was' };
  writeFileSync(
    path,
    JSON.stringify({
      format: 'aoai-recording/1',
      isMasked: false,
      exchanges: [{ request: { ...request, body }, response }],
    }),
  );
  await whileRunning(['--sign-in', 'both', '--replay', path], async (env) => {
    expect(await ask(env)).toBe('as it was');
  });
});

test('what takes a quarter of an hour is over at once where time runs a million times as fast', async () => {
  const slow = ['--latency', '900000', '--time-scale', '1000000'];
  const { stdout } = await whileRunning(['--sign-in', 'both', '--json', ...slow], async (env) => {
    expect(await ask(env)).toContain('"choices"');
  });
  const { durationMs } = JSON.parse(stdout) as { readonly durationMs: number };
  expect(durationMs).toBeGreaterThanOrEqual(900_000);
});

test('where the certificate cannot be written it says so, and exits with 1', async () => {
  vi.stubEnv('TMPDIR', join(folder, 'missing'));
  const { code, stdout, stderr } = await run('--port', '0');
  vi.unstubAllEnvs();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^aoai-mock: Cannot write "ca\.pem": .*Set `TMPDIR` to a directory[^`]*\n$/);
});

test('a person of the identity file signs in to its app with what the environment says, and nothing else', async () => {
  const path = join(folder, 'people.yaml');
  writeFileSync(path, peopleFile);
  trustLoopback();
  await whileRunning(['--identity', path], async (env) => {
    const authority = env['SIGN_IN_AUTHORITY'] ?? '';
    const discovered = await fetch(`${authority}/.well-known/openid-configuration`);
    const metadata = (await discovered.json()) as Record<string, string>;
    const redirectUri = 'http://localhost:3000/callback';
    const page = new URL(metadata['authorization_endpoint'] ?? '');
    page.search = new URLSearchParams({
      client_id: env['SIGN_IN_CLIENT_ID'] ?? '',
      scope: `openid ${env['SIGN_IN_SCOPE'] ?? ''}`,
      response_type: 'code',
      redirect_uri: redirectUri,
    }).toString();
    const chosen = await fetch(page, {
      method: 'POST',
      body: new URLSearchParams({ user: 'ada' }),
      redirect: 'manual',
    });
    const code = new URL(chosen.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const answer = await fetch(metadata['token_endpoint'] ?? '', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: env['SIGN_IN_CLIENT_ID'] ?? '',
        client_secret: env['SIGN_IN_CLIENT_SECRET'] ?? '',
        redirect_uri: redirectUri,
        code,
      }),
    });
    const { access_token: token } = (await answer.json()) as { readonly access_token: string };
    expect(decodeJwt(token)).toMatchObject({
      name: 'Ada Lovelace',
      scp: 'access_as_user',
      roles: ['Approver'],
      groups: [expect.any(String)],
      aud: env['SIGN_IN_CLIENT_ID'],
    });
    expect(env).toMatchObject({
      SIGN_IN_CLIENT_SECRET_EXPENSES_API: 'other secret',
      SIGN_IN_SCOPE_EXPENSES_API: 'api://expenses/Expenses.Read',
      MICROSOFT_GRAPH_ENDPOINT: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/) as string,
      AZURE_KEY_VAULT_ENDPOINT: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/) as string,
    });
  });
});

test('the identity file beside the config is used unless another is named', async () => {
  const config = join(folder, 'aoai.config.json');
  writeFileSync(
    config,
    JSON.stringify({
      resources: { main: { endpoint: 'https://a.openai.azure.com' } },
      deployments: { chat: { resource: 'main', deployment: 'gpt-5-mini', model: 'gpt-5-mini' } },
    }),
  );
  writeFileSync(join(folder, 'aoai.identity.yaml'), peopleFile);
  await whileRunning(['--config', config], async (env) => {
    expect(env['SIGN_IN_CLIENT_SECRET']).toBe('web secret');
    await Promise.resolve();
  });
  const other = join(folder, 'other.json');
  writeFileSync(other, JSON.stringify({ apps: { site: { secret: 'site secret' } } }));
  await whileRunning(['--config', config, '--identity', other], async (env) => {
    expect(env['SIGN_IN_CLIENT_SECRET']).toBe('site secret');
    await Promise.resolve();
  });
});

test('an identity file that says something else is refused with its place', async () => {
  const path = join(folder, 'people.yaml');
  writeFileSync(path, 'users: { ada: { group: [hr] } }');
  const { code, stderr } = await run('--port', '0', '--identity', path);
  expect(code).toBe(2);
  expect(stderr).toContain('users.ada.group: there is no such key here.');
  expect((await run('--port', '0', '--identity', 'missing.yaml')).stderr).toContain('"missing.yaml"');
});
