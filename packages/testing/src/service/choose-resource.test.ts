import type { Resource } from '@aoai/config';
import { expect, test } from 'vitest';
import { isRegionalHost, resourceChooser } from './choose-resource.ts';
import type { MockResource } from './mock-resource.ts';
import type { OperationRequest } from './operation.ts';

function resource(name: string, endpoint: string, region?: string): MockResource {
  return { name, config: { endpoint, region } as Resource } as MockResource;
}

const own = resource('own', 'http://127.0.0.1:8080');
const all = [
  own,
  resource('Sweden', 'https://Contoso-Sweden.openai.azure.com', 'swedencentral'),
  resource('france', 'https://contoso-france.cognitiveservices.azure.com', 'francecentral'),
  resource('gateway', 'https://gateway.contoso.example'),
  resource('broken', 'not a URL'),
];

test.each([
  [undefined, 'own'],
  ['127.0.0.1:8080', 'own'],
  ['localhost', 'own'],
  ['[::1]:8080', 'own'],
  ['contoso-sweden.openai.azure.com', 'Sweden'],
  ['CONTOSO-SWEDEN.OPENAI.AZURE.COM:443', 'Sweden'],
  ['contoso-sweden.services.ai.azure.com', 'Sweden'],
  ['contoso-sweden.cognitiveservices.azure.us', 'Sweden'],
  ['contoso-france.openai.azure.cn', 'france'],
  ['sweden.localhost:8080', 'Sweden'],
  ['sweden.openai.azure.com', 'Sweden'],
  ['nobody.openai.azure.com', 'own'],
  ['swedencentral.api.cognitive.microsoft.com', 'Sweden'],
  ['FranceCentral.api.cognitive.microsoft.us:443', 'france'],
  ['westeurope.api.cognitive.microsoft.com', 'own'],
  ['gateway.contoso.example', 'own'],
  ['gateway.localhost', 'gateway'],
  ['broken.openai.azure.com', 'broken'],
  ['contoso-sweden.openai.azure.com:443:1', 'own'],
  ['contoso-sweden.openai.azure.com.evil.example', 'own'],
  ['deep.contoso-sweden.openai.azure.com', 'own'],
])('the host %s is the resource %s', (host, name) => {
  expect(resourceChooser(all)(host, own).name).toBe(name);
});

test.each([
  [undefined, false],
  ['swedencentral.api.cognitive.microsoft.com', true],
  ['swedencentral.api.cognitive.microsoft.com:443', true],
  ['contoso.openai.azure.com', false],
  ['swedencentral.api.cognitive.microsoft.com.evil.example', false],
])('the host %s is shared by a region: %s', (host, expected) => {
  const headers = host === undefined ? {} : { host };
  expect(isRegionalHost({ headers } as OperationRequest)).toBe(expected);
});
