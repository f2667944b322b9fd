import { expect, test } from 'vitest';
import { accountModels, locationModels } from './model-list.ts';

/** The last version of a model. */
function model(name: string): Record<string, unknown> | undefined {
  return accountModels().findLast((each) => each['name'] === name);
}

const retires = '2027-02-06T00:00:00Z';
const perToken = {
  deprecationDate: retires,
  capacity: { maximum: 10_000, default: 10 },
  rateLimits: [
    { key: 'request', renewalPeriod: 60, count: 6 },
    { key: 'token', renewalPeriod: 60, count: 1000 },
  ],
};
const batch = { deprecationDate: retires, capacity: { maximum: 10_000, default: 10 } };
const provisioned = {
  deprecationDate: retires,
  capacity: { minimum: 15, maximum: 100_000, step: 5, default: 15 },
};

test('a model is listed with when it retires, what it can do, and how it can be deployed', () => {
  expect(model('gpt-5')).toEqual({
    format: 'OpenAI',
    name: 'gpt-5',
    version: '2025-08-07',
    isDefaultVersion: true,
    skus: [
      { name: 'GlobalStandard', usageName: 'OpenAI.GlobalStandard.gpt-5', ...perToken },
      { name: 'GlobalProvisionedManaged', usageName: 'OpenAI.GlobalProvisionedManaged', ...provisioned },
      { name: 'GlobalBatch', usageName: 'OpenAI.GlobalBatch.gpt-5', ...batch },
      { name: 'DataZoneStandard', usageName: 'OpenAI.DataZoneStandard.gpt-5', ...perToken },
      { name: 'DataZoneProvisionedManaged', usageName: 'OpenAI.DataZoneProvisionedManaged', ...provisioned },
      { name: 'DataZoneBatch', usageName: 'OpenAI.DataZoneBatch.gpt-5', ...batch },
      { name: 'Standard', usageName: 'OpenAI.Standard.gpt-5', ...perToken },
      {
        name: 'ProvisionedManaged',
        usageName: 'OpenAI.ProvisionedManaged',
        ...provisioned,
        capacity: { minimum: 25, maximum: 100_000, step: 25, default: 25 },
      },
    ],
    maxCapacity: 3,
    capabilities: {
      chatCompletion: 'true',
      responses: 'true',
      maxContextToken: '400000',
      maxOutputToken: '128000',
    },
    deprecation: { inference: retires },
    lifecycleStatus: 'GenerallyAvailable',
    systemData: {},
  });
});

test('of the versions of a model the last is the one that a deployment gets', () => {
  const versions = accountModels().filter(({ name }) => name === 'gpt-4o');
  expect(versions.map(({ version, isDefaultVersion }) => [version, isDefaultVersion])).toEqual([
    ['2024-05-13', false],
    ['2024-08-06', false],
    ['2024-11-20', true],
  ]);
});

test('a model without a date retires nowhere, and one without units is not sold by them', () => {
  const sol = model('gpt-6-sol');
  expect(sol).not.toHaveProperty('deprecation');
  expect(JSON.stringify(sol)).not.toMatch(/deprecationDate|ProvisionedManaged/);
});

test('a preview says so', () => {
  expect(model('computer-use-preview')).toMatchObject({ lifecycleStatus: 'Preview' });
});

test('a region has the models of its accounts', () => {
  expect(locationModels()).toEqual(
    accountModels().map((each) => ({ kind: 'OpenAI', skuName: 'S0', model: each })),
  );
});
