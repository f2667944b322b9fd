import { expect, test } from 'vitest';
import { createCheck, unknownKey } from './check.ts';
import { plain } from './plain.ts';
import { poolMemberSchema } from './schema.ts';

const known = ['endpoint', 'api', 'region'];
const secret = 'a secret is never part of a config. Pass it as `credential` to `createClient`.';

test.each([
  'key',
  'apiKey',
  'api_key',
  'api-keys',
  'Token',
  'accessToken',
  'clientSecret',
  'subscription-key',
  'primaryKey',
  'secondary_key',
  'accountKey',
  'password',
  'credentials',
  'connectionString',
  'connection_string',
  'azure-openai-api-key',
  'AZURE_OPENAI_API_KEY',
  'my_password',
])('%s is the name of a secret', (key) => {
  expect(unknownKey(key, known)).toBe(secret);
});

test.each([
  ['keyboard', 'unknown key. Known keys: `endpoint`, `api`, `region`.'],
  ['monkey', 'unknown key. Known keys: `endpoint`, `api`, `region`.'],
  ['secretary', 'unknown key. Known keys: `endpoint`, `api`, `region`.'],
  ['apiKeyName', 'unknown key. Known keys: `endpoint`, `api`, `region`.'],
  ['endpont', 'unknown key. Did you mean `endpoint`?'],
])('%s is not: %s', (key, message) => {
  expect(unknownKey(key, known)).toBe(message);
});

function checkOf(input: unknown, environment: Record<string, string> = {}): ReturnType<typeof createCheck> {
  return createCheck(plain(input, environment));
}

test('a variable that is not set is asked for with what belongs there, and nothing else is said of it', () => {
  const check = checkOf({
    resources: { sweden: { region: { $env: 'REGION' } } },
    pools: {
      chat: [[{ deployment: { $env: 'D' } }], ...Array.from({ length: 11 }, () => ({ $env: 'TIER' }))],
    },
    note: { $env: 'NOTE' },
    policy: { processing: { $env: 1 } },
  });
  expect(check.issues.map(({ path, message }) => `${path}: ${message}`)).toEqual([
    'policy.processing: expected the name of an environment variable in `$env`, for example "AZURE_OPENAI_ENDPOINT".',
    'resources.sweden.region: set `REGION` to an Azure region, for example "swedencentral"',
    'pools.chat[0][0].deployment: set `D` to the name of a deployment, for example "gpt-5.6-luna"',
    ...Array.from(
      { length: 11 },
      (_, at) =>
        `pools.chat[${at + 1}]: set \`TIER\` to tiers of deployments, for example [["chat-ptu"], ["chat-france"]]`,
    ),
    'note: set `NOTE`.',
  ]);
  const before = check.issues.length;
  check.report(['resources', 'sweden', 'region'], 'more');
  check.unexpected(['note'], 'nothing');
  expect(check.issues).toHaveLength(before);
});

test('a mistake in the value of a variable names the variable', () => {
  const check = checkOf({ api: { $env: 'API' } }, { API: 'v2' });
  check.report(['api'], 'wrong.');
  check.report('api', 'wrong again.');
  check.report(['other'], 'wrong.');
  expect(check.issues).toEqual([
    { path: 'api', message: 'wrong. The value is that of `API`.' },
    { path: 'api', message: 'wrong again. The value is that of `API`.' },
    { path: 'other', message: 'wrong.' },
  ]);
});

test.each([
  [['cloud'], '"mars"', 'expected "public", "us-gov" or "china", for example "public"; found "mars".'],
  [['cloud'], '"a.b"', 'expected "public", "us-gov" or "china", for example "public"; found "a.b".'],
  [['mystery'], '"mars"', 'found "mars".'],
  [['cloud'], 'it. Right?', 'expected "public", "us-gov" or "china", for example "public"; found it. Right?'],
  [['cloud'], 'it.', 'expected "public", "us-gov" or "china", for example "public"; found it.'],
  [['tags', 'team'], '7', 'expected a text, for example "search"; found 7.'],
])('at %j, %s is not what was expected', (path, problem, message) => {
  const check = checkOf({});
  check.unexpected(path, problem);
  expect(check.issues).toEqual([{ path: path.join('.'), message }]);
});

test('a shape that is right is handed back as it is, and a wrong one not', () => {
  const check = checkOf({});
  const member = { deployment: 'chat', weight: 2 };
  expect(check.shape(poolMemberSchema, member, ['pools'])).toBe(member);
  expect(check.shape(poolMemberSchema, undefined, ['x'])).toBeUndefined();
  expect(check.shape(poolMemberSchema, { deployment: 'chat', wieght: 2 }, ['y'])).toBeUndefined();
  expect(check.issues).toEqual([
    { path: 'x', message: 'found nothing.' },
    { path: 'y.wieght', message: 'unknown key. Did you mean `weight`?' },
  ]);
});
