import type { Deployment } from '@aoai/config';
import { expect, test } from 'vitest';
import { servedModel } from './served-model.ts';

const deployment: Deployment = {
  resource: 'main',
  deployment: 'chat',
  model: 'gpt-5.4',
  sku: 'GlobalStandard',
  limits: {},
  tags: {},
};

test.each<[string, Partial<Deployment>]>([
  ['gpt-5.4', {}],
  ['GPT-5.4', {}],
  ['gpt-5.4-2026-03-05', {}],
  ['gpt-5.4-2026', {}],
  ['gpt-5.4-0613', {}],
  ['gpt-5.4-2026-03-05', { version: '2026-03-05' }],
  ['gpt-5.4', { version: '2026-03-05' }],
  ['gpt-3.5-turbo-0125', { model: 'gpt-35-turbo' }],
])('%s is the model of %j', (model, changes) => {
  expect(servedModel({ ...deployment, ...changes }, { header: null, model })).toEqual({
    check: 'model',
    status: 'ok',
    cause: `${model} answers.`,
  });
});

test.each<[string, Partial<Deployment>]>([
  ['gpt-5.4-mini', {}],
  ['gpt-5.4-mini-2026-03-17', {}],
  ['gpt-5', {}],
  ['gpt-5.5', {}],
  ['gpt-5.4-2026-03-06', { version: '2026-03-05' }],
])('%s is another model than that of %j', (model, changes) => {
  expect(servedModel({ ...deployment, ...changes }, { header: null, model })).toMatchObject({
    status: 'error',
    problem: 'wrong-model',
    cause: expect.stringContaining(`and "${model}" answers`) as string,
  });
});

test('the header knows better than the body', () => {
  const served = servedModel(deployment, { header: 'gpt-5.4-mini', model: 'gpt-5.4' });
  expect(served).toMatchObject({ problem: 'wrong-model' });
});

test.each([
  [null, undefined],
  ['', 'gpt-5.4'],
  // Responses repeat the name of the deployment.
  [null, 'chat'],
])('header %j and body %j do not say which model answers', (header, model) => {
  expect(servedModel(deployment, { header, model })).toMatchObject({ status: 'skipped' });
});

test('a deployment that is named like its model says which one answers', () => {
  const named = { ...deployment, deployment: 'gpt-5.4' };
  expect(servedModel(named, { header: null, model: 'gpt-5.4' })).toMatchObject({ status: 'ok' });
  expect(servedModel(deployment, { header: 'chat', model: undefined })).toMatchObject({
    problem: 'wrong-model',
  });
});
