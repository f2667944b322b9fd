import { expect, test } from 'vitest';
import { checkApiVersion, hasFeature, isServed } from './api-version.ts';
import type { Operation, OperationRequest } from './operation.ts';

test.each([
  ['2024-10-21', true],
  ['2025-04-01-preview', true],
  ['2022-12-01', true],
  ['2023-03-15-preview', false],
  ['2024-10-22', false],
  ['2024-10-21-preview', false],
  ['v1', false],
  ['preview', false],
  ['', false],
  ['constructor', false],
])('the version %j is served by dated paths: %s', (version, expected) => {
  expect(isServed(version)).toBe(expected);
});

test.each([
  ['2024-10-21', '2024-10-21', true],
  ['2024-10-20', '2024-10-21', false],
  ['2024-10-22', '2024-10-21', true],
  ['2024-10-21', '2024-10-21-preview', true],
  ['2024-10-21-preview', '2024-10-21', true],
])('%s has what %s brought: %s', (version, since, expected) => {
  expect(hasFeature(version, since)).toBe(expected);
});

test.each([
  ['v1', '', undefined, 'v1', undefined],
  ['v1', 'api-version=v1', undefined, 'v1', undefined],
  ['v1', 'api-version=preview', undefined, 'preview', undefined],
  ['v1', 'api-version=latest', undefined, 'latest', undefined],
  ['v1', 'api-version=2024-10-21', undefined, '2024-10-21', 400],
  ['dated', '', undefined, '', 404],
  ['dated', 'api-version=2024-10-21', undefined, '2024-10-21', undefined],
  ['dated', 'api-version=2024-10-21', '2024-10-21', '2024-10-21', undefined],
  ['dated', 'api-version=2024-10-21', '2025-03-01-preview', '2024-10-21', 404],
  ['dated', 'api-version=2023-03-15-preview', undefined, '2023-03-15-preview', 404],
  ['dated', 'api-version=2099-01-01', '2024-10-21', '2099-01-01', 404],
  ['inference', '', undefined, '', 404],
  ['inference', 'api-version=2024-05-01-preview', '2025-03-01-preview', '2024-05-01-preview', undefined],
  ['inference', 'api-version=any', undefined, 'any', undefined],
] as const)(
  'on %s, %j for what is there since %s is %s and answered %s',
  (surface, query, since, api, status) => {
    const request = { surface, api: '', query: new URLSearchParams(query) } as OperationRequest;
    const refused = checkApiVersion(request, { ...(since !== undefined && { since }) } as Operation);
    expect([request.api, refused?.status]).toEqual([api, status]);
  },
);
