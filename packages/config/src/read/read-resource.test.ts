import { expect, test } from 'vitest';
import { createCheck } from './check.ts';
import { plain } from './plain.ts';
import { readResource } from './read-resource.ts';

const endpoint = 'https://contoso.openai.azure.com';

function read(value: object): { resource: ReturnType<typeof readResource>; problems: readonly string[] } {
  const check = createCheck(plain(value, {}));
  const resource = readResource(value, ['resources', 'a'], { check, allowHosts: [] });
  return { resource, problems: check.issues.map(({ path, message }) => `${path}: ${message}`) };
}

test('a resource is read in its usual spelling', () => {
  const tenantId = '3F2504E0-4F89-41D3-9A0C-0305E82C3301';
  expect(
    read({
      endpoint: 'https://Contoso.openai.azure.com',
      region: ' Sweden _-Central',
      basePath: '/genai/v2//',
      keyHeader: 'X-Gateway-Token',
      tenantId,
      api: '2024-10-21',
      tags: { team: 'search' },
    }).resource,
  ).toEqual({
    endpoint,
    region: 'swedencentral',
    basePath: '/genai/v2',
    keyHeader: 'x-gateway-token',
    tenantId: tenantId.toLowerCase(),
    api: '2024-10-21',
    cloud: 'public',
    tags: { team: 'search' },
  });
});

test.each([
  [{ endpoint, cloud: 'public' }, []],
  [{ endpoint: 'http://127.0.0.1:8080', cloud: 'china' }, []],
  [
    { endpoint, cloud: 'china' },
    ['resources.a.cloud: the host of the endpoint is in the cloud "public". Remove `cloud`.'],
  ],
])('of the cloud of %j it says %j', (value, problems) => {
  const result = read(value);
  expect(result.problems).toEqual(problems);
  expect(result.resource?.cloud).toBe(problems.length === 0 ? value.cloud : undefined);
});

test.each(['/a/..', '/..', '/.', '/a//b', '/a/...', 'a', '/a b', '/a/%2e'])(
  '%s is no base path',
  (basePath) => {
    const { resource, problems } = read({ endpoint, basePath });
    expect(resource).toBeUndefined();
    expect(problems).toEqual([
      `resources.a.basePath: expected the path of the gateway, for example "/genai"; found "${basePath}".`,
    ]);
  },
);

test.each(['/a', '/a.b', '/.hidden', '/v1.', '/~me/a-b_c', '/a/..b'])('%s is a base path', (basePath) => {
  expect(read({ endpoint, basePath }).resource?.basePath).toBe(basePath);
});

test.each(['x', '1eastus', 'east/us', 'a'.repeat(25)])('%s is no region', (region) => {
  expect(read({ endpoint, region }).problems).toEqual([
    `resources.a.region: expected an Azure region, for example "swedencentral"; found "${region}".`,
  ]);
});
