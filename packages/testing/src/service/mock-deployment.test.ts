import type { Deployment } from '@aoai/config';
import { expect, test } from 'vitest';
import { mockDeployment } from './mock-deployment.ts';
import { regionName } from './region-name.ts';
import { wantsSocket } from './wants-socket.ts';

test.each<[Partial<Deployment>, object]>([
  [{ model: 'gpt-4o' }, { version: '2024-11-20', servedModel: 'gpt-4o-2024-11-20' }],
  [
    { model: 'gpt-4o', version: '2024-08-06' },
    { version: '2024-08-06', servedModel: 'gpt-4o-2024-08-06' },
  ],
  [{ model: 'my-model' }, { version: '1', servedModel: 'my-model' }],
  [
    { model: 'my-model', version: 'v2024-01-01' },
    { version: 'v2024-01-01', servedModel: 'my-model' },
  ],
  [
    { model: '模', deployment: '部' },
    { name: '部', headerName: '%E9%83%A8', headerModel: '%E6%A8%A1', servedModel: '模' },
  ],
])('a deployment of %j is served as %j', (config, expected) => {
  const given = { deployment: 'my-chat', ...config } as Deployment;
  const made = mockDeployment('chat', given);
  expect(made).toMatchObject({
    key: 'chat',
    name: given.deployment,
    model: given.model,
    config: given,
    ...expected,
  });
});

test.each([
  [undefined, 'Sweden Central'],
  ['eastus2', 'East US 2'],
  ['uksouth', 'UK South'],
  ['marscentral', 'marscentral'],
  ['constructor', 'constructor'],
])('the region %s is written %s', (region, name) => {
  expect(regionName(region)).toBe(name);
});

test.each([
  [{ upgrade: 'websocket', connection: 'Upgrade' }, true],
  [{ upgrade: 'WebSocket', connection: 'keep-alive, upgrade' }, true],
  [{ upgrade: 'h2c', connection: 'Upgrade' }, false],
  [{ upgrade: 'websocket', connection: 'keep-alive' }, false],
  [{ upgrade: 'websocket' }, false],
  [{ connection: 'Upgrade' }, false],
  [{}, false],
])('the headers %j ask for a WebSocket: %s', (headers, expected) => {
  expect(wantsSocket({ headers })).toBe(expected);
});
