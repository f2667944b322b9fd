import { DefaultAzureCredential } from '@azure/identity';
import { expect, test } from 'vitest';
import { entraId } from '../src/index.ts';
import { bearerOf, scope, setEnv, useTenant } from './tenant.ts';

const identity = useTenant({ apps: { default: {}, reader: {} } });

function opens(headers: Readonly<Record<string, string>>): unknown {
  return identity.verify(bearerOf(headers), { service: 'openai' });
}

test('the managed identity of an App Service, a function or a container app', async () => {
  setEnv(identity.env({ flow: 'managed-identity' }));
  const ofApp = { ok: true, principal: { clientId: identity.directory.defaultApp.clientId } };
  expect(opens(await entraId({ managedIdentity: true }).headers({ scope }))).toMatchObject(ofApp);
  expect(opens(await entraId().headers({ scope }))).toMatchObject(ofApp);
  expect(opens(await entraId(new DefaultAzureCredential()).headers({ scope }))).toMatchObject(ofApp);
  setEnv({ AZURE_TOKEN_CREDENTIALS: 'prod', AZURE_CLIENT_SECRET: '' });
  expect(opens(await entraId(undefined, { timeoutMs: 10_001 }).headers({ scope }))).toMatchObject(ofApp);
  const clientId = identity.directory.app('reader')?.clientId ?? '';
  expect(opens(await entraId({ managedIdentity: { clientId } }).headers({ scope }))).toMatchObject({
    principal: { name: 'reader' },
  });
});

test('AZURE_TOKEN_CREDENTIALS=prod signs in with the variables of a mock, and asks nobody but the mock', async () => {
  setEnv({ ...identity.env(), AZURE_TOKEN_CREDENTIALS: 'prod' });
  const { authorization } = await entraId(undefined, { timeoutMs: 21_987 }).headers({ scope });
  expect(authorization).toMatch(/^Bearer eyJ/);
});
