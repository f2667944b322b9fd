import { describe, expect, test } from 'vitest';
import { exampleModel, exampleVersion } from './catalog/example-model.ts';
import { catalog, entryOf, modelNamedBy } from './index.ts';
import type { Table } from './index.ts';

const day = /^\d{4}-\d{2}-\d{2}$/;

const tables: readonly (readonly [string, Table<string, unknown>])[] = Object.entries(catalog);

describe('catalog', () => {
  test.each(tables)('%s carries its day and its source', (_, table) => {
    expect(table.asOf).toMatch(day);
    expect(table.source.length).toBeGreaterThan(20);
    expect(Object.keys(table.entries).length).toBeGreaterThan(2);
  });

  test.each(Object.entries(catalog.models.entries))('the model %s is consistent', (name, model) => {
    expect(Object.keys(model.versions).length).toBeGreaterThan(0);
    for (const { retires } of Object.values(model.versions))
      if (retires !== undefined) expect(retires).toMatch(day);
    if (model.replacement !== undefined) {
      expect(model.replacement).not.toBe(name);
      expect(catalog.models.entries).toHaveProperty([model.replacement]);
    }
    if (model.context !== undefined) {
      expect(model.context.input).toBeLessThanOrEqual(model.context.window);
      expect(model.context.output).toBeLessThan(model.context.window + 1);
    }
    expect(model.kind === 'chat' || model.kind === 'router').toBe(model.operations.length > 0);
    if (model.kind === 'embedding') expect(model.dimensions).toBeGreaterThan(0);
  });

  test('quotas and regions are about models and regions that are there', () => {
    for (const name of Object.keys(catalog.quotas.entries))
      expect(catalog.models.entries).toHaveProperty([name]);
    for (const { regions = [] } of Object.values(catalog.models.entries)) {
      for (const region of regions) expect(catalog.regions.entries).toHaveProperty([region]);
    }
  });

  test('no replacement retires before what it replaces', () => {
    const last = (name: string): string => {
      const days = Object.values(entryOf(catalog.models, name)?.versions ?? {}).map(
        (version) => version.retires ?? '9999',
      );
      return days.toSorted().at(-1) ?? '';
    };
    for (const [name, { replacement }] of Object.entries(catalog.models.entries)) {
      if (replacement !== undefined && last(name) !== '9999')
        expect([name, last(replacement) >= last(name)]).toEqual([name, true]);
    }
  });

  test('features of dated api-versions only grow, preview by preview', () => {
    const dated = Object.entries(catalog.apiVersions.entries).filter(([name]) => name !== 'v1');
    const sorted = dated.toSorted(([a], [b]) => a.localeCompare(b));
    let before: readonly string[] = [];
    for (const [name, { features }] of sorted) {
      expect([name, before.filter((feature) => !features.includes(feature as never))]).toEqual([name, []]);
      before = features;
    }
    expect(catalog.apiVersions.entries['v1']?.features).toEqual(expect.arrayContaining([...before]));
  });

  test('the model of the examples stays for a year after the day of the catalog, in the version that they name', () => {
    const version = entryOf(catalog.models, exampleModel)?.versions[exampleVersion];
    expect(version).toMatchObject({ stage: 'ga' });
    const aYearOn = new Date(Date.parse(catalog.models.asOf) + 365 * 86_400_000).toISOString();
    expect((version?.retires ?? '9999') > aYearOn).toBe(true);
  });

  test('entryOf is safe for keys from outside', () => {
    expect(entryOf(catalog.models, 'constructor')).toBeUndefined();
    expect(entryOf(catalog.models, '__proto__')).toBeUndefined();
  });
});

test.each([
  ['my-gpt-4o-deployment', 'gpt-4o'],
  ['gpt-4o-mini', 'gpt-4o-mini'],
  ['prod_GPT-5-mini_eu', 'gpt-5-mini'],
  ['gpt-5.4', 'gpt-5.4'],
  ['gpt-5.9', undefined],
  ['text-embedding-3-small', 'text-embedding-3-small'],
  ['chat', undefined],
  ['foo3', undefined],
  ['o3', 'o3'],
  ['', undefined],
])('modelNamedBy(%j) is %j', (deployment, model) => {
  expect(modelNamedBy(deployment)).toBe(model);
});
