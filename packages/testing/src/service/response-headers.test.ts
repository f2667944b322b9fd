import { defineConfig } from '@aoai/config';
import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { HeaderEra } from '../limits/rate-limit-headers.ts';
import { createRandom } from '../random.ts';
import { startMockAzure, type MockAzure } from '../start-mock-azure.ts';
import { readHeaders } from './header-lines.ts';
import type { MockDeployment } from './mock-deployment.ts';
import type { MockResource } from './mock-resource.ts';
import type { OperationRequest } from './operation.ts';
import { gatewayHeaders, modelHeaders } from './response-headers.ts';

// docs/wire/headers.md#5.1: which headers each era has, on which answer.

const config = defineConfig({
  resources: { main: { endpoint: 'https://contoso.openai.azure.com', region: 'westeurope' } },
  deployments: {
    chat: {
      resource: 'main',
      deployment: 'chat',
      model: 'gpt-4o',
      sku: 'Standard',
      limits: { tpm: 30_000, rpm: 180 },
    },
    ptu: {
      resource: 'main',
      deployment: 'ptu',
      model: 'gpt-4o',
      sku: 'ProvisionedManaged',
      limits: { ptu: 50 },
    },
  },
});

const mocks = new Map<HeaderEra, MockAzure>();

beforeAll(async () => {
  for (const era of ['2024', '2025', '2026'] as const)
    mocks.set(era, await startMockAzure({ config, headers: era }));
});

afterAll(async () => {
  await Promise.all([...mocks.values()].map(async (azure) => azure.close()));
});

async function headersOf(era: HeaderEra, model: string, more: Record<string, string> = {}): Promise<Headers> {
  const azure = mocks.get(era);
  const response = await fetch(`${azure?.endpoint ?? ''}/openai/v1/chat/completions`, {
    method: 'POST',
    headers: { 'api-key': azure?.apiKey ?? '', 'content-type': 'application/json', ...more },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  });
  await response.text();
  return response.headers;
}

const from2024 = [
  'access-control-allow-origin',
  'apim-request-id',
  'azureml-model-session',
  'cache-control',
  'content-length',
  'content-type',
  'date',
  'strict-transport-security',
  'x-accel-buffering',
  'x-content-type-options',
  'x-ms-client-request-id',
  'x-ms-rai-invoked',
  'x-ms-region',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
  'x-request-id',
];
const from2025 = [
  'cmp-upstream-response-duration',
  'ms-azureml-model-time',
  'x-aml-cluster',
  'x-envoy-upstream-service-time',
  'x-ms-deployment-name',
  'x-ratelimit-limit-requests',
  'x-ratelimit-limit-tokens',
];
const from2026 = [
  'azureai-fe-is-streaming',
  'azureai-fe-requested-service-tier',
  'azureml-served-by-cluster',
  'openai-processing-ms',
  'x-ms-is-spilled-over',
  'x-ms-served-model',
  'x-ratelimit-abusepenalty-active',
  'x-ratelimit-key',
  'x-ratelimit-renewalperiod-requests',
  'x-ratelimit-renewalperiod-tokens',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
];

test.each([
  ['2024', from2024],
  ['2025', [...from2024, ...from2025]],
  ['2026', [...from2024, ...from2025, ...from2026]],
] as const)('an answer of %s has the headers that were recorded', async (era, names) => {
  const headers = await headersOf(era, 'chat');
  const sent = [...headers.keys()].filter((name) => name !== 'connection').sort();
  expect(sent).toEqual([...names].sort());
});

test('the values are those of the recordings', async () => {
  const headers = Object.fromEntries(await headersOf('2026', 'chat'));
  expect(headers).toMatchObject({
    'x-ms-region': 'West Europe',
    'x-ms-client-request-id': 'Not-Set',
    'x-ratelimit-limit-requests': '180',
    'x-ratelimit-limit-tokens': '30000',
    'x-ratelimit-renewalperiod-requests': '10',
    'x-ratelimit-renewalperiod-tokens': '60',
    'x-ratelimit-key': 'chat',
    'x-ms-served-model': 'gpt-4o-2024-11-20',
    'azureai-fe-is-streaming': 'False',
    'access-control-allow-origin': '*',
  });
});

test('a client request id comes back', async () => {
  const headers = await headersOf('2026', 'chat', { 'x-ms-client-request-id': 'mine-1' });
  expect(headers.get('x-ms-client-request-id')).toBe('mine-1');
});

test('a provisioned deployment tells its utilisation and no rate limits', async () => {
  const headers = await headersOf('2026', 'ptu');
  expect(headers.get('azure-openai-deployment-utilization')).toMatch(/^\d+\.\d%$/);
  expect([...headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
});

test('an answer of the gateway has its own headers only', async () => {
  const headers = await headersOf('2026', 'nope', { 'api-key': 'wrong' });
  expect([...headers.keys()].filter((name) => name !== 'connection').sort()).toEqual([
    'apim-request-id',
    'content-length',
    'content-type',
    'date',
    'strict-transport-security',
    'x-content-type-options',
    'x-ms-client-request-id',
  ]);
});

interface Asked {
  readonly era?: HeaderEra;
  readonly status?: number;
  readonly isStream?: boolean;
  readonly drawn?: number;
  readonly tier?: unknown;
}

/** The headers of an answer of a deployment. */
function ofTheModel({ era = '2026', status = 200, isStream = false, drawn = 0, tier }: Asked = {}) {
  const random = { ...createRandom(1), next: () => drawn };
  const resource = { regionName: 'West Europe' } as MockResource;
  const request = { era, random, resource, body: { service_tier: tier } } as Partial<OperationRequest>;
  const deployment = { headerName: 'my-chat', headerModel: 'gpt-4o-2024-11-20' } as MockDeployment;
  const lines = modelHeaders(request as OperationRequest, { deployment, status, isStream });
  return Object.fromEntries(readHeaders(lines));
}

test.each([
  [200, undefined],
  [399, undefined],
  [400, '400'],
  [499, '499'],
  [500, undefined],
])('an answer %i names the error of the model: %s', (status, named) => {
  const headers = ofTheModel({ status });
  expect(headers['ms-azureml-model-error-statuscode']).toBe(named);
  expect(headers['ms-azureml-model-error-reason']).toBe(named && 'model_error');
});

test.each([
  [0, 40],
  [0.5, 240],
  [0.999, 439],
])('the times of an answer belong together: drawn %d, the model takes %i ms', (drawn, ms) => {
  expect(ofTheModel({ drawn })).toMatchObject({
    'ms-azureml-model-time': String(ms),
    'x-envoy-upstream-service-time': String(ms + 3),
    'cmp-upstream-response-duration': String(ms + 1),
    'openai-processing-ms': String(ms - 5),
  });
});

test('an answer says whether it is a stream, what served it and where', () => {
  expect(ofTheModel()).toMatchObject({
    'azureai-fe-is-streaming': 'False',
    'x-ms-served-model': 'gpt-4o-2024-11-20',
    'x-ms-deployment-name': 'my-chat',
    'x-ms-region': 'West Europe',
  });
  expect(ofTheModel({ isStream: true })['azureai-fe-is-streaming']).toBe('True');
  expect(ofTheModel({ era: '2025' })).not.toHaveProperty('x-ms-served-model');
  expect(ofTheModel({ era: '2024' })).not.toHaveProperty('x-ms-deployment-name');
});

test.each([
  [undefined, 'default'],
  ['flex', 'flex'],
  ['a'.repeat(20), 'a'.repeat(20)],
  ['a'.repeat(21), 'default'],
  ['', 'default'],
  ['Flex', 'default'],
  ['flex1', 'default'],
  ['1flex', 'default'],
  ['a\r\nx: y', 'default'],
  [['flex'], 'default'],
])('the service tier %j is named %s', (tier, named) => {
  expect(ofTheModel({ tier })['azureai-fe-requested-service-tier']).toBe(named);
});

test('every answer has its id, that of its client, and the date to the second', () => {
  const of = (headers: IncomingHttpHeaders, dateMs: number) =>
    Object.fromEntries(readHeaders(gatewayHeaders({ id: 'mine', headers, dateMs } as OperationRequest)));
  const at = Date.UTC(2026, 10, 22, 12, 0, 0);
  expect(of({}, at)).toMatchObject({
    'apim-request-id': 'mine',
    'x-ms-client-request-id': 'Not-Set',
    Date: 'Sun, 22 Nov 2026 12:00:00 GMT',
  });
  const client = 'x-ms-client-request-id';
  expect(of({ [client]: 'a' }, at + 999)).toMatchObject({
    [client]: 'a',
    Date: 'Sun, 22 Nov 2026 12:00:00 GMT',
  });
  expect(of({ [client]: ['b', 'c'] }, at + 1_000)).toMatchObject({
    [client]: 'b',
    Date: 'Sun, 22 Nov 2026 12:00:01 GMT',
  });
  expect(of({ [client]: '部' }, at)).toMatchObject({
    [client]: '%E9%83%A8',
    Date: 'Sun, 22 Nov 2026 12:00:00 GMT',
  });
});
