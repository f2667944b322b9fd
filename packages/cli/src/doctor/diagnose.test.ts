import type { AddressInfo, Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { apiKey, entraId } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import type { Config, Deployment, Resource } from '@aoai/config';
import type { TokenCredential } from '@azure/core-auth';
import { undiciTransport } from '@aoai/client';
import type { Transport } from '@aoai/client';
import { createClientCertificate, rateLimited, realClock, startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { diagnose, type DiagnoseOptions } from './diagnose.ts';
import { isPrivate } from './reach.ts';
import type { CheckResult, Report } from './result.ts';

const today = Date.parse('2026-11-22T12:00:00Z');
const clock = realClock({ startMs: today });
const now = () => clock.now();

const resource = (name: string) => ({
  endpoint: `https://${name}.openai.azure.com`,
  region: 'swedencentral',
});
const chat = { deployment: 'gpt-5.4', model: 'gpt-5.4', version: '2026-03-05', sku: 'DataZoneStandard' };

/** The estate in Azure: every resource and deployment works. */
const reality = defineConfig({
  resources: {
    healthy: resource('healthy'),
    keyed: resource('keyed'),
    roleless: resource('roleless'),
    foreign: { ...resource('foreign'), tenantId: '11111111-1111-4111-8111-111111111111' },
    dated: resource('dated'),
    late: resource('late'),
  },
  deployments: {
    chat: { resource: 'healthy', ...chat, limits: { tpm: 50_000, rpm: 300 } },
    embed: {
      resource: 'healthy',
      deployment: 'embed',
      model: 'text-embedding-3-small',
      sku: 'DataZoneStandard',
    },
    pro: { resource: 'healthy', deployment: 'pro', model: 'gpt-5.4-pro', sku: 'DataZoneStandard' },
    old: { resource: 'healthy', deployment: 'old', model: 'gpt-5.2', sku: 'DataZoneStandard' },
    keyedChat: { resource: 'keyed', ...chat },
    rolelessChat: { resource: 'roleless', ...chat },
    foreignChat: { resource: 'foreign', ...chat },
    datedChat: { resource: 'dated', ...chat },
    lateChat: { resource: 'late', ...chat },
  },
});

let azure: MockAzure;
let lateAzure: MockAzure;
let expired: Server;

beforeAll(async () => {
  azure = await startMockAzure({
    config: reality,
    clock,
    identity: {
      tenantId: '22222222-2222-4222-8222-222222222222',
      otherTenants: ['11111111-1111-4111-8111-111111111111'],
      roleAssignments: ['healthy', 'foreign', 'dated'].map((name) => ({
        principal: 'default',
        role: 'Cognitive Services OpenAI User',
        resource: name,
      })),
    },
  });
  lateAzure = await startMockAzure({ config: reality, clock: realClock({ startMs: today + 20 * 60_000 }) });
  expired = await tlsServerOf2020();
});
afterAll(async () => {
  await Promise.all([azure.close(), lateAzure.close()]);
  expired.close();
});

/** A server whose certificate ended years ago. */
async function tlsServerOf2020(): Promise<Server> {
  vi.setSystemTime(new Date('2020-01-01'));
  const { certificate, privateKey } = createClientCertificate('localhost');
  vi.useRealTimers();
  const server = createTlsServer({ cert: certificate, key: privateKey });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** The part of the mock with these resources. */
function only(...names: readonly string[]): Config {
  const { config } = azure;
  const pick = <T>(record: Readonly<Record<string, T>>, keep: (name: string, item: T) => boolean) =>
    Object.fromEntries(Object.entries(record).filter(([name, item]) => keep(name, item)));
  return {
    ...config,
    resources: pick(config.resources, (name) => names.includes(name)),
    deployments: pick(config.deployments, (_, { resource: name }) => names.includes(name)),
  };
}

function without<T extends object, Key extends keyof T>(value: T, key: Key): Omit<T, Key> {
  const copy = { ...value };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- of a copy
  delete copy[key];
  return copy;
}

async function examine(config: Config, options: Partial<DiagnoseOptions> = {}): Promise<Report> {
  return diagnose(config, { credential: entraId(azure.credential()), now, ...options });
}

function problems(report: Report): readonly string[] {
  return report.results
    .filter(({ status }) => status !== 'ok' && status !== 'skipped')
    .map(({ status, problem, subject }) => `${status} ${problem ?? ''} ${subject}`);
}

function change(
  config: Config,
  name: string,
  parts: { readonly resource?: Partial<Resource>; readonly deployment?: Partial<Deployment> },
): Config {
  const before = config.resources[name];
  const deployment = config.deployments[name];
  return {
    ...config,
    resources:
      before === undefined
        ? config.resources
        : { ...config.resources, [name]: { ...before, ...parts.resource } },
    deployments:
      deployment === undefined
        ? config.deployments
        : { ...config.deployments, [name]: { ...deployment, ...parts.deployment } },
  };
}

describe('diagnose', () => {
  test('has no false alarm about a healthy config, with a token and with a key', async () => {
    const healthy = only('healthy', 'dated');
    const deployments = without(healthy.deployments, 'old');
    for (const credential of [entraId(azure.credential()), apiKey(azure.apiKey)]) {
      const report = await examine({ ...healthy, deployments }, { credential });
      expect(problems(report)).toEqual([]);
      expect(report.ok).toBe(true);
      const answers = report.results.filter(({ check, status }) => check === 'call' && status === 'ok');
      expect(answers.map(({ subject }) => subject).toSorted()).toEqual([
        'deployments.chat',
        'deployments.datedChat',
        'deployments.embed',
        'deployments.pro',
      ]);
    }
  });

  test('finds twelve faults at once, names each cause, and nothing else', async () => {
    let config = only('healthy', 'keyed', 'roleless', 'foreign', 'dated', 'late');
    const port = (expired.address() as AddressInfo).port;
    const healthy = config.resources['healthy'];
    if (healthy === undefined) throw new Error('no such resource');
    config = {
      ...config,
      resources: {
        ...config.resources,
        expired: { ...healthy, endpoint: `https://127.0.0.1:${port}` },
        unreachable: { ...healthy, endpoint: 'http://127.0.0.1:1' },
        late: { ...healthy, endpoint: lateAzure.config.resources['late']?.endpoint ?? '' },
      },
      deployments: {
        ...config.deployments,
        ghost: {
          resource: 'healthy',
          deployment: 'ghost',
          model: 'gpt-5.4',
          sku: 'DataZoneStandard',
          limits: {},
          tags: {},
        },
        mini: {
          resource: 'healthy',
          deployment: 'gpt-5.4',
          model: 'gpt-5.4-mini',
          sku: 'DataZoneStandard',
          limits: {},
          tags: {},
        },
      },
      policy: { processing: ['EU'] },
    };
    const foreign = without(config.resources['foreign'] ?? healthy, 'tenantId');
    config = { ...config, resources: { ...config.resources, foreign } };
    config = change(config, 'dated', { resource: { api: '2023-07-01-preview' } });
    config = change(config, 'chat', { deployment: { limits: { tpm: 500_000 } } });
    config = change(config, 'embed', { deployment: { sku: 'GlobalStandard' } });

    const report = await examine(config, {
      credentials: { keyed: apiKey('not-a-key-of-this-account-0123456789'), late: apiKey(lateAzure.apiKey) },
    });

    expect(problems(report).toSorted()).toEqual(
      [
        'error wrong-key resources.keyed',
        'error no-role resources.roleless',
        'error wrong-tenant resources.foreign',
        'error deployment-missing deployments.ghost',
        'error wrong-model deployments.mini',
        'error api-version-retired resources.dated.api',
        'error certificate-expired resources.expired',
        'error unreachable resources.unreachable',
        'error quota-lower deployments.chat',
        'error policy deployments.embed.sku',
        'warning model-retiring deployments.old.model',
        'error clock-skew resources.late',
        // The retired api-version is found twice: in the config, and by a call.
        'error api-version-refused deployments.datedChat',
        'error feature-missing resources.dated.api',
      ].toSorted(),
    );
    expect(report.ok).toBe(false);
    for (const { status, check, fix, cause } of report.results) {
      expect(cause.length).toBeGreaterThan(10);
      if (status === 'error' && check !== 'config') expect(fix?.length).toBeGreaterThan(3);
    }
    const said = new Map(report.results.map((result) => [result.problem, result]));
    expect(said.get('wrong-model')?.cause).toBe(
      'The config says "gpt-5.4-mini", and "gpt-5.4-2026-03-05" answers.',
    );
    expect(said.get('quota-lower')?.fix).toBe(
      'Set `limits.tpm` to 50000, or raise the capacity of the deployment.',
    );
    expect(said.get('certificate-expired')?.cause).toMatch(/expired on 202[01]-/);
    expect(said.get('clock-skew')?.cause).toMatch(
      /^The clock of this machine is (119\d|120\d) seconds behind the service\.$/,
    );
    expect(said.get('no-role')?.fix).toContain('az role assignment create');
  });

  test('signs in to the tenant that the config names', async () => {
    const report = await examine(only('foreign'));
    expect(problems(report)).toEqual([]);
    const signIn = report.results.find(({ check }) => check === 'sign-in');
    expect(signIn?.cause).toContain('of tenant 11111111-1111-4111-8111-111111111111');
  });

  test('compares the tenant of the token with that of the config before it calls', async () => {
    const config = only('foreign');
    const deaf: TokenCredential = { getToken: (scope) => azure.credential().getToken(scope) };
    const report = await examine(config, { credential: entraId(deaf) });
    expect(problems(report)).toEqual(['error wrong-tenant resources.foreign']);
    expect(report.results.filter(({ check }) => check === 'call')).toEqual([
      {
        check: 'call',
        status: 'skipped',
        subject: 'deployments.foreignChat',
        cause: 'Not called: there is no sign-in for the resource.',
      },
    ]);
  });

  test('of two who found the same it keeps the one that knows more', async () => {
    const config = change(only('healthy'), 'chat', {});
    const ghost = { ...config.deployments['chat'], deployment: 'ghost' } as Deployment;
    const account = async (): Promise<readonly CheckResult[]> => [
      {
        check: 'deployment',
        status: 'error',
        subject: 'deployments.ghost',
        problem: 'deployment-missing',
        cause: 'The account has none.',
        fix: 'It has "gpt-5-nano".',
      },
    ];
    const { results } = await examine({ ...config, deployments: { ghost } }, { account });
    const found = results.filter(({ problem }) => problem === 'deployment-missing');
    expect(found.map(({ fix }) => fix)).toEqual(['It has "gpt-5-nano".']);
  });

  test('believes Azure rather than the catalog about the end of a model', async () => {
    const config = change(only('healthy'), 'chat', {});
    const account = async () => [
      {
        check: 'lifecycle',
        status: 'ok',
        subject: 'deployments.old',
        cause: 'gpt-5.2 is served until 2028-01-01.',
      } as const,
    ];
    expect(problems(await examine(config))).toEqual(['warning model-retiring deployments.old.model']);
    expect(problems(await examine(config, { account }))).toEqual([]);
  });

  test('calls the other deployments of an account only when the first was not refused', async () => {
    const config = only('healthy');
    const report = await examine(config, { credential: apiKey('not-a-key-of-this-account-0123456789') });
    expect(problems(report)).toEqual([
      'warning model-retiring deployments.old.model',
      'error wrong-key resources.healthy',
    ]);
    expect(report.results.filter(({ status }) => status === 'skipped').map(({ check }) => check)).toEqual([
      'tls',
      'call',
      'call',
      'call',
      'call',
    ]);
  });

  test('says what it did not check', async () => {
    const image: Deployment = {
      resource: 'healthy',
      deployment: 'image',
      model: 'gpt-image-2',
      sku: 'GlobalStandard',
      limits: {},
      tags: {},
    };
    const batch: Deployment = { ...image, deployment: 'batch', model: 'gpt-5.4', sku: 'GlobalBatch' };
    const report = await examine({ ...only('healthy'), deployments: { image, batch } });
    const skipped = report.results
      .filter(({ status, check }) => status === 'skipped' && check === 'call')
      .map(({ cause }) => cause);
    expect(skipped).toEqual([
      'A call to a model for image costs too much to try.',
      'A batch deployment answers batches only.',
    ]);
  });

  test('says how long calls take, without the first, which opens the connection', async () => {
    azure.reset();
    const real = undiciTransport();
    const tookMs = [900, 100, 120, 300];
    let atMs = today;
    const transport: Transport = async (request) => {
      const response = await real(request);
      atMs += tookMs.shift() ?? 0;
      return response;
    };
    const report = await examine(only('dated'), { calls: 4, now: () => atMs, transport }).finally(() =>
      real.close?.(),
    );
    expect(report.results.find(({ check }) => check === 'latency')).toEqual({
      check: 'latency',
      status: 'ok',
      subject: 'deployments.datedChat',
      cause: 'p50 120 ms, p95 300 ms: 3 calls of chat/completions after the first.',
      latency: { kind: 'chat/completions', calls: 3, p50Ms: 120, p95Ms: 300 },
    });
    expect(azure.requests()).toHaveLength(4);
  });

  test('measures no deployment that does not answer, and stops where one no longer does', async () => {
    azure.reset();
    azure.fail('datedChat', rateLimited({ retryAfterMs: 1_000 }), { times: 1 });
    const throttled = await examine(only('dated'), { calls: 3 });
    expect(throttled.results.filter(({ check }) => check === 'latency')).toEqual([]);
    expect(azure.requests()).toHaveLength(1);
    azure.reset();
    const real = undiciTransport();
    const transport: Transport = async (request) => {
      if (azure.requests().length === 2) azure.fail('datedChat', rateLimited({ retryAfterMs: 1_000 }));
      return real(request);
    };
    const once = await examine(only('dated'), { calls: 9, transport }).finally(() => real.close?.());
    expect(azure.requests()).toHaveLength(3);
    expect(once.results.find(({ check }) => check === 'latency')?.latency?.calls).toBe(1);
    azure.reset();
  });

  test('makes no call when told so', async () => {
    azure.reset();
    const report = await examine(only('dated'), { calls: 0 });
    expect(problems(report)).toEqual([]);
    expect(azure.requests()).toEqual([]);
  });

  test('shows neither keys nor tokens', async () => {
    const key = 'f3a9c27be15d4086f3a9c27be15d4086';
    const report = await examine(only('keyed', 'healthy'), { credentials: { keyed: apiKey(key) } });
    const text = JSON.stringify(report);
    expect(text).not.toContain(key);
    expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{10}/);
  });

  test('ends at once when it is interrupted', async () => {
    const interrupt = new AbortController();
    const reason = new Error('enough');
    const onProgress = () => {
      interrupt.abort(reason);
    };
    await expect(examine(only('healthy'), { signal: interrupt.signal, onProgress })).rejects.toBe(reason);
  });
});

test.each([
  ['10.1.2.3', true],
  ['172.16.0.1', true],
  ['172.32.0.1', false],
  ['192.168.1.1', true],
  ['20.1.2.3', false],
  ['::ffff:10.0.0.1', true],
  ['fd12::1', true],
  ['2603:1020::1', false],
])('isPrivate(%j) is %j', (address, expected) => {
  expect(isPrivate(address)).toBe(expected);
});

test('every result of a check has the shape that programs rely on', async () => {
  const { results } = await examine(only('healthy'));
  const keys = new Set(results.flatMap((result: CheckResult) => Object.keys(result)));
  expect([...keys].toSorted()).toEqual(['cause', 'check', 'fix', 'latency', 'problem', 'status', 'subject']);
});
