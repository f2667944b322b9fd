import { expect, test } from 'vitest';
import { createDirectory } from './directory.ts';
import { signInEnvironment, variableSuffix } from './sign-in-environment.ts';

const directory = createDirectory({
  apps: {
    web: { clientId: 'web-id', secret: ['first', 'second'], scopes: ['read', 'write'] },
    page: { clientId: 'page-id', identifierUri: 'https://page.example' },
    plain: { clientId: 'plain-id', secret: 'only', scopes: [] },
  },
});

test.each([
  [
    'web',
    {
      SIGN_IN_CLIENT_ID: 'web-id',
      SIGN_IN_CLIENT_SECRET: 'first',
      SIGN_IN_SCOPE: 'api://web-id/read api://web-id/write',
    },
  ],
  ['page', { SIGN_IN_CLIENT_ID: 'page-id', SIGN_IN_SCOPE: 'https://page.example/.default' }],
  [
    'plain',
    {
      SIGN_IN_CLIENT_ID: 'plain-id',
      SIGN_IN_CLIENT_SECRET: 'only',
      SIGN_IN_SCOPE: 'api://plain-id/.default',
    },
  ],
])('the app %s reads its own id, its first secret and all its permissions', (name, variables) => {
  const app = directory.app(name) ?? directory.defaultApp;
  expect(signInEnvironment(app, 'https://authority/tenant')).toEqual({
    SIGN_IN_AUTHORITY: 'https://authority/tenant',
    ...variables,
  });
});

test.each([
  ['expenses-api', '_EXPENSES_API'],
  ['a.b c', '_A_B_C'],
  ['web2', '_WEB2'],
])('the variables of the app %s end with %s', (name, suffix) => {
  expect(variableSuffix(name)).toBe(suffix);
});
