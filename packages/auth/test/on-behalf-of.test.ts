import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { onBehalfOf } from '../src/index.ts';
import { asked, bearerOf, scope, skipPauses, useTenant } from './tenant.ts';

// Whose tokens are kept for whom: apps are told apart by everything that they are.

const identity = useTenant({ apps: { default: { secret: 'right-secret' } }, users: { ada: {} } });
const { tenantId } = identity;
const { clientId } = identity.directory.defaultApp;
const app = { tenantId, clientId, clientSecret: 'right-secret' };

async function userToken(): Promise<string> {
  return (await identity.credential({ user: 'ada' }).getToken(`api://${clientId}/.default`)).token;
}

test('an app is known by all of its options: a token of one is not handed to another', async () => {
  skipPauses();
  const token = await userToken();
  const own = await onBehalfOf({ ...app, userToken: token }).headers({ scope });
  expect(identity.verify(bearerOf(own), { service: 'openai' })).toMatchObject({ ok: true });
  const others = [
    { ...app, clientSecret: 'wrong-secret' },
    { ...app, clientId: '22222222-2222-4222-8222-222222222222' },
    { ...app, tenantId: '33333333-3333-4333-8333-333333333333' },
    { ...app, authorityHost: 'https://127.0.0.1:9' },
    { tenantId, clientId, clientAssertion: () => Promise.reject(new Error('no assertion')) },
    { tenantId, clientId, certificatePath: '/nowhere.pem' },
  ];
  for (const other of others)
    await expect(
      onBehalfOf({ ...other, userToken: token, timeoutMs: 4000 }).headers({ scope }),
    ).rejects.toThrow('Cannot');
  expect(await onBehalfOf({ ...app, userToken: token }).headers({ scope })).toBe(own);
});

test('two assertions are two apps, although all else is the same', async () => {
  const token = await userToken();
  const made: string[] = [];
  const assertion = (name: string) => () => {
    made.push(name);
    return Promise.reject(new Error('no assertion'));
  };
  for (const name of ['first', 'second']) {
    const credential = onBehalfOf({ tenantId, clientId, clientAssertion: assertion(name), userToken: token });
    await expect(credential.headers({ scope })).rejects.toThrow('Cannot');
  }
  expect(new Set(made)).toEqual(new Set(['first', 'second']));
});

test.each(['a secret', 'one assertion'])(
  'a hundred apps with %s are remembered, and the oldest makes room',
  async (proof) => {
    const file = identity.env({ flow: 'workload-identity' })['AZURE_FEDERATED_TOKEN_FILE'] ?? '';
    const clientAssertion = () => readFile(file, 'utf8');
    const mine = {
      ...(proof === 'a secret' ? app : { tenantId, clientId, clientAssertion }),
      userToken: await userToken(),
      maxUsers: 7,
    };
    await onBehalfOf(mine).headers({ scope });
    const before = asked(identity);
    for (let made = 1; made < 100; made++) onBehalfOf({ ...mine, clientId: `app-${made}` });
    await onBehalfOf(mine).headers({ scope });
    expect(asked(identity)).toBe(before);
    onBehalfOf({ ...mine, clientId: 'one-more' });
    await onBehalfOf(mine).headers({ scope });
    expect(asked(identity)).toBe(before + 1);
  },
);

test('an app is the same in whatever order its options are given', async () => {
  const token = await userToken();
  const options = { ...app, timeoutMs: 9_000, maxUsers: 9 };
  const own = await onBehalfOf({ ...options, userToken: token }).headers({ scope });
  const turned = Object.fromEntries(Object.entries(options).toReversed()) as typeof options;
  expect(await onBehalfOf({ userToken: token, ...turned }).headers({ scope })).toBe(own);
});

test.each([{ timeoutMs: 9_001 }, { maxUsers: 10 }, { disableInstanceDiscovery: true }])(
  'an app with %j is another: no token of the first is used',
  async (other) => {
    const token = await userToken();
    const options = { ...app, timeoutMs: 9_000, maxUsers: 9, userToken: token };
    await onBehalfOf(options).headers({ scope });
    const before = asked(identity);
    await onBehalfOf({ ...options, ...other }).headers({ scope });
    expect(asked(identity)).toBe(before + 1);
  },
);

test('a thousand users are remembered unless told otherwise, and the one that was quiet longest makes room', async () => {
  const options = { ...app, timeoutMs: 8_000 };
  const mine = onBehalfOf({ ...options, userToken: await userToken() });
  await mine.headers({ scope });
  const before = asked(identity);
  let other = 0;
  /** Each of them calls and gives up at once: nothing is asked for. */
  const others = async (count: number) => {
    const signal = AbortSignal.abort(new Error('enough'));
    for (let made = 0; made < count; made += 1) {
      const userToken = `user-${(other += 1)}`;
      await expect(onBehalfOf({ ...options, userToken }).headers({ scope, signal })).rejects.toBe(
        signal.reason,
      );
    }
  };
  await others(999);
  await mine.headers({ scope });
  expect(asked(identity)).toBe(before);
  await others(1000);
  await mine.headers({ scope });
  expect(asked(identity)).toBe(before + 1);
});

test('nothing of a user piles up: each token is asked for by a credential of its own', async () => {
  const credential = onBehalfOf({ ...app, timeoutMs: 7_000, userToken: await userToken() });
  const discoveries = () =>
    identity.requests().filter(({ path }) => path.includes('openid-configuration')).length;
  const before = discoveries();
  await credential.headers({ scope });
  const once = discoveries() - before;
  expect(once).toBeGreaterThan(0);
  // MSAL remembers what it has discovered for as long as its instance lives.
  await credential.headers({ scope: 'https://ai.azure.com/.default' });
  expect(discoveries() - before).toBe(2 * once);
});
