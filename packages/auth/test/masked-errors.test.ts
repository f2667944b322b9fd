import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { entraId, onBehalfOf } from '../src/index.ts';
import type { Credential } from '../src/index.ts';
import { scope, useTenant } from './tenant.ts';

// Secrets that look like ordinary words are known by their value only: each way to sign in says which it has.

const word = 'correct-horse-battery';
const identity = useTenant({ apps: { default: { secret: word } }, users: { ada: {} } });
const app = { tenantId: identity.tenantId, clientId: identity.directory.defaultApp.clientId };

afterEach(() => {
  identity.restore();
});

/** Everything that the error shows when the endpoint repeats these words in its refusal. */
async function shownOf(credential: Credential, ...said: readonly string[]): Promise<string> {
  identity.fail({ kind: 'aadsts', code: 50105, message: `Refused: ${said.join(' and ')}.` }, { at: 'token' });
  const error: unknown = await Promise.resolve(credential.headers({ scope })).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ name: 'CredentialError' });
  return inspect(error, { depth: Infinity, showHidden: true });
}

/** That the endpoint was asked, and what it repeated is hidden. */
function expectMasked(shown: string, ...secrets: readonly string[]): void {
  expect(shown).toContain(`Refused: ${secrets.map(() => '[redacted]').join(' and ')}`);
  for (const secret of secrets) expect(shown).not.toContain(secret);
}

test('a client secret', async () => {
  const credential = entraId({ clientSecret: { ...app, clientSecret: word } }, { timeoutMs: 6_001 });
  expectMasked(await shownOf(credential, word), word);
});

test('the password of a certificate', async () => {
  const { AZURE_CLIENT_CERTIFICATE_PATH: path = '' } = identity.env({ flow: 'client-certificate' });
  const certificate = await readFile(path, 'utf8');
  const certificatePassword = 'staple-of-the-battery';
  for (const from of [{ certificate }, { certificatePath: path }]) {
    const credential = entraId(
      { clientCertificate: { ...app, ...from, certificatePassword } },
      { timeoutMs: 6_002 },
    );
    expectMasked(await shownOf(credential, certificatePassword), certificatePassword);
  }
});

test('on behalf of a user, the token of the user and the secret of the app', async () => {
  const userToken = 'opaque-words-of-ada';
  const credential = onBehalfOf({ ...app, clientSecret: word, userToken, timeoutMs: 6_003 });
  expectMasked(await shownOf(credential, userToken, word), userToken, word);
});

test('an assertion that fails with the token of the user in its words', async () => {
  const userToken = 'opaque-words-of-ada';
  const clientAssertion = () => Promise.reject(new Error(`Refused: ${userToken}`));
  const credential = onBehalfOf({ ...app, clientAssertion, userToken, timeoutMs: 6_004 });
  expectMasked(await shownOf(credential), userToken);
});
