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
