import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@aoai/config';
import { neverAnswers, startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../program.ts';
import { fakeTerminal } from '../terminal.fake.ts';
import type { CheckResult, Report } from './result.ts';
import { useTrust } from '../trust.fake.ts';

const chat = { model: 'gpt-5.4', sku: 'DataZoneStandard' };
const real = defineConfig({
  resources: {
    sweden: { endpoint: 'https://contoso-se.openai.azure.com', region: 'swedencentral' },
    france: { endpoint: 'https://contoso-fr.openai.azure.com', region: 'francecentral' },
  },
  deployments: {
    first: { resource: 'sweden', deployment: 'first', ...chat },
    second: { resource: 'france', deployment: 'second', ...chat },
  },
});
const trust = useTrust();
const stranger = '99999999-9999-4999-8999-999999999999';

let azure: MockAzure;
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-doctor-'));
  azure = await startMockAzure({
    config: real,
    identity: { roleAssignments: [{ principal: 'default', role: 'Reader' }] },
  });
  trust(azure.identity.ca);
  for (const [name, value] of Object.entries(azure.identityEnv())) vi.stubEnv(name, value);
  await writeFile(join(folder, 'aoai.config.json'), JSON.stringify(azure.config));
});
beforeEach(() => {
  azure.reset();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await azure.close();
  await rm(folder, { recursive: true });
});

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTTY?: boolean;
}

/** Runs `aoai doctor` with a key of the mock. */
async function doctor(args: readonly string[], { env = {}, isTTY = false }: Given = {}) {
  const terminal = fakeTerminal({
    cwd: folder,
    isTTY,
    env: {
      AZURE_OPENAI_API_KEY: azure.apiKey,
      AZURE_RESOURCE_MANAGER_ENDPOINT: azure.arm.endpoint,
      ...env,
    },
  });
  const code = await run(['doctor', ...args], terminal);
  return { code, out: terminal.output(), err: terminal.errors() };
}

/** Without calls, what is said of the accounts. */
async function accounts(args: readonly string[], env: Given['env'] = {}) {
  const { code, out } = await doctor(['--json', '--no-calls', ...args], { env });
  const { ok, results } = JSON.parse(out) as Report;
  expect(ok).toBe(code === 0);
  return { code, found: results.filter(({ check }) => check === 'account') };
}

const facts: readonly Partial<CheckResult>[] = [
  { status: 'ok', subject: 'resources.sweden', cause: 'It is the account contoso-se in swedencentral.' },
  { status: 'ok', subject: 'resources.france', cause: 'It is the account contoso-fr in francecentral.' },
];

test('reads the subscription of the option, else of AZURE_SUBSCRIPTION_ID, and once for all resources', async () => {
  const { subscriptionId } = azure.arm;
  expect(await accounts(['--subscription', subscriptionId])).toMatchObject({ code: 0, found: facts });
  const lists = azure.arm.requests().filter(({ path }) => path.endsWith('/accounts'));
  expect(lists).toHaveLength(1);
  expect(await accounts([], { AZURE_SUBSCRIPTION_ID: subscriptionId })).toMatchObject({
    code: 0,
    found: facts,
  });
  expect(
    await accounts(['--subscription', subscriptionId], { AZURE_SUBSCRIPTION_ID: stranger }),
  ).toMatchObject({ code: 0, found: facts });
});

test.each([{}, { AZURE_SUBSCRIPTION_ID: '' }])(
  'without a subscription (%j) it says so once, and is content',
  async (env) => {
    expect(await accounts([], env)).toEqual({
      code: 0,
      found: [
        {
          check: 'account',
          status: 'skipped',
          subject: 'config',
          cause: 'What is deployed, and its quota: no subscription to read.',
          fix: 'Give `--subscription`, or set `AZURE_SUBSCRIPTION_ID`.',
        },
      ],
    });
    expect(azure.arm.requests()).toEqual([]);
  },
);

test('a subscription that was given has to be readable; one of the environment need not be', async () => {
  const refused = (status: string) => [
    {
      check: 'account',
      status,
      subject: 'config',
      problem: 'management-refused',
      cause: expect.stringMatching(/^The Management API did not answer: \S[^\n]*$/) as string,
      fix: 'Sign in (`az login`), and give yourself the role "Reader" on the subscription.',
    },
  ];
  expect(await accounts(['--subscription', stranger])).toEqual({ code: 1, found: refused('error') });
  expect(await accounts([], { AZURE_SUBSCRIPTION_ID: stranger })).toEqual({
    code: 0,
    found: refused('warning'),
  });
});

test('a key is held against an account that takes none, a token is not', async () => {
  const { subscriptionId, resourceGroup } = azure.arm;
  const [name, resource] = ['contoso-se', azure.config.resources['sweden']];
  const provider = 'providers/Microsoft.CognitiveServices/accounts';
  const account = {
    id: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/${provider}/${name}`,
    name,
    kind: 'OpenAI',
    location: 'swedencentral',
    properties: { endpoint: resource?.endpoint, disableLocalAuth: true },
  };
  const problems = async (env: Given['env']) => {
    azure.arm.fail({ kind: 'status', status: 200, body: JSON.stringify({ value: [account] }) }, { times: 1 });
    const { found } = await accounts(['--subscription', subscriptionId], env);
    azure.arm.restore();
    return found.flatMap(({ problem }) => problem ?? []);
  };
  expect(await problems({})).toEqual(['key-auth-disabled', 'account-unknown']);
  expect(await problems({ AZURE_OPENAI_API_KEY: '' })).toEqual(['account-unknown']);
});

test.each([
  [[], 6],
  [['--calls', '1'], 2],
  [['--no-calls'], 0],
])('with %j it makes %i calls', async (args, calls) => {
  await doctor(args);
  expect(azure.requests()).toHaveLength(calls);
});

test('says which limit was passed', async () => {
  azure.fail('first', neverAnswers());
  const { out, code } = await doctor(['--timeout', '60', '--calls', '1']);
  expect(out).toContain('no answer in 60 ms');
  expect(code).toBe(1);
});

test('shows what is fine with --verbose only', async () => {
  expect((await doctor(['--no-calls'])).out).not.toContain('Signs in with an API key');
  expect((await doctor(['--no-calls', '--verbose'])).out).toContain('Signs in with an API key');
});

test('shows progress at a terminal, and takes it away again; not beside JSON, and not in a pipe', async () => {
  const clear = '\r\u001b[K';
  const { err } = await doctor(['--no-calls'], { isTTY: true });
  expect(err).toBe(`${clear}examining 0/2 resources …${clear}examining 1/2 resources …${clear}`);
  expect((await doctor(['--no-calls', '--json'], { isTTY: true })).err).toBe('');
  expect((await doctor(['--no-calls'])).err).toBe('');
});
