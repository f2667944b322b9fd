import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { JWK } from 'jose';

/** A cluster that issues tokens for service accounts, as Kubernetes does for workload identities. */
export interface WorkloadIssuer {
  readonly issuer: string;
  readonly jwks: { readonly keys: readonly JWK[] };
  /** A signed token for a service account. */
  token(claims: {
    readonly subject: string;
    readonly audience: string;
    readonly nowMs: number;
    readonly lifetimeMs?: number;
  }): string;
}

const hourMs = 3_600_000;

export function createWorkloadIssuer(issuer: string): WorkloadIssuer {
  // An elliptic-curve key is made in a millisecond: the environment of a client is available without `await`.
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = 'cluster';
  return {
    issuer,
    jwks: { keys: [{ ...(publicKey.export({ format: 'jwk' }) as JWK), kid, alg: 'ES256', use: 'sig' }] },
    token({ subject, audience, nowMs, lifetimeMs = 24 * hourMs }) {
      const seconds = Math.floor(nowMs / 1000);
      const content = [
        { alg: 'ES256', kid, typ: 'JWT' },
        {
          iss: issuer,
          sub: subject,
          aud: [audience],
          jti: randomUUID(),
          iat: seconds,
          nbf: seconds,
          exp: seconds + lifetimeMs / 1000,
        },
      ]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
      const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return `${content}.${signature.toString('base64url')}`;
    },
  };
}
