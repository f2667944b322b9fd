import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startMockAzure } from '@aoai/testing';
import { expect, test } from 'vitest';
import { look, script, start, tokenClient } from '../src/testing.examples.ts';
import '../src/vitest.examples.ts';

// Every region of the README, run.

test('signing in with the variables that the mock gives, without a word about the mock in the code', async () => {
  const azure = await startMockAzure();
  const { PATH, HOME, NODE_COMPILE_CACHE } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ['src/sign-in.examples.ts'], {
    cwd: join(import.meta.dirname, '..'),
    env: { PATH, HOME, NODE_COMPILE_CACHE, AZURE_OPENAI_ENDPOINT: azure.endpoint, ...azure.identityEnv() },
  });
  expect(stdout).toBe('Hello!\n');
  expect(azure.requests().map(({ credential }) => credential)).toEqual(['bearer']);
  await azure.close();
});

test('the first call', async () => {
  const { said } = await import('../src/quick-start.examples.ts');
  expect(said).toBe('Hello from the mock.');
});

test('a script of every kind', async () => {
  const azure = await start();
  script(azure);
  const client = tokenClient(azure);
  const answers = [];
  for (let call = 0; call < 6; call += 1) {
    const { choices } = await client.chat.completions.create({
      model: 'gpt-5.6-luna',
      messages: [{ role: 'user', content: 'Well?' }],
    });
    answers.push(choices[0]?.message.content ?? choices[0]?.finish_reason);
  }
  expect(answers).toEqual([
    'Plain text',
    'tool_calls',
    '{"total":12.5}',
    'In three pieces',
    'Half o',
    'You asked: Well?',
  ]);
  expect(look(azure)).toEqual({ sent: 8, findings: [] });
  await azure.close();
});
