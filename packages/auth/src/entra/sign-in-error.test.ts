import { expect, test } from 'vitest';
import { fixes } from './chain-links.ts';
import { CredentialError } from '../errors.ts';
import { explainSignIn } from './sign-in-error.ts';

const scope = 'https://ai.azure.com/.default';

function chain(errors: unknown): Error {
  return Object.assign(new Error('all failed'), { name: 'AggregateAuthenticationError', errors });
}

test('an error of this package is told its scope, once, and keeps what it carries', () => {
  const tried = [{ credential: 'AzureCliCredential', problem: 'none', fix: 'az login' }];
  const cause = new Error('why');
  const error = new CredentialError('Cannot sign in.', { tried, cause });
  const explained = explainSignIn(error, scope);
  expect(explained).toMatchObject({ message: 'Cannot sign in.', scope, tried, cause });
  expect(explainSignIn(explained, 'another')).toBe(explained);
});

test.each([
  ['Azure CLI could not be found', 'AzureCliCredential'],
  ['IMDS is not there', 'ManagedIdentityCredential'],
  ['The Managed Identity endpoint', 'ManagedIdentityCredential'],
  ['the managed identity', 'ManagedIdentityCredential'],
  ['PowerShell is not there', 'AzurePowerShellCredential'],
  ['Azure Developer CLI could not be found', 'AzureDeveloperCliCredential'],
  ['run azd', 'AzureDeveloperCliCredential'],
  ['Visual Studio Code is not there', 'VisualStudioCodeCredential'],
  ['EnvironmentCredential is unavailable, Azure CLI', 'EnvironmentCredential'],
])('an error of a chain that says %j is of %s', (message, credential) => {
  expect(explainSignIn(chain([new Error(message)]), scope).tried).toMatchObject([
    { credential, fix: fixes[credential] },
  ]);
});

test('an error of a chain that names nobody is still told', () => {
  const { tried } = explainSignIn(chain([new Error('Out of luck.'), 'not an error']), scope);
  expect(tried).toEqual([{ credential: 'Credential', problem: 'Out of luck', fix: 'see the `cause`' }]);
});

test.each([
  ['an error of another name', Object.assign(new Error('none'), { errors: [new Error('x')] })],
  ['one without a list', chain('none')],
  ['a text', 'none'],
])('%s is no chain', (_, cause) => {
  expect(explainSignIn(cause, scope).tried).toEqual([]);
});

test.each<[string, unknown, string]>([
  [
    'a text',
    'AADSTS50058: silent',
    'nobody is signed in (AADSTS50058). To fix it: az login --tenant <tenant-id>',
  ],
  [
    'a code',
    Object.assign(new Error('failed'), { code: 'ENOTFOUND' }),
    'the token endpoint cannot be found. To fix it: ',
  ],
  [
    'the bottom of the causes',
    new Error('failed', { cause: new Error('x', { cause: new Error('getaddrinfo') }) }),
    'the token endpoint cannot be found. To fix it: ',
  ],
])('%s is read for what it means', (_, cause, message) => {
  expect(explainSignIn(cause, scope).message).toContain(
    `Cannot get a token for scope "${scope}": ${message}`,
  );
});

test('a code is not said twice, and one that is no text not at all', () => {
  for (const [cause, said] of [
    [Object.assign(new Error('socket closed'), { code: 'E_ODD' }), 'socket closed (E_ODD)'],
    [Object.assign(new Error('E_ODD: closed'), { code: 'E_ODD' }), 'E_ODD: closed'],
    [Object.assign(new Error('closed'), { code: 7 }), 'closed'],
  ] as const)
    expect(explainSignIn(cause, scope).message).toBe(
      `Cannot get a token for scope "${scope}": ${said}. The \`cause\` says more.`,
    );
});

test('the meaning is looked for in an error and five causes, not deeper', () => {
  const chainOf = (depth: number) => {
    let at = new Error('AADSTS50058: nobody');
    for (let level = 0; level < depth; level++) at = new Error(`level ${level}`, { cause: at });
    return explainSignIn(at, scope).message;
  };
  expect(chainOf(5)).toContain('nobody is signed in (AADSTS50058)');
  expect(chainOf(6)).toContain('level 5. The `cause` says more.');
});

test('causes that go round in a circle end', () => {
  const error = new Error('round');
  error.cause = error;
  expect(explainSignIn(error, scope).message).toContain('round');
});
