import { expect, test } from 'vitest';
import { nothingFound, unavailability } from './nothing-found.ts';
import { isUnavailable } from './unavailable.ts';

test.each([
  ['CredentialUnavailableError', true],
  ['AuthenticationRequiredError', true],
  ['AuthenticationError', false],
  ['Error', false],
])('%s says that a credential cannot be used here: %s', (name, expected) => {
  expect(isUnavailable(Object.assign(new Error('no'), { name }))).toBe(expected);
  expect(isUnavailable({ name, message: 'no' }), 'what is no error says nothing').toBe(false);
});

test.each([
  ['ManagedIdentityCredential:  Out of luck.', 'Out of luck'],
  ['Out of ManagedIdentityCredential: luck.', 'Out of ManagedIdentityCredential: luck'],
])('of %j the problem is %j', (message, problem) => {
  expect(unavailability(new Error(message), 'do this')).toEqual({ problem, fix: 'do this' });
});

test('what is known of a problem has a fix of its own', () => {
  expect(unavailability(new Error("Please run 'az login'"), 'do this')).toEqual({
    problem: 'nobody is signed in with the Azure CLI',
    fix: 'az login',
  });
});

test('the error of a search has a line for each try, and carries what is known', () => {
  const tried = [{ credential: 'AzureCliCredential', problem: 'none', fix: 'install it' }];
  const error = nothingFound(tried);
  expect(error.message).toBe(
    'Cannot sign in to Azure: nothing to sign in with was found.\n  AzureCliCredential: none. To fix it: install it\nSet up one of these, or give an API key with `apiKey`.',
  );
  expect(error.scope).toBeUndefined();
  expect(Object.hasOwn(error, 'cause')).toBe(false);
  const cause = new Error('why');
  expect(nothingFound(tried, { scope: 's', cause })).toMatchObject({ scope: 's', cause, tried });
});
