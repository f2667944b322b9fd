import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import * as auth from '../src/index.ts';
import { useTenant } from './tenant.ts';

const clientSecret = 'right~Secret.Value-8Q1';
const wrongSecret = 'wrong~Secret.Value-8Q1';
const key = '0123456789abcdefDEADBEEF';
const identity = useTenant({ apps: { default: { secret: clientSecret } }, users: { ada: {} } });

/** Every part of a secret that would be useful: the whole, a long piece, any part of a token. */
function piecesOf(secret: string): readonly string[] {
  return [
    secret,
    encodeURIComponent(secret),
    secret.slice(0, 16),
    secret.slice(-16),
    ...secret.split('.').filter((part) => part.length > 12),
  ];
}

describe('what everything exported shows', () => {
  test('of every way to sign in, right and wrong, with all logs of Azure on, there is no secret', async () => {
    const clientId = identity.directory.defaultApp.clientId;
    const env = {
      ...identity.env({ flow: 'workload-identity' }),
      ...identity.env({ flow: 'client-certificate' }),
    };
    const certificatePath = env['AZURE_CLIENT_CERTIFICATE_PATH'] ?? '';
    const certificate = await readFile(certificatePath, 'utf8');
    const federated = await readFile(env['AZURE_FEDERATED_TOKEN_FILE'] ?? '', 'utf8');
    const { token: userToken } = await identity
      .credential({ user: 'ada' })
      .getToken(`api://${clientId}/.default`);
    const given = {
      tenantId: identity.tenantId,
      clientId,
      clientSecret,
      wrongSecret,
      certificatePath,
      certificate,
      userToken,
      key,
    };
    const program = new URL('verbose-sign-in.ts', import.meta.url).pathname;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--conditions=@aoai/source', program, JSON.stringify(given)],
      {
        env: {
          ...env,
          PATH: process.env['PATH'],
          NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
          AZURE_TOKEN_CREDENTIALS: 'prod',
          AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9',
          AZURE_LOG_LEVEL: 'verbose',
          DEBUG: '*',
        },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    expect(stdout).toContain('swept 12');
    expect(stdout).toContain('AADSTS7000215');
    expect(stderr, 'the logs of Azure are on').toContain('azure:identity');
    const shown = stdout + stderr;
    const privateKey = certificate.split('\n').filter((line) => line.length > 40);
    const secrets = [clientSecret, wrongSecret, key, userToken, federated.trim(), ...privateKey];
    const leaked = secrets.flatMap(piecesOf).filter((piece) => shown.includes(piece));
    expect(leaked).toEqual([]);
    // Tokens that the endpoint gave: every JSON Web Token starts like this.
    expect(shown.match(/eyJ[\w-]{10,}\.[\w-]{10,}/g)).toBeNull();
  }, 60_000);

  test('of every exported class there is none in an error that was made of secrets', () => {
    const classes = Object.values(auth).filter((value) =>
      Function.prototype.toString.call(value).startsWith('class '),
    );
    expect(classes).toEqual([auth.CredentialError]);
  });
});
