import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../program.ts';
import { fakeTerminal } from '../terminal.fake.ts';
import type { CheckResult, Report } from './result.ts';

let folder = '';
let azure: MockAzure;
/** Answers as the test says. */
let strange: Server;
let answer: { readonly status: number; readonly body: string } = { status: 200, body: '{}' };
const key = 'key-for-doctor-0123456789';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-doctor-'));
  azure = await startMockAzure();
  strange = createServer((request, response) => {
    request.resume();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => strange.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await azure.close();
  strange.closeAllConnections();
  await new Promise((resolve) => strange.close(resolve));
  await rm(folder, { recursive: true });
});

const strangeEndpoint = () => `http://127.0.0.1:${(strange.address() as AddressInfo).port}`;

function deployment(model: string) {
  return { resource: 'main', deployment: model, model, sku: 'DataZoneStandard' };
}

async function doctor(
  config: unknown,
  args: readonly string[] = [],
  now = Date.parse('2026-11-22T12:00:00Z'),
) {
  const path = join(folder, 'aoai.config.json');
  await writeFile(path, JSON.stringify(config));
  const terminal = fakeTerminal({ cwd: folder, env: { AZURE_OPENAI_API_KEY: key }, now: () => now });
  const code = await run(['doctor', path, ...args], terminal);
  return { code, out: terminal.output(), err: terminal.errors() };
}

async function report(config: unknown, now?: number): Promise<Report> {
  return JSON.parse((await doctor(config, ['--json'], now)).out) as Report;
}

const main = (endpoint: string, api = 'v1') => ({ main: { endpoint, region: 'swedencentral', api } });
const about = ({ results }: Report, subject: string, check?: CheckResult['check']) =>
  results.filter((result) => result.subject === subject && (check === undefined || result.check === check));

describe('aoai doctor', () => {
  test('fails on warnings with --strict, and only then', async () => {
    const config = {
      resources: main(azure.endpoint),
      // Retires in twenty days: a warning, beside calls that are answered.
      deployments: { old: deployment('gpt-5.2') },
    };
    const path = join(folder, 'strict.json');
    await writeFile(path, JSON.stringify(config));
    const said = async (...args: readonly string[]) => {
      const terminal = fakeTerminal({
        env: { AZURE_OPENAI_API_KEY: azure.apiKey },
        now: () => Date.parse('2026-11-22'),
      });
      const code = await run(['doctor', path, '--no-calls', ...args], terminal);
      return { code, out: terminal.output() };
    };
    const verdict = async (...args: readonly string[]) => {
      const { code, out } = await said('--json', ...args);
      return [code, (JSON.parse(out) as Report).ok];
    };
    expect([await verdict(), await verdict('--strict')]).toEqual([
      [0, true],
      [1, false],
    ]);
    const [lax, strict] = [await said(), await said('--strict')];
    expect([lax.code, strict.code]).toEqual([0, 1]);
    expect(lax.out).not.toContain('--strict');
    expect(strict.out).toContain(
      'not checked: failed, as `--strict` counts warnings (--verbose shows all)\n',
    );
  });

  test('--strict is content with what has no warning', async () => {
    const path = join(folder, 'fine.json');
    await writeFile(
      path,
      JSON.stringify({ resources: main(azure.endpoint), deployments: { chat: deployment('gpt-5.4') } }),
    );
    const terminal = fakeTerminal({
      env: { AZURE_OPENAI_API_KEY: azure.apiKey },
      now: Date.parse.bind(null, '2026-11-22'),
    });
    expect(await run(['doctor', path, '--no-calls', '--strict'], terminal)).toBe(0);
  });

  test('an invalid config is JSON too where JSON is wanted', async () => {
    const { code, out } = await doctor({ resources: {}, deployments: {} }, ['--json']);
    expect(code).toBe(2);
    const { ok, results } = JSON.parse(out) as Report;
    expect(ok).toBe(false);
    expect(results.map(({ subject, status, problem }) => `${status} ${problem ?? ''} ${subject}`)).toEqual([
      'error invalid resources',
      'error invalid deployments',
    ]);
  });

  test('every deployment of a resource that is not reached is in the JSON, and says why', async () => {
    const { results } = await report({
      resources: main('http://127.0.0.1:9'),
      deployments: { a: deployment('gpt-5.4'), b: deployment('gpt-5.4') },
    });
    const calls = results.filter(({ check }) => check === 'call');
    expect(calls).toEqual(
      ['a', 'b'].map((name) => ({
        check: 'call',
        status: 'skipped',
        subject: `deployments.${name}`,
        cause: 'Not called: the resource is not reached.',
      })),
    );
  });

  test('findings of the config are in a column and have their fix apart', async () => {
    answer = { status: 200, body: '{"model":"gpt-5.2"}' };
    const config = { resources: main(strangeEndpoint()), deployments: { old: deployment('gpt-5.2') } };
    const [finding] = about(await report(config), 'deployments.old.model');
    expect(finding).toMatchObject({ check: 'config', problem: 'model-retiring', fix: 'Move to "gpt-5.4".' });
    expect(finding?.cause).toBe('"gpt-5.2" retires on 2026-12-12, in 20 days.');
    expect((await doctor(config)).out).toMatch(/^DEPLOYMENTS {2}CONFIG.*\nold +! /m);
  });

  test('the same about several deployments is printed once', async () => {
    answer = { status: 200, body: '{"model":"gpt-5.2"}' };
    const config = {
      resources: main(strangeEndpoint()),
      deployments: { one: deployment('gpt-5.2'), two: deployment('gpt-5.2') },
    };
    const { out } = await doctor(config);
    expect(out.match(/retires on/g)).toHaveLength(1);
    expect(out).toContain('deployments.one.model, deployments.two.model config:');
  });

  test('does not advise to run itself', async () => {
    const { out } = await doctor({
      resources: main(strangeEndpoint()),
      deployments: { o3: deployment('o3') },
    });
    expect(out).toContain('o3');
    expect(out).not.toContain('aoai doctor');
  });

  test.each([
    [404, '{"error":{"code":"404","message":"Resource not found"}}'],
    [
      404,
      '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}',
    ],
    [
      400,
      '{"error":{"code":"OperationNotSupported","message":"The chatCompletion operation does not work with the specified model, gpt-35-turbo."}}',
    ],
    [400, '{"error":{"code":"BadRequest","message":"No."}}'],
  ])('a %i of a model that has ended is due to that: %s', async (status, body) => {
    answer = { status, body };
    const config = { resources: main(strangeEndpoint()), deployments: { chat: deployment('gpt-35-turbo') } };
    const found = about(await report(config), 'deployments.chat', 'model');
    expect(found).toMatchObject([
      { status: 'error', problem: 'model-retired', fix: expect.stringMatching(/^Move to /) as string },
    ]);
    expect(found[0]?.cause).toContain('retired on 2025-07-16');
  });

  test('an operation that the model does not take is an error, not a warning', async () => {
    answer = {
      status: 400,
      body: '{"error":{"code":"OperationNotSupported","message":"The chatCompletion operation does not work with the specified model."}}',
    };
    const config = { resources: main(strangeEndpoint()), deployments: { chat: deployment('gpt-5.4') } };
    expect(about(await report(config), 'deployments.chat', 'model')).toMatchObject([
      { status: 'error', problem: 'operation-not-supported' },
    ]);
    expect((await doctor(config)).code).toBe(1);
  });

  test.each([
    ['v1', 'gpt-5.4', '2024-10-21'],
    ['2024-10-21', 'gpt-5.4', 'v1'],
    ['2024-10-21', 'gpt-5-pro', 'v1'],
    ['v1', 'gpt-5-pro', undefined],
  ])('where %s is not served to a %s, it advises %s', async (api, model, other) => {
    answer = { status: 404, body: '{"error":{"code":"404","message":"Resource not found"}}' };
    const config = { resources: main(strangeEndpoint(), api), deployments: { chat: deployment(model) } };
    const [found] = about(await report(config), 'deployments.chat', 'deployment');
    const named = ['v1', '2024-10-21'].filter((name) => found?.fix?.includes(JSON.stringify(name)));
    expect(named).toEqual(other === undefined ? [] : [other]);
  });
});
