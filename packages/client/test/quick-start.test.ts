import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { startMockAzure } from '@aoai/testing';
import { expect, test } from 'vitest';

test('the first example of the README runs as it stands, with Entra ID and an endpoint in the environment', async () => {
  const azure = await startMockAzure();
  try {
    azure.reply('gpt-5.6-luna', ['Hello.', 'One, two, three, four, five.']);
    const example = fileURLToPath(new URL('../src/quick-start.examples.ts', import.meta.url));
    const child = spawn(process.execPath, ['--conditions=@aoai/source', example], {
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        ...azure.identityEnv(),
        AZURE_OPENAI_ENDPOINT: azure.endpoint,
      },
    });
    const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
    expect(complaints).toBe('');
    expect(printed).toBe('Hello.\nOne, two, three, four, five.2 vectors\n');
    expect(azure.verdict()).toEqual([]);
  } finally {
    await azure.close();
  }
});
