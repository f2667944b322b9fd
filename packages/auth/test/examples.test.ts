import { startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { explain, forUser, lookInto, signInOrSay, waysToSignIn } from '../src/auth.examples.ts';
import { apiKey, CredentialError, entraId } from '../src/index.ts';
import { scope, setEnv, trust } from './tenant.ts';

// Every region of the README, run against a mock Azure and signed in through @azure/identity.

let azure: MockAzure;
beforeAll(async () => {
  azure = await startMockAzure({ identity: { users: { ada: {} } } });
  trust(azure.identity);
  setEnv({ AZURE_OPENAI_ENDPOINT: azure.endpoint, ...azure.identityEnv({ flow: 'client-secret' }) });
});
beforeEach(() => {
  azure.reset();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await azure.close();
});

test('the raw openai client', async () => {
  azure.reply('gpt-5.6-luna', 'Hello from the mock.');
  const { content } = await import('../src/openai.examples.ts');
  expect(content).toBe('Hello from the mock.');
  expect(azure.verdict()).toEqual([]);
});

test('the AI SDK', async () => {
  azure.reply('gpt-5.6-luna', 'Hello from the mock.');
  const { content } = await import('../src/ai-sdk.examples.ts');
  expect(content).toBe('Hello from the mock.');
  expect(azure.verdict()).toEqual([]);
});

test('LangChain', async () => {
  azure.reply('gpt-5.6-luna', 'Hello from the mock.');
  const { content } = await import('../src/langchain.examples.ts');
  expect(content).toBe('Hello from the mock.');
  expect(azure.verdict()).toEqual([]);
});

test('three clients, two scopes, two tokens', () => {
  const tokens = azure.identity
    .requests()
    .filter(({ path, status }) => path.includes('oauth2/token') && status === 200);
  expect(tokens).toHaveLength(2);
});

test('every way to sign in can be written down', () => {
  const kinds = waysToSignIn('t', 'c', 's').map(({ kind }) => kind);
  expect(kinds).toEqual([
    ...Array.from({ length: 6 }, () => 'entra-id'),
    'api-key',
    'api-key',
    'api-key',
    'entra-id',
  ]);
});

test('on behalf of a user', async () => {
  const { tenantId, directory } = azure.identity;
  const app = { tenantId, clientId: directory.defaultApp.clientId, clientSecret: 'wrong' };
  await expect(forUser(app, 'ada').headers({ scope })).rejects.toBeInstanceOf(CredentialError);
});

test('a refused call is explained', async () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const url = `${azure.endpoint}/openai/v1/chat/completions`;
  const body = JSON.stringify({ model: 'gpt-5.6-luna', messages: [{ role: 'user', content: 'Hello' }] });
  const call = (headers: Record<string, string>) => fetch(url, { method: 'POST', headers, body });
  const wrongKey = () => call({ 'api-key': 'nonsense' });
  const { diagnosis } = await explain(wrongKey, apiKey('0123456789abcdef'));
  expect(diagnosis).toMatchObject({
    problem: 'wrong-key',
    fix: expect.stringContaining('keys list') as string,
  });
  const noToken = () => call({ authorization: 'Bearer nonsense' });
  const { diagnosis: other, identity } = await explain(noToken, entraId(azure.credential({ user: 'ada' })));
  expect(other).toMatchObject({ problem: 'bad-token' });
  expect(identity).toMatchObject({
    subject: 'user',
    objectId: azure.identity.directory.user('ada')?.objectId,
  });
  expect(printed).toHaveBeenCalledTimes(2);
  printed.mockRestore();
});

test('a token is described, a failed sign-in told', async () => {
  const { token } = await azure.credential().getToken(scope);
  expect(lookInto(token)).toMatch(/^app [0-9a-f-]{36} https:\/\/cognitiveservices\.azure\.com 20/);
  expect(await signInOrSay(entraId(azure.credential()), scope)).toBe('signed in');
  const broken = { getToken: () => Promise.reject(new Error('AADSTS90033: transient')) };
  expect(await signInOrSay(entraId(broken), scope)).toMatch(/AADSTS90033/);
});
