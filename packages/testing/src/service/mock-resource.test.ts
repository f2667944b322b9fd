import type { Deployment, Resource } from '@aoai/config';
import { expect, test, vi } from 'vitest';
import { mockDeployment, type MockDeployment } from './mock-deployment.ts';
import { mockResource } from './mock-resource.ts';

function deployment(name: string, changes: Partial<Deployment> = {}): MockDeployment {
  const given = { resource: 'main', deployment: name, model: 'gpt-4.1', sku: 'GlobalStandard' };
  return mockDeployment(name, { ...given, limits: {}, tags: {}, ...changes });
}

function resource(anyDeployment?: (name: string) => MockDeployment) {
  return mockResource('main', { region: 'swedencentral' } as Resource, {
    deployments: [deployment('one'), deployment('two')],
    apiKeys: new Set(['key']),
    takesKeys: true,
    secret: 'secret',
    outbound: { token: async () => Promise.resolve(''), locate: (endpoint) => endpoint },
    ...(anyDeployment && { anyDeployment }),
  });
}

const names = (of: ReturnType<typeof resource>) => of.deployments.map(({ name }) => name);

test('a deployment is put in the place of one of its name, or last, and removed from there', () => {
  const main = resource();
  const another = deployment('one', { model: 'gpt-5' });
  main.put(another);
  main.put(deployment('three'));
  expect(names(main)).toEqual(['one', 'two', 'three']);
  expect([main.deployment('one'), main.deployments[0]]).toEqual([another, another]);
  main.remove('two');
  expect(names(main)).toEqual(['one', 'three']);
  expect([main.deployment('two'), main.deployment('three')?.name]).toEqual([undefined, 'three']);
});

test('any other deployment is made once, is not listed, and has a name', () => {
  const make = vi.fn(deployment);
  const main = resource((name) => make(name));
  expect(main.deployment('any')).toBe(main.deployment('any'));
  expect([main.deployment('one')?.name, main.deployment('')]).toEqual(['one', undefined]);
  expect(make.mock.calls).toEqual([['any']]);
  expect(names(main)).toEqual(['one', 'two']);
});

test('ten thousand deployments are remembered, and later ones are made each time', () => {
  const made = deployment('any');
  const make = vi.fn(() => made);
  const main = resource(make);
  // Two are there from the start.
  for (let number = 0; number < 9_998; number += 1) main.deployment(`any-${number}`);
  make.mockClear();
  main.deployment('any-9997');
  expect(make).toHaveBeenCalledTimes(0);
  main.deployment('one more');
  main.deployment('one more');
  expect(make).toHaveBeenCalledTimes(2);
});

test('each kind of state is made once for each resource', () => {
  const [first, second] = [resource(), resource()];
  const [files, batches] = [() => new Set<string>(), () => new Set<string>()];
  first.state(files).add('file');
  expect([...first.state(files)]).toEqual(['file']);
  expect([first.state(batches).size, second.state(files).size]).toEqual([0, 0]);
});

test.each([
  ['gpt-4.1', '2025-04-14', 'gpt-4.1-2025-04-14'],
  ['gpt-4', '0613', 'gpt-4'],
  ['gpt-4', 'turbo-2024-04-09', 'gpt-4'],
])('the model %s of version %s is served as %s', (model, version, served) => {
  expect(deployment('one', { model, version }).servedModel).toBe(served);
});
