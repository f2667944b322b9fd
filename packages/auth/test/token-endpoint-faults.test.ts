import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { CredentialError, entraId } from '../src/index.ts';
import { asked, bearerOf, scope, skipPauses, useTenant } from './tenant.ts';

// A token endpoint that fails, through the real @azure/identity.

const identity = useTenant({ apps: { default: { secret: 'right-secret' } } });
const app = { tenantId: identity.tenantId, clientId: identity.directory.defaultApp.clientId };
const theApp = { ok: true, principal: { clientId: app.clientId } };

function opens(headers: Readonly<Record<string, string>>): unknown {
  return identity.verify(bearerOf(headers), { service: 'openai' });
}

test.each([
  ['fails', { kind: 'status', status: 503 }, /unavailable for the moment \(AADSTS90033\)/],
  ['cuts the connection', { kind: 'reset' }, /token endpoint does not answer/],
  ['is a guest network', { kind: 'garbage' }, /Cannot get a token/],
] as const)(
  'an endpoint that %s is a CredentialError, and works again when the endpoint does',
  async (name, fault, message) => {
    skipPauses();
    const now = vi.fn(Date.now);
    const options = { timeoutMs: 13_000 + name.length, now };
    const credential = entraId({ clientSecret: { ...app, clientSecret: 'right-secret' } }, options);
    identity.fail(fault, { at: 'token' });
    await expect(credential.headers({ scope })).rejects.toThrow(message);
    identity.restore();
    now.mockImplementation(() => Date.now() + 1000);
    expect(opens(await credential.headers({ scope }))).toMatchObject(theApp);
  },
);

test('an endpoint that asks for a pause gets it, and callers hear of it instead of waiting', async () => {
  const now = vi.fn(Date.now);
  const credential = entraId(
    { clientSecret: { ...app, clientSecret: 'right-secret' } },
    { timeoutMs: 11_000, now },
  );
  const earlier = asked(identity);
  identity.fail({ kind: 'status', status: 429, retryAfterSeconds: 60 }, { at: 'token' });
  await expect(credential.headers({ scope })).rejects.toThrow(/token endpoint is throttled/);
  // Azure's own pipeline would have slept for the minute and asked again.
  const before = asked(identity);
  expect(before).toBe(earlier + 1);
  identity.restore();
  now.mockImplementation(() => Date.now() + 30_000);
  await expect(credential.headers({ scope })).rejects.toThrow(/token endpoint is throttled/);
  expect(asked(identity)).toBe(before);
});

test('an endpoint that never answers is given up in time', async () => {
  identity.fail({ kind: 'hang' }, { at: 'token' });
  const credential = entraId({ clientSecret: { ...app, clientSecret: 'right-secret' } }, { timeoutMs: 300 });
  await expect(credential.headers({ scope })).rejects.toThrow(/does not answer/);
});

test('half a token in a broken answer does not reach the error', async () => {
  const { token } = await identity.credential().getToken(scope);
  identity.fail(
    { kind: 'garbage', body: `{"token_type":"Bearer","access_token":"${token.slice(0, 200)}` },
    { at: 'token' },
  );
  const credential = entraId(
    { clientSecret: { ...app, clientSecret: 'right-secret' } },
    { timeoutMs: 12_000 },
  );
  const error: unknown = await Promise.resolve(credential.headers({ scope })).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(CredentialError);
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(token.slice(0, 24));
});
