import { readFileSync } from 'node:fs';
import { certificateAuthority } from '../neighbour/loopback-certificate.ts';

/**
 * The contents of `NODE_EXTRA_CA_CERTS` for a client of the mock: its certificate, and those of the file that the
 * variable names already. Without these, clients behind a proxy that inspects TLS would fail.
 */
export function trustedCertificates(env: Readonly<Record<string, string | undefined>>): string {
  const own = certificateAuthority().certificate.trimEnd();
  const before = certificatesIn(env['NODE_EXTRA_CA_CERTS']).filter((certificate) => certificate !== own);
  return [own, ...before].map((certificate) => `${certificate}\n`).join('');
}

function certificatesIn(path: string | undefined): string[] {
  if (path === undefined || path === '') return [];
  try {
    const text = readFileSync(path, 'latin1').replaceAll('\r\n', '\n');
    return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  } catch {
    // Node itself warns about a file that it cannot read, and goes on.
    return [];
  }
}
