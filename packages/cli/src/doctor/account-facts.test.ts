import type { Config, Deployment } from '@aoai/config';
import { expect, test } from 'vitest';
import type { Account, AccountDeployment } from '../arm/account.ts';
import { chat, france, pulled, sweden } from '../arm/contoso.fake.ts';
import { accountFacts } from './account-facts.ts';

const config = pulled([sweden]);
const now = () => Date.parse('2026-11-22T12:00:00Z');

interface Asked {
  readonly usesKey?: boolean;
  readonly config?: Config;
}

/** What is said about the account in Sweden. */
function factsOf(accounts: readonly Account[], { usesKey = false, config: of = config }: Asked = {}) {
  return accountFacts(of, 'contoso-se', { accounts, usesKey, now });
}

const problemsOf = (accounts: readonly Account[], asked?: Asked) =>
  factsOf(accounts, asked)
    .filter(({ status }) => status !== 'ok')
    .map(({ status, problem, subject }) => `${status} ${problem ?? ''} ${subject}`);

/** The account in Sweden, where one of two deployments is another. */
const withChat = (changes: Partial<AccountDeployment>): Account => ({
  ...sweden,
  deployments: [{ ...chat, ...changes }, ...sweden.deployments.slice(1)],
});

test('of a healthy account it says which it is, and what is deployed', () => {
  expect(factsOf([france, sweden])).toEqual([
    {
      check: 'account',
      status: 'ok',
      subject: 'resources.contoso-se',
      cause: 'It is the account contoso-se in swedencentral.',
    },
    ...['gpt-5.4', 'ptu'].map((name) => ({
      check: 'model',
      status: 'ok',
      subject: `deployments.${name}`,
      cause: 'gpt-5.4 2026-03-05 is deployed.',
    })),
  ]);
});

test('says so when the account is reached through private endpoints only', () => {
  expect(factsOf([{ ...sweden, isPublic: false }])[0]).toMatchObject({
    status: 'ok',
    cause: 'It is the account contoso-se in swedencentral, which answers at private endpoints only.',
  });
});

test.each([
  ['a healthy account', sweden, []],
  ['another region', { ...sweden, region: 'eastus2' }, ['error wrong-region resources.contoso-se.region']],
  ['a missing deployment', { ...sweden, deployments: [chat] }, ['error deployment-missing deployments.ptu']],
  [
    'another model, less quota, not ready',
    withChat({ model: 'gpt-5.5', limits: { tpm: 1000, rpm: 6 }, state: 'Creating' }),
    [
      'warning not-ready deployments.gpt-5.4',
      'error wrong-model deployments.gpt-5.4',
      'error quota-lower deployments.gpt-5.4',
      'error quota-lower deployments.gpt-5.4',
    ],
  ],
  ['another sku', withChat({ sku: 'GlobalStandard' }), ['error wrong-sku deployments.gpt-5.4']],
])('of %s', (_, account, expected) => {
  expect(problemsOf([account])).toEqual(expected);
});

test('each finding has the two values that differ, and what to do', () => {
  const account: Account = {
    ...withChat({ model: 'gpt-5.5', version: '2026-04-24', sku: 'GlobalStandard', state: 'Creating' }),
    region: 'eastus2',
  };
  const found = factsOf([account], { usesKey: true }).filter(({ status }) => status !== 'ok');
  expect(found.map(({ cause, fix }) => [cause, fix])).toEqual([
    [
      'The account takes no API keys (`disableLocalAuth`).',
      'Sign in with Entra ID: unset `AZURE_OPENAI_API_KEY`.',
    ],
    ['The config says "swedencentral", the account is in "eastus2".', 'Set `region` to "eastus2".'],
    ['The deployment is in the state "Creating".', 'Wait until it is "Succeeded", or deploy it again.'],
    [
      'The config says "gpt-5.4 2026-03-05", and "gpt-5.5 2026-04-24" is deployed.',
      'Correct `model` and `version`, or deploy the model that is meant.',
    ],
    [
      'The config says the sku "DataZoneStandard", Azure has "GlobalStandard".',
      'Set `sku` to "GlobalStandard", or deploy it again.',
    ],
  ]);
});

test('a deployment that is missing is named, beside those that are there', () => {
  const fixOf = (deployments: readonly AccountDeployment[]) =>
    factsOf([{ ...sweden, deployments }]).find(({ subject }) => subject === 'deployments.ptu');
  expect(fixOf([chat, { ...chat, name: 'other' }])).toMatchObject({
    cause: 'The account contoso-se has no deployment "ptu".',
    fix: 'It has "gpt-5.4", "other".',
  });
  expect(fixOf([])?.fix).toBe('It has none.');
});

test('of the deployments of another resource it says nothing', () => {
  const both = pulled([sweden, france]);
  const subjects = factsOf([sweden, france], { config: both }).map(({ subject }) => subject);
  expect(subjects).toEqual([
    'resources.contoso-se',
    'deployments.contoso-se-gpt-5.4',
    'deployments.contoso-se-ptu',
  ]);
});

test.each([
  ['2026-11-22', ['error model-retired deployments.gpt-5.4']],
  ['2026-11-23', ['warning model-retiring deployments.gpt-5.4']],
  ['2027-02-20', ['warning model-retiring deployments.gpt-5.4']],
  ['2027-02-21', []],
  ['2027-04-14', []],
])('knows of a model that Azure ends on %s', (retires, expected) => {
  expect(problemsOf([withChat({ retires })])).toEqual(expected);
});

test('says when a model ends or ended, and what to move to', () => {
  const found = (changes: Partial<AccountDeployment>) => {
    const lifecycle = factsOf([withChat(changes)]).find(({ check }) => check === 'lifecycle');
    return [lifecycle?.cause, lifecycle?.fix];
  };
  expect(found({ retires: '2028-01-01' })).toEqual(['gpt-5.4 is served until 2028-01-01.', undefined]);
  expect(found({ retires: '2026-11-24' })).toEqual([
    'gpt-5.4 retires on 2026-11-24, in 2 days.',
    'Choose a current model.',
  ]);
  expect(found({ retires: '2026-11-23' })[0]).toBe('gpt-5.4 retires on 2026-11-23, in 1 day.');
  expect(found({ retires: '2026-11-24', replacement: 'gpt-6' })[1]).toBe('Move to gpt-6.');
  expect(found({ retires: '2026-11-01', replacement: 'gpt-6' })).toEqual([
    'gpt-5.4 retired on 2026-11-01.',
    'Move to gpt-6.',
  ]);
});

test.each([
  [{ tpm: 200_000, rpm: 1_200 }, []],
  [{ tpm: 199_999, rpm: 1_200 }, ['tpm']],
  [{ tpm: 200_001, rpm: 1_199 }, ['rpm']],
  [{}, []],
])('a quota of %j is less than what the config counts on for %j', (limits, less) => {
  const found = factsOf([withChat({ limits })]).filter(({ check }) => check === 'quota');
  expect(found.map(({ cause }) => cause.split(',')[0])).toEqual(
    less.map((limit) => `The config counts on ${limit === 'tpm' ? 200_000 : 1_200} ${limit}`),
  );
});

test('provisioned throughput is compared as well, and the fix is the number that Azure has', () => {
  const [first, ptu] = sweden.deployments;
  const account = { ...sweden, deployments: [first ?? chat, { ...(ptu ?? chat), limits: { ptu: 49 } }] };
  expect(factsOf([account]).filter(({ check }) => check === 'quota')).toEqual([
    {
      check: 'quota',
      status: 'error',
      subject: 'deployments.ptu',
      problem: 'quota-lower',
      cause: 'The config counts on 50 ptu, the deployment has 49.',
      fix: 'Set `limits.ptu` to 49, or raise the capacity of the deployment.',
    },
  ]);
});

/** The config, where one deployment says less or something else. */
function withDeployment(changes: object, ...omitted: readonly string[]): Config {
  const { 'gpt-5.4': deployment, ...others } = config.deployments;
  const kept = Object.entries(deployment ?? {}).filter(([key]) => !omitted.includes(key));
  const changed = { ...Object.fromEntries(kept), ...changes } as Deployment;
  return { ...config, deployments: { ...others, 'gpt-5.4': changed } };
}

test('a version that the config does not name may be any, one that it names is that one', () => {
  const account = withChat({ version: '2027-01-01' });
  expect(problemsOf([account])).toEqual(['error wrong-model deployments.gpt-5.4']);
  const lax = withDeployment({}, 'version');
  expect(problemsOf([account], { config: lax })).toEqual([]);
  expect(
    factsOf([withChat({ model: 'gpt-5.5' })], { config: lax }).find(({ status }) => status === 'error')
      ?.cause,
  ).toBe('The config says "gpt-5.4", and "gpt-5.5 2026-03-05" is deployed.');
});

test('limits that the config does not name may be any', () => {
  const account = withChat({ limits: { tpm: 1, rpm: 1 } });
  expect(problemsOf([account], { config: withDeployment({ limits: {} }) })).toEqual([]);
});

test('a key that the account takes is no fault, and a region that the config does not say neither', () => {
  expect(problemsOf([{ ...sweden, takesKeys: true }], { usesKey: true })).toEqual([]);
  expect(problemsOf([{ ...sweden, takesKeys: true }])).toEqual([]);
  const { region: _, ...placeless } = config.resources['contoso-se'] ?? {};
  const lax = { ...config, resources: { 'contoso-se': placeless } } as Config;
  expect(problemsOf([{ ...sweden, region: 'eastus2' }], { config: lax })).toEqual([]);
});

test('holds the sku that is really there, where it really is, against the policy', () => {
  const strict = { ...config, policy: { processing: ['EU'] } };
  const found = (account: Account) =>
    factsOf([account], { config: strict }).find(({ check }) => check === 'sku');
  expect(found(withChat({ sku: 'GlobalStandard' }))).toEqual({
    check: 'sku',
    status: 'error',
    subject: 'deployments.gpt-5.4',
    problem: 'sku-outside-policy',
    cause:
      'The config says the sku "DataZoneStandard", Azure has "GlobalStandard", which `policy.processing` ["EU"] forbids.',
    fix: 'Deploy it again as "DataZoneStandard".',
  });
  expect(found(withChat({ sku: 'Standard' }))?.problem).toBe('wrong-sku');
  expect(found({ ...withChat({ sku: 'Standard' }), region: 'eastus2' })?.problem).toBe('sku-outside-policy');
  expect(found(sweden)).toBeUndefined();
});

test('knows when keys are refused, and when the account is not in the subscription', () => {
  expect(problemsOf([sweden], { usesKey: true })).toEqual(['error key-auth-disabled resources.contoso-se']);
  expect(factsOf([france])).toEqual([
    {
      check: 'account',
      status: 'warning',
      subject: 'resources.contoso-se',
      problem: 'account-unknown',
      cause: 'No account of the subscription has this endpoint.',
      fix: 'Give the `--subscription` that it is in; behind a gateway, check the account itself.',
    },
  ]);
});
