import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ask } from './running-app.ts';
import { signedIn } from './visitor.ts';

test('with an OTLP endpoint spans of the calls arrive there, without questions; SIGTERM sends the rest and ends', async () => {
  const bodies: { path: string | undefined; text: string }[] = [];
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push({ path: request.url, text: Buffer.concat(chunks).toString('latin1') });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const folder = mkdtempSync(join(tmpdir(), 'rag-chat-telemetry-'));
  const server = spawn(process.execPath, ['src/server.ts'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      ...process.env,
      AZURE_OPENAI_ENDPOINT: undefined,
      DATA_FOLDER: folder,
      PORT: '0',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    },
  });
  let output = '';
  server.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await expect.poll(() => output, { timeout: 80_000 }).toMatch(/Handbook: \S+/);
  const person = await signedIn(/Handbook: (\S+)/.exec(output)?.[1] ?? '', 'ada');
  await ask(person, 'How much may a hotel cost in Oslo?');
  server.kill('SIGTERM');
  const [code] = (await once(server, 'exit')) as [number | null];
  const traces = bodies
    .filter(({ path }) => path === '/v1/traces')
    .map(({ text }) => text)
    .join('');
  expect(code).toBe(0);
  expect(traces).toContain('gen_ai.request.model');
  expect(traces).not.toContain('Oslo');
  collector.close();
  rmSync(folder, { recursive: true, force: true });
});
