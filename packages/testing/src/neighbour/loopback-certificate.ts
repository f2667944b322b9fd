import * as tls from 'node:tls';
import { createCertificateAuthority } from './certificate.ts';
import type { CertificateAuthority } from './certificate.ts';

let authority: CertificateAuthority | undefined;
const served = new Map<string, { readonly cert: string; readonly key: string }>();

/** The issuer of every certificate of this process: a client has to trust one. Created at the first use. */
export function certificateAuthority(): CertificateAuthority {
  authority ??= createCertificateAuthority('aoai mock certificate authority');
  return authority;
}

/** Certificate and key, as `node:https` takes them, for a server of this machine that is bound to `host`. */
export function certificateFor(host: string): { readonly cert: string; readonly key: string } {
  const known = served.get(host);
  if (known !== undefined) return known;
  const hosts = new Set(['localhost', '127.0.0.1', '::1', host]);
  const { certificate, privateKey } = certificateAuthority().issue([...hosts]);
  const made = { cert: certificate, key: privateKey };
  served.set(host, made);
  return made;
}

let isTrusted = false;

/**
 * Makes this process trust the certificates of its mocks, beside those it trusts already.
 * @throws {Error} on a Node.js that cannot do so at run time.
 */
export function trustLoopback(): void {
  if (isTrusted) return;
  if (!('setDefaultCACertificates' in tls))
    throw new Error(
      'Cannot trust a certificate at run time: Node.js 22.19 or 24.5 can. Set `NODE_EXTRA_CA_CERTS` instead.',
    );
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificateAuthority().certificate]);
  isTrusted = true;
}
