import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { CredentialError } from '@aoai/auth';
import type { Credential } from '@aoai/auth';
import type { Transport } from '@aoai/client';
import { defineConfig } from '@aoai/config';
import type { Config, Deployment, Resource } from '@aoai/config';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { diagnose, type DiagnoseOptions } from './diagnose.ts';
import type { CheckResult } from './result.ts';
import { scripted, signedWith } from './scripted.fake.ts';

/** Can be connected to, which is all that is needed where the transport is scripted. */
let port: Server;
let endpoint = '';

const addressOf = (server: Server | HttpServer) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  port = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
  });
  await new Promise<void>((resolve) => port.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${addressOf(port)}`;
});
afterAll(async () => {
  await new Promise((resolve) => port.close(resolve));
});

interface Estate {
  /** Deployments of the resource `main`, by name. */
  readonly deployments?: Readonly<Record<string, Partial<Deployment>>>;
  readonly resource?: Partial<Resource>;
  readonly resources?: readonly string[];
}

function estate({ deployments = { chat: {} }, resource, resources = ['main'] }: Estate = {}): Config {
  const config = defineConfig({
    resources: Object.fromEntries(resources.map((name) => [name, { endpoint, region: 'swedencentral' }])),
    deployments: Object.fromEntries(
      Object.keys(deployments).map((name) => [
        name,
        { resource: 'main', deployment: name, model: 'gpt-5.4', sku: 'DataZoneStandard' },
      ]),
    ),
  });
  const changed = Object.entries(config.deployments).map(([name, each]) => [
    name,
    { ...each, ...deployments[name] },
  ]);
  const [first = 'main'] = resources;
  return {
    ...config,
    resources: { ...config.resources, [first]: { ...config.resources[first], ...resource } as Resource },
    deployments: Object.fromEntries(changed) as Config['deployments'],
  };
}

async function examine(
  config: Config,
  options: Partial<DiagnoseOptions> = {},
): Promise<readonly CheckResult[]> {
  const { transport, now } = scripted({});
  const credential = signedWith({ 'api-key': 'key-of-a-script-0123456789' });
  const report = await diagnose(config, { credential, env: {}, transport, now, ...options });
  expect(report.ok).toBe(report.results.every(({ status }) => status !== 'error'));
  return report.results;
}

const about = (results: readonly CheckResult[], check: CheckResult['check']) =>
  results.filter((result) => result.check === check);

describe('the clocks', () => {
  /** What is said when the service says these times, by deployment. */
  async function said(...secondsAhead: readonly number[]) {
    const deployments = Object.fromEntries(secondsAhead.map((_, index) => [`d${index}`, {}]));
    const service = scripted(
      ...secondsAhead.map((seconds) => ({
        headers: { date: new Date(Date.parse('2026-11-22T12:00:00Z') + seconds * 1000).toUTCString() },
      })),
    );
    const results = await examine(estate({ deployments }), { ...service, calls: 1 });
    return about(results, 'clock');
  }
  const subject = 'resources.main';
  const fix =
    'Set the clock (`timedatectl set-ntp true`): tokens are refused when clocks are five minutes apart.';

  test.each([0, 5, -5])('agree when the service is %i seconds ahead', async (seconds) => {
    expect(await said(seconds)).toEqual([
      { check: 'clock', status: 'ok', subject, cause: 'The clocks agree.' },
    ]);
  });

  test.each([
    [6, 'warning', '6 seconds behind'],
    [-6, 'warning', '6 seconds ahead of'],
    [300, 'warning', '300 seconds behind'],
    [301, 'error', '301 seconds behind'],
    [-301, 'error', '301 seconds ahead of'],
  ])('differ when the service is %i seconds ahead: %s', async (seconds, status, how) => {
    const cause = `The clock of this machine is ${how} the service.`;
    expect(await said(seconds)).toEqual([
      { check: 'clock', status, subject, problem: 'clock-skew', cause, fix },
    ]);
  });

  test('differ by the smallest difference of several calls: the others waited', async () => {
    expect((await said(-90, 40, 60))[0]?.cause).toContain('40 seconds behind');
    expect((await said(90, -3))[0]?.status).toBe('ok');
  });

  test('are not compared when no answer has a date', async () => {
    expect(about(await examine(estate()), 'clock')).toEqual([]);
  });
});

describe('calls', () => {
  test('are three to each deployment unless told otherwise, and none is made again', async () => {
    const sentFor = async (options: Partial<DiagnoseOptions>) => {
      const service = scripted({});
      await examine(estate({ deployments: { a: {}, b: {} } }), { ...service, ...options });
      return service.sent.length;
    };
    expect(await sentFor({})).toBe(6);
    expect(await sentFor({ calls: 1 })).toBe(2);
    expect(await sentFor({ calls: 0 })).toBe(0);
  });

  test('that were not wanted are named, each with its deployment', async () => {
    const results = await examine(estate({ deployments: { a: {}, b: {} } }), { calls: 0 });
    expect(about(results, 'call')).toEqual(
      ['a', 'b'].map((name) => ({
        check: 'call',
        status: 'skipped',
        subject: `deployments.${name}`,
        cause: 'Not called: no calls were wanted.',
      })),
    );
  });

  test('begin with one, and go on with at most eight at a time', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `d${index}`);
    const service = scripted({});
    let open = 0;
    const opened: number[] = [];
    const transport: Transport = async (request) => {
      opened.push((open += 1));
      await new Promise(setImmediate);
      open -= 1;
      return service.transport(request);
    };
    const results = await examine(
      estate({ deployments: Object.fromEntries(names.map((name) => [name, {}])) }),
      { transport, calls: 1 },
    );
    expect(about(results, 'call').filter(({ status }) => status === 'ok')).toHaveLength(20);
    expect(opened.slice(0, 2)).toEqual([1, 1]);
    expect(Math.max(...opened)).toBe(8);
  });

  test('begin with a deployment that can be called, when the first cannot', async () => {
    const service = scripted({
      status: 401,
      body: '{"error":{"code":"401","message":"Access denied due to invalid subscription key."}}',
    });
    const results = await examine(
      estate({ deployments: { image: { model: 'gpt-image-2' }, chat: {}, other: {} } }),
      service,
    );
    expect(service.sent).toHaveLength(1);
    expect(about(results, 'call').map(({ subject, cause }) => [subject, cause])).toEqual([
      ['deployments.chat', 'Not called: the account refuses this caller.'],
      ['deployments.image', 'Not called: the account refuses this caller.'],
      ['deployments.other', 'Not called: the account refuses this caller.'],
    ]);
    expect(about(results, 'sign-in').at(-1)).toMatchObject({
      subject: 'resources.main',
      status: 'error',
    });
  });

  test('to the others are made when the first is not answered for another reason', async () => {
    const service = scripted({ status: 500, body: '' }, {});
    const results = await examine(estate({ deployments: { a: {}, b: {} } }), { ...service, calls: 1 });
    expect(about(results, 'call').map(({ subject, status }) => `${status} ${subject}`)).toEqual([
      'error deployments.a',
      'ok deployments.b',
    ]);
  });

  test('use the credential of the resource where it has one', async () => {
    const service = scripted({});
    const credentials = { main: signedWith({ 'api-key': 'key-of-main-only-0123456789' }) };
    await examine(estate(), { ...service, calls: 1, credentials });
    await examine(estate(), { ...service, calls: 1, credentials: { other: credentials.main } });
    expect(service.sent.map(({ headers }) => headers['api-key'])).toEqual([
      'key-of-main-only-0123456789',
      'key-of-a-script-0123456789',
    ]);
  });

  test('have fifteen seconds, unless told otherwise', async () => {
    const limits = vi.spyOn(AbortSignal, 'timeout');
    onTestFinished(() => {
      limits.mockRestore();
    });
    await examine(estate(), { calls: 1 });
    await examine(estate(), { calls: 1, timeoutMs: 4321 });
    expect(limits.mock.calls.map(([ms]) => ms)).toEqual([15_000, 4321]);
  });
});

describe('signing in', () => {
  const tenant = '11111111-1111-4111-8111-111111111111';
  const tokenOf = (claims: object) =>
    `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify({ exp: 2_000_000_000, ...claims })).toString('base64url')}.x`;
  const withToken = (claims: object) => signedWith({ authorization: `Bearer ${tokenOf(claims)}` });

  const signIn = async (credential: Credential, resource: Partial<Resource> = {}) =>
    about(await examine(estate({ resource }), { credential, calls: 1 }), 'sign-in');

  test('with a key shows its fingerprint, and never the key', async () => {
    const [found] = await signIn(signedWith({ 'api-key': 'key-of-a-script-0123456789' }));
    expect(found).toEqual({
      check: 'sign-in',
      status: 'ok',
      subject: 'resources.main',
      cause: expect.stringMatching(/^Signs in with an API key \(fingerprint [0-9a-f]{4,16}\)\.$/) as string,
    });
  });

  test('with a token shows who it is, as far as the token says', async () => {
    const [user] = await signIn(withToken({ tid: tenant, oid: 'of-ada', idtyp: 'user' }));
    expect(user).toMatchObject({ status: 'ok', cause: `Signs in as user of-ada of tenant ${tenant}.` });
    const [nobody] = await signIn(withToken({}));
    expect(nobody?.cause).toMatch(/^Signs in as \S+ unknown of tenant unknown\.$/);
  });

  test.each([
    [tenant.toUpperCase(), 'ok'],
    [undefined, 'ok'],
    ['22222222-2222-4222-8222-222222222222', 'error'],
  ])('with a token of tenant %s to an account in another or the same: %s', async (tid, status) => {
    const lettered = tenant.replaceAll('1', 'a');
    const own = tid?.replaceAll('1', 'A');
    const [found] = await signIn(withToken(own === undefined ? {} : { tid: own }), { tenantId: lettered });
    expect(found?.status).toBe(status);
    if (status === 'error')
      expect(found).toMatchObject({
        problem: 'wrong-tenant',
        cause: `The token is of tenant ${own ?? ''}, the account is in ${lettered}.`,
        fix: `az login --tenant ${lettered}, or set \`AZURE_TENANT_ID\` to it`,
      });
  });

  test('that fails for an unknown reason says what was said, and ends in no call', async () => {
    const service = scripted({});
    const failing = (thrown: unknown): Credential => ({
      ...signedWith({}),
      headers: async () => {
        throw thrown;
      },
    });
    const found = await examine(estate(), { ...service, credential: failing(new RangeError('Odd.')) });
    expect(about(found, 'sign-in')).toEqual([
      {
        check: 'sign-in',
        status: 'error',
        subject: 'resources.main',
        problem: 'sign-in-failed',
        cause: 'Sign-in failed: Odd.',
      },
    ]);
    expect(about(found, 'call')[0]?.cause).toBe('Not called: there is no sign-in for the resource.');
    expect((await signIn(failing('a text')))[0]?.cause).toBe('Sign-in failed: a text');
    expect(service.sent).toEqual([]);
  });

  test('that fails for a known reason has its fix', async () => {
    const credential: Credential = {
      ...signedWith({}),
      headers: async () => {
        throw new CredentialError('Cannot get a token.', {
          cause: new Error('AADSTS7000215: Invalid client secret provided.'),
        });
      },
    };
    const [found] = await signIn(credential);
    expect(found).toMatchObject({
      status: 'error',
      problem: 'sign-in-failed',
      cause: expect.stringContaining('client secret is wrong') as string,
      fix: expect.stringContaining('az ad app credential reset') as string,
    });
  });
});

describe('what is said once', () => {
  const subject = 'deployments.chat';
  const throttled: CheckResult = {
    check: 'quota',
    status: 'warning',
    subject,
    problem: 'throttled',
    cause: 'By a call.',
  };
  const problemsOf = async (account: readonly CheckResult[], answer = {}, config = estate()) =>
    (await examine(config, { ...scripted(answer), calls: 1, account: async () => account })).filter(
      ({ status }) => status === 'error' || status === 'warning',
    );

  test('is the same problem of the same subject; another problem or subject stays', async () => {
    const told = [
      { ...throttled, cause: 'By the account.' },
      { ...throttled, subject: 'deployments.other' },
      { ...throttled, problem: 'quota-lower' },
    ];
    expect(await problemsOf(told, { status: 429, body: '' })).toEqual(told);
  });

  test('is not what is fine', async () => {
    const fine: CheckResult = { check: 'account', status: 'ok', subject, cause: 'It is.' };
    const results = await examine(estate(), { account: async () => [fine, fine] });
    expect(about(results, 'account')).toEqual([fine, fine]);
  });

  test('is the end of a model: of this deployment only, and nothing else of the config', async () => {
    const config = estate({ deployments: { chat: { model: 'gpt-5.2' }, other: { model: 'gpt-5.2' } } });
    const known: CheckResult = { check: 'lifecycle', status: 'ok', subject, cause: 'It is served.' };
    expect(
      (
        await problemsOf(
          [known],
          { body: '{"model":"gpt-5.2","choices":[{"message":{"content":"pong"}}]}' },
          config,
        )
      ).map((found) => found.subject),
    ).toEqual(['deployments.other.model']);
  });

  test('is the end of a model as the reason of a refusal, but not of a refusal that it does not explain', async () => {
    const config = estate({ deployments: { chat: { model: 'gpt-35-turbo' } } });
    const [, refused] = await problemsOf([], { status: 400, body: '' }, config);
    expect(refused).toMatchObject({
      check: 'model',
      status: 'error',
      problem: 'model-retired',
      subject,
      cause: expect.stringMatching(/retired on .* The deployment answers, but not to this call/) as string,
      fix: expect.stringMatching(/^Move to /) as string,
    });
    const [, busy] = await problemsOf([], { status: 429, body: '' }, config);
    expect(busy).toMatchObject({ check: 'quota', status: 'warning', problem: 'throttled' });
  });
});

test('a config without findings says so; findings come apart into cause and fix', async () => {
  expect(about(await examine(estate()), 'config')).toEqual([
    {
      check: 'config',
      status: 'ok',
      subject: 'config',
      cause: 'Lifecycle, api-versions and policy are fine.',
    },
  ]);
  const old = await examine(estate({ deployments: { chat: { model: 'gpt-5.2' } } }));
  expect(about(old, 'config')).toEqual([
    {
      check: 'config',
      status: 'warning',
      subject: 'deployments.chat.model',
      problem: 'model-retiring',
      cause: '"gpt-5.2" retires on 2026-12-12, in 20 days.',
      fix: 'Move to "gpt-5.4".',
    },
  ]);
});

test('progress is told before the first resource and after each', async () => {
  const told: (readonly [number, number])[] = [];
  await examine(estate({ resources: ['main', 'other'] }), {
    calls: 1,
    onProgress: (...progress) => told.push(progress),
  });
  expect(told).toEqual([
    [0, 2],
    [1, 2],
    [2, 2],
  ]);
});

describe('sockets', () => {
  /** A service that never answers, or a completion each time. */
  async function service(answers: boolean) {
    const server = createHttpServer((request, response) => {
      request.resume();
      asked.resolve(undefined);
      if (answers)
        response
          .setHeader('content-type', 'application/json')
          .end('{"model":"gpt-5.4","choices":[{"message":{"content":"pong"}}]}');
    });
    const asked = Promise.withResolvers<undefined>();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const open = () =>
      new Promise<number>((resolve) =>
        server.getConnections((_, count) => {
          resolve(count);
        }),
      );
    return {
      config: estate({ resource: { endpoint: `http://127.0.0.1:${addressOf(server)}` } }),
      asked: asked.promise,
      open,
    };
  }
  const credential = signedWith({ 'api-key': 'key-of-a-script-0123456789' });

  test('that it opened are closed when it is done', async () => {
    const { config, open } = await service(true);
    const { results } = await diagnose(config, { credential, env: {} });
    expect(about(results, 'call')).toMatchObject([{ status: 'ok' }]);
    await vi.waitFor(async () => {
      expect(await open()).toBe(0);
    });
  });

  test('that it opened are closed when it is interrupted during a call, which ends with the reason', async () => {
    const { config, asked, open } = await service(false);
    const interrupt = new AbortController();
    const reason = new Error('enough');
    const examined = diagnose(config, { credential, env: {}, signal: interrupt.signal });
    await asked;
    interrupt.abort(reason);
    await expect(examined).rejects.toBe(reason);
    await vi.waitFor(async () => {
      expect(await open()).toBe(0);
    });
  });

  test('of a transport that was given stay as they are', async () => {
    const service = scripted({});
    await examine(estate(), service);
    expect(service.state.closed).toBe(0);
  });
});

test('an interrupt while signing in ends with its reason', async () => {
  const interrupt = new AbortController();
  const reason = new Error('enough');
  const credential: Credential = {
    ...signedWith({}),
    headers: async ({ signal }) => {
      interrupt.abort(reason);
      signal?.throwIfAborted();
      throw new Error('The signal was not passed on.');
    },
  };
  await expect(examine(estate(), { credential, signal: interrupt.signal })).rejects.toBe(reason);
});
