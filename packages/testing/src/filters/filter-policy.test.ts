import { expect, test } from 'vitest';
import { choosePolicy, type FilterPolicies } from './filter-policy.ts';

const [strict, lax, usual] = [
  { jailbreak: 'block' },
  { jailbreak: 'off' },
  { jailbreak: 'annotate' },
] as const;
const policies: FilterPolicies = {
  policies: { strict, lax, 'Microsoft.Default': lax },
  deployments: { chat: 'strict', async: 'Asynchronous_filter', lost: 'removed' },
};

test.each<[string, string | undefined, string, object]>([
  ['its own', undefined, 'chat', strict],
  ['the one that is asked for', 'lax', 'chat', lax],
  ['its own, when an unknown one is asked for', 'unknown', 'chat', strict],
  ['one that is built in', undefined, 'async', { mode: 'asynchronous' }],
  ['one that is built in and asked for', 'Asynchronous_filter', 'chat', { mode: 'asynchronous' }],
  ['one that has the name of a built-in one', 'Microsoft.Default', 'chat', lax],
  ['the usual one, when its own does not exist', undefined, 'lost', {}],
  ['the usual one', undefined, 'other', {}],
  ['none by a name of every object', 'toString', 'hasOwnProperty', {}],
])('a deployment has %s', (_, asked, deployment, policy) => {
  expect(choosePolicy(policies, asked, deployment)).toEqual(policy);
});

test('the usual policy may be another one', () => {
  const changed: FilterPolicies = { policies: { 'Microsoft.DefaultV2': usual } };
  expect(choosePolicy(changed, undefined, 'chat')).toBe(usual);
  expect(choosePolicy(changed, 'Microsoft.DefaultV2', 'chat')).toBe(usual);
  expect(choosePolicy({}, undefined, 'chat')).toEqual({});
});
