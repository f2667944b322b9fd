import { expect, test } from 'vitest';
import { chat, sweden } from './contoso.fake.ts';
import { pulledConfig } from './pulled-config.ts';

test('what an account says nothing of is not in its config', () => {
  const { version: _, ...unversioned } = chat;
  const account = { ...sweden, tags: {}, deployments: [{ ...unversioned, limits: {} }] };
  expect(pulledConfig([account])).toStrictEqual({
    resources: { 'contoso-se': { endpoint: 'https://contoso-se.openai.azure.com', region: 'swedencentral' } },
    deployments: {
      'gpt-5.4': {
        resource: 'contoso-se',
        deployment: 'gpt-5.4',
        model: 'gpt-5.4',
        sku: 'DataZoneStandard',
      },
    },
  });
});

test('the tenant of an account is in its config', () => {
  expect(pulledConfig([{ ...sweden, tenantId: 't' }]).resources['contoso-se']).toMatchObject({
    tenantId: 't',
    tags: { team: 'search' },
  });
});
