import { expect, test } from 'vitest';
import { onBehalfOf } from './on-behalf-of.ts';
import type { OnBehalfOfOptions } from './on-behalf-of.ts';

const app = { userToken: 'u', tenantId: 't', clientId: 'c' };
const clientAssertion = async () => 'assertion';

test.each<[object, string]>([
  [{ clientSecret: 's', tenantId: '' }, '`tenantId` is empty. Set it.'],
  [{ clientSecret: 's', tenantId: undefined }, '`tenantId` is empty. Set it.'],
  [{ clientSecret: 's', clientId: '' }, '`clientId` is empty. Set it.'],
  [{}, '0 proofs of the app are given. Give one of `clientSecret`, `certificatePath`, `clientAssertion`.'],
  [{ clientSecret: '' }, '0 proofs of the app are given.'],
  [{ certificatePath: '' }, '0 proofs of the app are given.'],
  [{ clientSecret: 's', certificatePath: 'p' }, '2 proofs of the app are given.'],
  [{ clientSecret: 's', clientAssertion }, '2 proofs of the app are given.'],
  [{ clientSecret: 's', certificatePath: 'p', clientAssertion }, '3 proofs of the app are given.'],
  [
    { clientSecret: 's', userToken: '' },
    '`userToken` is empty. Pass the access token of the signed-in person.',
  ],
  [{ clientSecret: 's', userToken: '  ' }, '`userToken` is empty.'],
  [{ clientSecret: 's', userToken: undefined }, '`userToken` is empty.'],
  [{ clientSecret: 's', userToken: null }, '`userToken` is empty.'],
])('refuses %j, each time', (changes, message) => {
  for (let time = 0; time < 2; time += 1) {
    const call = () => onBehalfOf({ ...app, ...changes });
    expect(call).toThrow(TypeError);
    expect(call).toThrow(`Cannot call on behalf of a user: ${message}`);
  }
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('`maxUsers` is not %s', (maxUsers) => {
  const call = () => onBehalfOf({ ...app, clientSecret: 's', maxUsers });
  expect(call).toThrow(RangeError);
  expect(call).toThrow(`\`maxUsers\` is ${maxUsers}. Give a whole number from 1.`);
});

test.each<Partial<OnBehalfOfOptions>>([
  { clientSecret: 's' },
  { certificatePath: 'p', clientSecret: '' },
  { clientAssertion },
  { clientSecret: 's', maxUsers: 1 },
  { clientSecret: 's', userToken: () => 'u' },
])('takes %j', (proof) => {
  expect(onBehalfOf({ ...app, ...proof }).kind).toBe('entra-id');
});
