import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { defineConfig, loadConfig } from '@aoai/config';
import { neverAnswers, permissionDenied, startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../program.ts';
import { fakeTerminal } from '../terminal.fake.ts';
import { useTrust } from '../trust.fake.ts';

const config = defineConfig({
  resources: {
    sweden: { endpoint: 'https://contoso-se.openai.azure.com', region: 'swedencentral' },
    france: { endpoint: 'https://contoso-fr.openai.azure.com', region: 'francecentral' },
    states: { endpoint: 'https://contoso-us.openai.azure.com', region: 'eastus2' },
  },
  deployments: {
    chat: { resource: 'sweden', deployment: 'gpt-5.4', model: 'gpt-5.4' },
    embed: { resource: 'sweden', deployment: 'embed', model: 'text-embedding-3-small' },
    ptu: { resource: 'france', deployment: 'ptu', model: 'gpt-5.4' },
    pictures: { resource: 'states', deployment: 'pictures', model: 'gpt-image-1' },
  },
});

const roleAssignments = ['Reader', 'Cognitive Services OpenAI User'].map((role) => ({
  principal: 'default',
  role,
}));

const trust = useTrust();
let azure: MockAzure;
let folder = '';

beforeAll(async () => {
  azure = await startMockAzure({ config, identity: { roleAssignments } });
  trust(azure.identity.ca);
  for (const [name, value] of Object.entries(azure.identityEnv())) vi.stubEnv(name, value);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-init-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await azure.close();
});

const keys = { down: '\u001b[B', enter: '\r', space: ' ', ctrlC: '\u0003', yes: 'y' } as const;

/** Simulates a person: types the next answer as soon as its question is on the screen. */
function person(answers: readonly (readonly [question: string, ...typed: readonly string[]])[]) {
  const input = new PassThrough();
  const output = new PassThrough();
  const waiting = [...answers];
  let screen = '';
  output.on('data', (data: Buffer) => {
    screen += data.toString();
    const [question, ...typed] = waiting[0] ?? [''];
    if (typed.length === 0 || !screen.includes(question)) return;
    waiting.shift();
    // Types a key after the question was drawn.
    setImmediate(() => {
      for (const key of typed) input.write(key);
    });
  });
  return { keyboard: { input, output }, screen: () => screen, unanswered: () => waiting.length };
}

async function init(
  args: readonly string[],
  someone?: ReturnType<typeof person>,
  interrupt?: AbortController,
) {
  const terminal = fakeTerminal({
    cwd: folder,
    env: {
      ...process.env,
      npm_config_user_agent: 'pnpm/12',
      AZURE_RESOURCE_MANAGER_ENDPOINT: azure.arm.endpoint,
    },
    now: Date.now,
    ...(interrupt !== undefined && { signal: interrupt.signal }),
    ...(someone !== undefined && { keyboard: someone.keyboard }),
  });
  const code = await run(['init', ...args], terminal);
  return { code, out: terminal.output(), err: terminal.errors() };
}

const read = (name: string) => readFile(join(folder, name), 'utf8');

describe('aoai init without a terminal', () => {
  test('says which flags to give, and reads nothing', async () => {
    const { code, out, err } = await init([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    for (const flag of ['--yes', '--subscription', '--resource', '--deployment', '--force'])
      expect(err).toContain(flag);
    expect(await readdir(folder)).toEqual([]);
  });

  test('writes both files, calls, and prints two commands', async () => {
    const { code, out, err } = await init(['--yes', '--resource', 'contoso-se']);
    expect(err).toMatch(/gpt-5\.4 answers: \S/);
    expect(code).toBe(0);
    expect(out).toBe(
      'Next:\n  pnpm add @aoai/cli @aoai/client @aoai/config openai\n  pnpm aoai chat gpt-5.4\n',
    );
    expect((await readdir(folder)).toSorted()).toEqual(['.env.example', 'aoai.config.ts']);
    expect(await read('.env.example')).toContain(`\nAZURE_SUBSCRIPTION_ID=${azure.arm.subscriptionId}\n`);
    expect(await read('aoai.config.ts')).toContain("    'gpt-5.4': {\n      resource: 'contoso-se',\n");
  });

  test('what it wrote can be loaded, and is what was chosen', async () => {
    await init(['--yes', '--resource', 'contoso-se', '--deployment', 'embed']);
    const source = await read('aoai.config.ts');
    // Nothing is installed in this folder: the package is resolved from the workspace.
    const here = JSON.stringify(import.meta.resolve('@aoai/config'));
    await writeFile(join(folder, 'aoai.config.ts'), source.replace("'@aoai/config'", here));
    const loaded = await loadConfig('aoai.config.ts', { cwd: folder });
    expect(loaded.names).toEqual(['embed']);
    expect(loaded.resources['contoso-se']?.endpoint).toBe(azure.config.resources['sweden']?.endpoint);
  });

  test.each([
    [['--yes'], '--resource', '"contoso-fr", "contoso-se", "contoso-us"'],
    [
      ['--yes', '--resource', 'contoso-xx'],
      '"contoso-xx"',
      'Known names: "contoso-fr", "contoso-se", "contoso-us"',
    ],
    [
      ['--yes', '--resource', 'contoso-se', '--deployment', 'nope'],
      '"nope"',
      'Known names: "embed", "gpt-5.4"',
    ],
  ])('%j is not clear: exit 2, with what there is', async (args, ...said) => {
    const { code, err } = await init(args);
    for (const text of said) expect(err).toContain(text);
    expect(code).toBe(2);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each(['aoai.config.ts', 'aoai.config.json'])('does not replace %s, unless forced', async (name) => {
    await writeFile(join(folder, name), 'mine');
    const { code, err } = await init(['--yes', '--resource', 'contoso-fr']);
    expect(code).toBe(2);
    expect(err).toBe(`Nothing was written: ${name} is there. Give \`--force\` to replace it.\n`);
    expect(await readdir(folder)).toEqual([name]);
    expect(await read(name)).toBe('mine');
    expect((await init(['--yes', '--resource', 'contoso-fr', '--force'])).code).toBe(0);
    expect(await read('aoai.config.ts')).toContain('contoso-fr');
  });

  test('names the file that would be replaced, whatever else is there', async () => {
    for (const name of ['aoai.config.json', 'aoai.config.ts']) await writeFile(join(folder, name), 'mine');
    const { err } = await init(['--yes', '--resource', 'contoso-fr']);
    expect(err).toContain('Nothing was written: aoai.config.ts is there.');
  });

  test('a folder in the place of a file leaves everything as it was, also when forced', async () => {
    await writeFile(join(folder, 'aoai.config.ts'), 'mine');
    await mkdir(join(folder, '.env.example'));
    const { code, err } = await init(['--yes', '--resource', 'contoso-fr', '--force']);
    expect([code, err.split('\n').at(-2)]).toEqual([
      2,
      'Nothing was written: ".env.example" is a folder. Move it away, or run this elsewhere.',
    ]);
    expect(await read('aoai.config.ts')).toBe('mine');
    expect((await readdir(folder)).toSorted()).toEqual(['.env.example', 'aoai.config.ts']);
  });

  test('forced, it replaces an .env.example too', async () => {
    await writeFile(join(folder, '.env.example'), 'MINE=1\n');
    const { err } = await init(['--yes', '--resource', 'contoso-fr', '--force']);
    expect(err).toContain('Wrote aoai.config.ts and .env.example.\n');
    expect(await read('.env.example')).toMatch(/^# Copy this file to \.env/);
  });

  test('a subscription that is named is not asked for', async () => {
    const { subscriptionId } = azure.arm;
    const { code, err } = await init(['--yes', '--resource', 'contoso-fr', '--subscription', subscriptionId]);
    expect([code, err.split('\n')[0]]).toEqual([0, `Reading what subscription ${subscriptionId} has …`]);
  });

  test('makes no call that would be expensive, and that is no failure', async () => {
    const before = azure.requests().length;
    const { code, out, err } = await init(['--yes', '--resource', 'contoso-us']);
    expect(err).toContain('No call was made: a call to any of these deployments would be expensive.\n');
    expect([code, out]).toEqual([0, 'Next:\n  pnpm add @aoai/cli @aoai/client @aoai/config openai\n']);
    expect(azure.requests()).toHaveLength(before);
  });

  test('says nothing of packages that are installed, and of all when one is missing', async () => {
    const install = async (name: string) => {
      await mkdir(join(folder, 'node_modules', name), { recursive: true });
      await writeFile(join(folder, 'node_modules', name, 'package.json'), '{}');
    };
    const args = ['--yes', '--resource', 'contoso-fr', '--force'];
    await install('@aoai/cli');
    expect((await init(args)).out).toContain('pnpm add @aoai/cli ');
    await install('@aoai/config');
    expect((await init(args)).out).toBe('Next:\n  pnpm aoai doctor\n  pnpm aoai chat ptu\n');
  });

  test('Ctrl-C during the call leaves what was written, and says nothing of what comes next', async () => {
    const interrupt = new AbortController();
    azure.fail('ptu', neverAnswers());
    const before = azure.requests().length;
    const ending = init(['--yes', '--resource', 'contoso-fr'], undefined, interrupt);
    await vi.waitUntil(() => azure.requests().length > before, { timeout: 60_000 });
    interrupt.abort(new Error('Interrupted.'));
    const { code, out, err } = await ending;
    expect([code, out, err.split('\n').at(-2)]).toEqual([130, '', 'Calling ptu …']);
    expect((await readdir(folder)).toSorted()).toEqual(['.env.example', 'aoai.config.ts']);
  });

  test('keeps an .env.example that is there', async () => {
    await writeFile(join(folder, '.env.example'), 'MINE=1\n');
    const { code, err } = await init(['--yes', '--resource', 'contoso-fr']);
    expect(code).toBe(0);
    expect(err).toContain('Wrote aoai.config.ts; .env.example stays as it is.');
    expect(await read('.env.example')).toBe('MINE=1\n');
  });

  test('a call that is refused is said, and leaves the files', async () => {
    azure.fail('ptu', permissionDenied());
    const { code, out, err } = await init(['--yes', '--resource', 'contoso-fr']);
    expect(err).toMatch(/^ptu cannot be called yet: 40[13] /m);
    expect(out).toContain('pnpm aoai doctor');
    expect(code).toBe(1);
    expect(await readdir(folder)).toHaveLength(2);
  });

  test('a subscription without accounts says what to check', async () => {
    const empty = ['--yes', '--resource-group', 'elsewhere'];
    const { code, err } = await init(empty);
    expect(code).not.toBe(0);
    expect(err).toContain('elsewhere');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('aoai init at a terminal', () => {
  test('chooses with arrow keys', async () => {
    const someone = person([
      ['Which resource?', keys.down, keys.enter],
      // All are selected at first: the space key deselects the first one.
      ['Which deployments?', keys.space, keys.enter],
    ]);
    const { code, err } = await init([], someone);
    expect(someone.unanswered()).toBe(0);
    expect(err).toContain('gpt-5.4 answers: ');
    expect(code).toBe(0);
    const source = await read('aoai.config.ts');
    expect(source).toContain("resource: 'contoso-se'");
    expect(source).not.toContain('text-embedding-3-small');
  });

  test('asks nothing that has one answer only', async () => {
    const someone = person([]);
    const { code } = await init(['--resource', 'contoso-fr'], someone);
    expect({ code, screen: someone.screen() }).toEqual({ code: 0, screen: '' });
  });

  test.each([
    ['Which resource?', [['Which resource?', keys.ctrlC]]],
    [
      'Which deployments?',
      [
        ['Which resource?', keys.down, keys.enter],
        ['Which deployments?', keys.ctrlC],
      ],
    ],
  ] as const)('Ctrl-C at %j leaves nothing', async (_, answers) => {
    const someone = person(answers);
    const { code, out, err } = await init([], someone);
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toMatch(/Nothing was written\.\n$/);
    expect(await readdir(folder)).toEqual([]);
  });

  test('asks before it replaces a file, and no is no', async () => {
    await writeFile(join(folder, 'aoai.config.ts'), 'mine');
    const no = person([['Replace aoai.config.ts?', keys.enter]]);
    const { code, err } = await init(['--resource', 'contoso-fr'], no);
    expect(code).toBe(2);
    expect(err).toContain('Nothing was written: aoai.config.ts is there.');
    expect(await read('aoai.config.ts')).toBe('mine');
    const yes = person([['Replace aoai.config.ts?', keys.yes]]);
    expect((await init(['--resource', 'contoso-fr'], yes)).code).toBe(0);
    expect(await read('aoai.config.ts')).toContain('contoso-fr');
  });

  test('an .env.example that is to stay stays, and the config is written', async () => {
    await writeFile(join(folder, '.env.example'), 'MINE=1\n');
    const no = person([['Replace .env.example?', keys.enter]]);
    const { code, err } = await init(['--resource', 'contoso-fr'], no);
    expect(code).toBe(0);
    expect(err).toContain('Wrote aoai.config.ts; .env.example stays as it is.\n');
    expect(await read('.env.example')).toBe('MINE=1\n');
  });
});
