import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@aoai/config';
import { startMockAzure } from '@aoai/testing';
import { expect, test } from 'vitest';

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the quickstart as `npm start` does, with these settings and no others. */
function quickstart(settings: Record<string, string>): Promise<Outcome> {
  const { PATH = '', NODE_OPTIONS = '', NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: { PATH, NODE_OPTIONS, NODE_COMPILE_CACHE, ...settings },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

test('without settings it calls, streams and fails over on the mock', async () => {
  const { code, stdout, stderr } = await quickstart({});
  expect(stdout).toContain('Azure OpenAI: the mock at http://127.0.0.1:');
  expect(stdout).toMatch(/1\. One call\n {3}\S/);
  expect(stdout).toMatch(/2\. A stream\n {3}\S/);
  expect(stdout).toContain('"busy" answers 429: throttled');
  expect(stdout).toContain('failover from "busy" to "hello"');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('with an endpoint it signs in with Entra ID there and fails over from the missing deployment', async () => {
  const azure = await startMockAzure({
    config: defineConfig({
      resources: { main: { endpoint: 'https://contoso.openai.azure.com' } },
      deployments: { mine: { resource: 'main', deployment: 'my-gpt', model: 'gpt-5.6-luna' } },
    }),
  });
  try {
    const { code, stdout, stderr } = await quickstart({
      ...azure.identityEnv(),
      AZURE_OPENAI_ENDPOINT: azure.endpoint,
      AZURE_OPENAI_DEPLOYMENT: 'my-gpt',
    });
    expect(stdout).toContain(`Azure OpenAI: ${azure.endpoint}`);
    expect(stdout).toContain('"busy" answers 404');
    expect(stdout).toContain('failover from "busy" to "hello"');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(azure.requests().every(({ headers }) => !('api-key' in headers))).toBe(true);
  } finally {
    await azure.close();
  }
});

test('an endpoint with a path is one clear error, and nothing is sent', async () => {
  const { code, stderr } = await quickstart({
    AZURE_OPENAI_ENDPOINT: 'https://contoso.openai.azure.com/openai/v1',
  });
  expect(stderr).toContain('resources.main.endpoint');
  expect(code).toBe(1);
});
