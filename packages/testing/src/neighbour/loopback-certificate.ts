import * as tls from 'node:tls';
import { createCertificateAuthority } from './certificate.ts';
import type { CertificateAuthority } from './certificate.ts';

let authority: CertificateAuthority | undefined;
let served: { readonly cert: string; readonly key: string } | undefined;

/** The issuer of every certificate of this process: a client has to trust one. Made at the first use. */
export function certificateAuthority(): CertificateAuthority {
  authority ??= createCertificateAuthority('aoai mock certificate authority');
  return authority;
}

/** Certificate and key for servers of this machine, as `node:https` takes them. */
export function loopbackCertificate(): { readonly cert: string; readonly key: string } {
  if (served === undefined) {
    const { certificate, privateKey } = certificateAuthority().issue(['localhost', '127.0.0.1', '::1']);
    served = { cert: certificate, key: privateKey };
  }
  return served;
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
  isTrusted = true;
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), certificateAuthority().certificate]);
}
