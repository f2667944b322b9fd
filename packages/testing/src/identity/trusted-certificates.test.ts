import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClientCertificate } from '../neighbour/certificate.ts';
import { certificateAuthority } from '../neighbour/loopback-certificate.ts';
import { trustedCertificates } from './trusted-certificates.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aoai-certificates-'));
  path = join(folder, 'company.pem');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const own = certificateAuthority().certificate;
const company = () => createClientCertificate('Contoso root').certificate;
const fingerprints = (pem: string) =>
  (pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
    (each) => new X509Certificate(each).fingerprint256,
  );

test.each(['\n', '\r\n'])(
  "a company's bundle stays trusted beside the mock, with %j at its line ends",
  (end) => {
    const [one, other] = [company(), company()];
    writeFileSync(path, `# Contoso\n${one}# Another\n${other}`.replaceAll('\n', end));
    const bundle = trustedCertificates({ NODE_EXTRA_CA_CERTS: path });
    expect(fingerprints(bundle)).toEqual(fingerprints(own + one + other));
  },
);

test('the bundle of a mock that runs in the same shell does not grow with each start', () => {
  writeFileSync(path, trustedCertificates({}));
  expect(trustedCertificates({ NODE_EXTRA_CA_CERTS: path })).toBe(trustedCertificates({}));
});

test.each(['', 'missing.pem', '.', 'empty.pem'])('a bundle at %j that cannot be read is left out', (name) => {
  writeFileSync(join(folder, 'empty.pem'), '# Nothing yet\n');
  const env = { NODE_EXTRA_CA_CERTS: name === '' ? '' : join(folder, name) };
  expect(fingerprints(trustedCertificates(env))).toEqual(fingerprints(own));
});
