import { expect, test } from 'vitest';
import { createCheck } from './check.ts';
import { plain } from './plain.ts';
import { readPolicy } from './read-policy.ts';

function read(processing: readonly string[]): { policy: object; problems: readonly string[] } {
  const check = createCheck(plain({}, {}));
  const policy = readPolicy({ processing, apiKeys: 'forbid' }, check);
  return { policy, problems: check.issues.map(({ path, message }) => `${path}: ${message}`) };
}

test.each([
  ['EU', 'EU'],
  [' eu ', 'EU'],
  ['usgov', 'USGov'],
  ['Sweden Central', 'swedencentral'],
  ['sweden -_ central', 'swedencentral'],
  ['EastUS2', 'eastus2'],
  // The catalog may be older than the region.
  ['atlantiscentral', 'atlantiscentral'],
  ['Atlantis Central 3', 'atlantiscentral3'],
])('%j is %j', (place, known) => {
  expect(read([place])).toEqual({ policy: { processing: [known], apiKeys: 'forbid' }, problems: [] });
});

test.each([
  ['swedncentral', '"swedncentral". Did you mean "swedencentral"?'],
  ['EUU', '"EUU". Did you mean "EU"?'],
  ['mars', '"mars".'],
  ['1atlantiscentral', '"1atlantiscentral".'],
  ['atlantis/central', '"atlantis/central".'],
  ['atlantiscentral33', '"atlantiscentral33".'],
])('%j is no place, and nothing follows from it', (place, problem) => {
  const { policy, problems } = read(['EU', place]);
  expect(problems).toEqual([
    `policy.processing[1]: expected regions and data zones, for example ["EU"]; found ${problem}`,
  ]);
  expect(policy).toEqual({ apiKeys: 'forbid' });
});

test('a policy without places is itself, and a wrong one is empty', () => {
  const check = createCheck(plain({}, {}));
  const policy = { apiKeys: 'forbid' };
  expect(readPolicy(policy, check)).toBe(policy);
  expect(check.issues).toEqual([]);
  expect(readPolicy({ apiKeys: 'maybe' }, check)).toEqual({});
  expect(check.issues).toHaveLength(1);
});
