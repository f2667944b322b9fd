import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { IdentityFlow } from './environment.ts';
import { createIdentity } from './identity.ts';

// MSAL keeps tokens and the source of managed identities per process: each flow gets a process of its own.

const identity = createIdentity({ apps: { reader: { secret: 'reader secret' } } });
beforeAll(() => identity.start());
afterAll(() => identity.close());

const program = `
import { DefaultAzureCredential } from '@azure/identity';
const { token } = await new DefaultAzureCredential().getToken('https://cognitiveservices.azure.com/.default');
process.stdout.write(token);
`;

async function signIn(env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: { PATH: process.env['PATH'], ...env },
    cwd: import.meta.dirname,
  });
  return stdout;
}

test.each<IdentityFlow>([
  'managed-identity',
  'imds',
  'client-secret',
  'client-certificate',
  'workload-identity',
])(
  'DefaultAzureCredential signs in by environment variables alone: %s',
  async (flow) => {
    const token = await signIn(identity.env({ flow }));
    expect(identity.verify(token, { service: 'openai' })).toMatchObject({
      ok: true,
      principal: { clientId: identity.directory.defaultApp.clientId },
    });
  },
  30_000,
);

test('the environment can be that of another app', async () => {
  const token = await signIn(identity.env({ app: 'reader' }));
  expect(identity.verify(token, { service: 'openai' })).toMatchObject({
    principal: { name: 'reader' },
  });
}, 30_000);

test('the files it names are gone when a program ends without closing', async () => {
  const source = new URL('identity.ts', import.meta.url).href;
  const careless = `
    const { createIdentity } = await import(${JSON.stringify(source)});
    const identity = createIdentity();
    await identity.start();
    process.stdout.write(identity.env().NODE_EXTRA_CA_CERTS);
    process.exit(0);
  `;
  const args = ['--conditions=@aoai/source', '--input-type=module', '--eval', careless];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
  expect(stdout).toContain('ca.pem');
  expect(existsSync(stdout)).toBe(false);
}, 30_000);

test('the files it names are gone after close', async () => {
  const other = createIdentity();
  await other.start();
  const path = other.env()['NODE_EXTRA_CA_CERTS'] ?? '';
  expect(existsSync(path)).toBe(true);
  await other.close();
  expect(existsSync(path)).toBe(false);
});
