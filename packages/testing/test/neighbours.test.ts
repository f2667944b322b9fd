import { startMockAzure } from '@aoai/testing';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  listDeployments,
  searchDocuments,
  startWithFile,
  startWithPeople,
} from '../src/neighbours.examples.ts';

// The regions of the README about identity, Resource Manager and search, run.

test('a person of the tenant calls a model', async () => {
  const azure = await startWithPeople();
  const { token } = await azure.credential({ user: 'ada' }).getToken('https://ai.azure.com/.default');
  expect(azure.identity.verify(token, { service: 'openai' })).toMatchObject({
    principal: { name: 'Ada Lovelace' },
  });
  await azure.close();
});

test('the identity file of the README describes a tenant', async () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, text = ''] = /^```yaml\n(.*?)^```$/ms.exec(readme) ?? [];
  const before = process.cwd();
  process.chdir(mkdtempSync(join(tmpdir(), 'neighbours-test-')));
  onTestFinished(() => {
    process.chdir(before);
  });
  writeFileSync('people.yaml', text);
  const azure = await startWithFile();
  expect(azure.identity.directory.users.map(({ name }) => name)).toEqual(['Ada Lovelace', 'Bob Stone']);
  await azure.close();
});

test('Resource Manager and search answer their own clients', async () => {
  const azure = await startMockAzure();
  expect(await listDeployments(azure)).toContain('gpt-5.6-luna');
  expect(await searchDocuments(azure)).toBe('1');
  await azure.close();
});
