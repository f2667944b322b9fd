import { expect, test } from 'vitest';
import { deviations } from './deviations.ts';
import { deploymentSchema, policySchema, poolMemberSchema } from './schema.ts';

const deployment = { resource: 'sweden', deployment: 'gpt-5-mini' };
const limits = ['tpm', 'rpm', 'ptu'];

test('a value that is what the schema says has no deviation', () => {
  expect(deviations(deploymentSchema, { ...deployment, limits: { tpm: 1 }, tags: { team: 'x' } })).toEqual(
    [],
  );
});

test('every unknown field is named, at any depth, with the fields that belong there', () => {
  expect(deviations(deploymentSchema, { ...deployment, limits: { tmp: 1, rmp: 2 } })).toEqual([
    { path: ['limits', 'tmp'], known: limits },
    { path: ['limits', 'rmp'], known: limits },
  ]);
});

test.each([
  { limits: [], path: ['limits'] },
  { limits: [5], path: ['limits'] },
  { limits: 5, path: ['limits'] },
  { limits: null, path: ['limits'] },
])('$limits where an object belongs is one deviation', (part) => {
  expect(deviations(deploymentSchema, { ...deployment, limits: part.limits })).toEqual([{ path: part.path }]);
});

test('a list in place of the whole is one deviation at its root', () => {
  expect(deviations(deploymentSchema, [])).toEqual([{ path: [] }]);
});

test('a value that is wrong in two ways is one deviation', () => {
  expect(deviations(deploymentSchema, { ...deployment, limits: { tpm: -1.5 } })).toEqual([
    { path: ['limits', 'tpm'] },
  ]);
});

test.each([0, -1, NaN, Infinity, 1_000_001, '2'])('%s is no weight', (weight) => {
  expect(deviations(poolMemberSchema, { deployment: 'chat', weight })).toEqual([{ path: ['weight'] }]);
});

test.each([NaN, Infinity, -0.1, '1'])('%s is no price', (input) => {
  const price = { input, output: 1 };
  expect(deviations(deploymentSchema, { ...deployment, price })).toEqual([{ path: ['price', 'input'] }]);
});

test('an item of a list is found by its index', () => {
  expect(deviations(policySchema, { clouds: ['public', 'moon'] })).toEqual([{ path: ['clouds', 1] }]);
});

test('a field named like a member of every object is unknown', () => {
  expect(deviations(policySchema, { constructor: 1 })).toMatchObject([{ path: ['constructor'] }]);
});
