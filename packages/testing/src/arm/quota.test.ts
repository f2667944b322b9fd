import { expect, test } from 'vitest';
import type { MockDeployment } from '../service/mock-deployment.ts';
import { capacityOf, checkQuota, usages, usageName } from './quota.ts';

function deployment(sku: string, limits: object = {}, model = 'gpt-5.4'): MockDeployment {
  return { model, config: { sku, limits } } as MockDeployment;
}

test.each([
  ['Standard', { tpm: 50_000 }, 50],
  ['Standard', { tpm: 1_499 }, 1],
  ['Standard', { tpm: 1_500 }, 2],
  ['Standard', { tpm: 1 }, 1],
  ['Standard', {}, 1000],
  ['SomethingNew', {}, 1000],
  ['GlobalBatch', {}, 5000],
  ['ProvisionedManaged', { ptu: 50 }, 50],
  ['ProvisionedManaged', {}, 15],
])('a deployment of %s with %j has the capacity %i', (sku, limits, capacity) => {
  expect(capacityOf(deployment(sku, limits))).toBe(capacity);
});

test('units are shared by all models of a sku, tokens are those of one model', () => {
  expect(usageName('ProvisionedManaged', 'gpt-5.4')).toBe('OpenAI.ProvisionedManaged');
  expect(usageName('Standard', 'gpt-5.4')).toBe('OpenAI.Standard.gpt-5.4');
});

test('deployments of one quota are added up, beside a limit that is usual, given or theirs', () => {
  const all = [
    deployment('Standard', { tpm: 10_000 }),
    deployment('Standard', { tpm: 20_000 }),
    deployment('GlobalStandard', { tpm: 2_000_000 }),
    deployment('ProvisionedManaged', { ptu: 50 }),
    deployment('ProvisionedManaged', { ptu: 25 }, 'gpt-5-mini'),
    deployment('GlobalBatch', { tpm: 1_000 }),
  ];
  expect(usages(all, { 'OpenAI.Standard.gpt-5.4': 40, 'OpenAI.Standard.gpt-4.1': 7 })).toEqual([
    {
      name: 'OpenAI.Standard.gpt-5.4',
      label: 'Tokens Per Minute (thousands) - gpt-5.4',
      used: 30,
      limit: 40,
    },
    {
      name: 'OpenAI.GlobalStandard.gpt-5.4',
      label: 'Tokens Per Minute (thousands) - gpt-5.4 - GlobalStandard',
      used: 2000,
      limit: 2000,
    },
    {
      name: 'OpenAI.ProvisionedManaged',
      label: 'Provisioned Throughput Unit - ProvisionedManaged',
      used: 75,
      limit: 300,
    },
    {
      name: 'OpenAI.GlobalBatch.gpt-5.4',
      label: 'Enqueued tokens (thousands) - gpt-5.4 - GlobalBatch',
      used: 1,
      limit: 5000,
    },
    { name: 'OpenAI.Standard.gpt-4.1', label: 'Tokens Per Minute (thousands) - gpt-4.1', used: 0, limit: 7 },
  ]);
});

test('what the quota leaves is granted to the last unit, and no unit more', () => {
  const others = [deployment('Standard', { tpm: 30_000 }), deployment('GlobalStandard', { tpm: 9_000 })];
  const limits = { 'OpenAI.Standard.gpt-5.4': 40 };
  const ask = (capacity: number) => () => {
    checkQuota({ sku: 'Standard', model: 'gpt-5.4', capacity }, others, limits);
  };
  expect(ask(10)).not.toThrow();
  const label = 'Tokens Per Minute (thousands) - gpt-5.4';
  expect(ask(11)).toThrow(
    `This operation require 11 new capacity in quota ${label}, which is bigger than the current available capacity 10. The current quota usage is 30 and the quota limit is 40 for quota ${label}.`,
  );
});

test('without a limit the usual one counts, and nothing is left below none', () => {
  const ask =
    (capacity: number, limits = {}) =>
    () => {
      checkQuota({ sku: 'ProvisionedManaged', model: 'gpt-5.4', capacity }, [], limits);
    };
  expect(ask(300)).not.toThrow();
  expect(ask(301)).toThrow('available capacity 300. The current quota usage is 0 and the quota limit is 300');
  const over = [deployment('Standard', { tpm: 50_000 })];
  expect(() => {
    checkQuota({ sku: 'Standard', model: 'gpt-5.4', capacity: 1 }, over, { 'OpenAI.Standard.gpt-5.4': 40 });
  }).toThrow('available capacity 0. The current quota usage is 50 and the quota limit is 40');
});
