import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import { describe, expect, test } from 'vitest';
import { diagnose } from './diagnose.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Repeated without end. */
  readonly endless?: string;
  readonly silent?: boolean;
}

/** A server that is not Azure's. */
async function strangeServer(answer: Answer): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    if (answer.silent === true) return;
    response.writeHead(answer.status ?? 200, answer.headers);
    const { endless } = answer;
    if (endless === undefined) {
      response.end(answer.body);
      return;
    }
    const talk = () => {
      while (!response.destroyed && response.write(endless.repeat(1000)));
    };
    response.on('drain', talk);
    talk();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) =>
        server.close(() => {
          resolve();
        }),
      );
    },
  };
}

describe('an endpoint that is not Azure', () => {
  test.each([
    [
      'a redirect',
      { status: 302, headers: { location: 'https://evil.example/' } },
      'error redirected deployments.chat',
    ],
    [
      'an error page that never ends',
      { status: 500, endless: '<p>\u001b[2J' },
      'error service-error deployments.chat',
    ],
    ['something that is not JSON', { status: 200, body: 'hello' }, 'error no-answer deployments.chat'],
    [
      'a sign-in page with status 200',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>\u001b[2JSign in' },
      'error no-answer deployments.chat',
    ],
    [
      'JSON that is no answer',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{"status":"ok"}' },
      'error no-answer deployments.chat',
    ],
    [
      'an answer',
      {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"model":"gpt-5.4-2026-03-05","choices":[{"message":{"content":"pong"}}]}',
      },
      undefined,
    ],
    [
      'a retired model',
      { status: 410, body: '{"error":{"message":"gone"}}' },
      'error model-retired deployments.chat',
    ],
    ['no answer', { silent: true }, 'error no-answer deployments.chat'],
    [
      'throttling',
      { status: 429, body: '{"error":{"message":"Please retry after 7 seconds."}}' },
      'warning throttled deployments.chat',
    ],
  ])('copes with %s', async (_, answer: Answer, expected) => {
    const server = await strangeServer(answer);
    const config = defineConfig({
      resources: { strange: { endpoint: server.endpoint } },
      deployments: {
        chat: { resource: 'strange', deployment: 'gpt-5.4', model: 'gpt-5.4', sku: 'GlobalStandard' },
      },
    });
    const report = await diagnose(config, {
      credential: apiKey('key-of-the-strange-server-0123456789'),
      timeoutMs: 1000,
      now: Date.now,
    });
    const found = report.results.filter(({ status }) => status === 'error' || status === 'warning');
    expect(found.map(({ status, problem, subject }) => `${status} ${problem ?? ''} ${subject}`)).toEqual(
      expected === undefined ? [] : [expected],
    );
    expect(JSON.stringify(report).length).toBeLessThan(10_000);
    expect(report.results.every(({ cause }) => !cause.includes('\u001b'))).toBe(true);
    await server.close();
  });
});
