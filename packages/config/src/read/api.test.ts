import { expect, test } from 'vitest';
import { apiVersions } from '../catalog/api-versions.ts';
import { apiProblem } from './api.ts';

test.each(['v1', '2024-10-21', '2031-01-01', '2031-01-01-preview'])('%s is an api', (api) => {
  expect(apiProblem(api)).toBeUndefined();
});

test.each([
  ['preview', 'not needed. Use "v1": its previews are chosen by request headers'],
  ['2024-10-21-preview', 'not an api-version of Azure OpenAI. Did you mean "2024-10-21"?'],
  ['2024-02-15', 'not an api-version of Azure OpenAI. Did you mean "2024-02-15-preview"?'],
  ['something', 'not an api-version of Azure OpenAI.'],
  ['x2031-01-01', 'not an api-version of Azure OpenAI.'],
  ['2031-01-01x', 'not an api-version of Azure OpenAI.'],
  ['2031-13-41', 'not an api-version of Azure OpenAI. Use "v1", or "2024-10-21"'],
  // The day of the catalog is known to it, and none of its versions.
  [apiVersions.asOf, 'not an api-version of Azure OpenAI. Use "v1", or "2024-10-21"'],
  ['2019-01-31', 'not an api-version of Azure OpenAI. Use "v1", or "2024-10-21"'],
  ['2024-10-12', 'not an api-version of Azure OpenAI. Did you mean "2024-10-21"?'],
  [
    '2025-04-14',
    'not an api-version of Azure OpenAI: it is a version of the model "gpt-4.1", which goes to `version` of the deployment. Use "v1", or "2024-10-21"',
  ],
])('%s is %s', (api, problem) => {
  expect(apiProblem(api)).toBe(problem);
});
