import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

// Certificates for the mock's own HTTPS listeners and for apps that sign in with one. Made when they are needed, in
// about a millisecond and without `await`, so that nothing secret is ever part of the package. The X.509 libraries on
// npm are asynchronous and load more code than the whole mock; what is needed here is one fixed shape.

/** A certificate and its private key, both PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Signs certificates for the hosts of this machine. */
export interface CertificateAuthority {
  /** Certificate of the authority, PEM: what a client has to trust. */
  readonly certificate: string;
  issue(hosts: readonly string[]): Certificate;
}

/** A new authority with a key of its own. */
export function createCertificateAuthority(name: string): CertificateAuthority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = encode({
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    issuerKeys: keys,
    extensions: [extension(oid.basicConstraints, sequence(boolean(true)), true), keyUsage(0x06)],
  });
  return {
    certificate,
    issue(hosts) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = [
        extension(oid.basicConstraints, sequence(), true),
        keyUsage(0x80),
        extension(oid.extendedKeyUsage, sequence(oid.serverAuth)),
        extension(oid.subjectAltName, sequence(...hosts.map(generalName))),
      ];
      return {
        certificate: encode({
          subject: hosts[0] ?? name,
          issuer: name,
          publicKey: own.publicKey,
          issuerKeys: keys,
          extensions,
        }),
        privateKey: pem(own.privateKey),
      };
    },
  };
}

/** A self-signed RSA certificate, as an app registers one to sign in with. */
export function createClientCertificate(name: string): Certificate {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const certificate = encode({
    subject: name,
    issuer: name,
    publicKey: keys.publicKey,
    issuerKeys: keys,
    extensions: [keyUsage(0x80)],
  });
  return { certificate, privateKey: pem(keys.privateKey) };
}

interface Request {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly issuerKeys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly extensions: readonly Buffer[];
}

/** RFC 5280, section 4.1. TLS checks the validity against the machine's clock, so it is not the mock's. */
function encode(request: Request): string {
  const algorithm =
    request.issuerKeys.privateKey.asymmetricKeyType === 'rsa'
      ? sequence(oid.sha256WithRsa, tlv(0x05, Buffer.alloc(0)))
      : sequence(oid.ecdsaWithSha256);
  const day = 86_400_000;
  const serial = randomBytes(16);
  // A serial number is positive and starts with a byte that is not zero.
  serial[0] = 0x40 | (serial.readUInt8(0) & 0x3f);
  const content = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))),
    tlv(0x02, serial),
    algorithm,
    commonName(request.issuer),
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + 365 * day)),
    commonName(request.subject),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    tlv(
      0xa3,
      sequence(
        ...request.extensions,
        extension(oid.subjectKeyIdentifier, tlv(0x04, keyIdentifier(request.publicKey))),
        extension(
          oid.authorityKeyIdentifier,
          sequence(tlv(0x80, keyIdentifier(request.issuerKeys.publicKey))),
        ),
      ),
    ),
  );
  const signature = sign('sha256', content, request.issuerKeys.privateKey);
  const body = sequence(content, algorithm, bitString(signature)).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${body.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

function tlv(tag: number, ...content: readonly Buffer[]): Buffer {
  const value = Buffer.concat(content);
  if (value.length < 0x80) return Buffer.concat([Buffer.of(tag, value.length), value]);
  const length =
    value.length < 0x100
      ? Buffer.of(0x81, value.length)
      : Buffer.of(0x82, value.length >> 8, value.length & 0xff);
  return Buffer.concat([Buffer.of(tag), length, value]);
}

function sequence(...content: readonly Buffer[]): Buffer {
  return tlv(0x30, ...content);
}

function boolean(value: boolean): Buffer {
  return tlv(0x01, Buffer.of(value ? 0xff : 0));
}

function bitString(value: Buffer): Buffer {
  return tlv(0x03, Buffer.of(0), value);
}

function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/\D/g, '');
  return tlv(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

function commonName(value: string): Buffer {
  return sequence(tlv(0x31, sequence(oid.commonName, tlv(0x0c, Buffer.from(value)))));
}

function extension(id: Buffer, value: Buffer, critical = false): Buffer {
  return sequence(id, ...(critical ? [boolean(true)] : []), tlv(0x04, value));
}

function keyUsage(bits: number): Buffer {
  return extension(oid.keyUsage, tlv(0x03, Buffer.of(bits === 0x80 ? 7 : 1, bits)), true);
}

function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
}

function generalName(host: string): Buffer {
  if (isIP(host) === 4) return tlv(0x87, Buffer.from(host.split('.').map(Number)));
  if (host === '::1') return tlv(0x87, Buffer.from([...Array<number>(15).fill(0), 1]));
  return tlv(0x82, Buffer.from(host));
}

function pem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** The public key of a PEM certificate, or of a PEM that holds a certificate and a private key. */
export function publicKeyOf(text: string): KeyObject {
  return createPublicKey(certificateIn(text));
}

/** The certificate of a PEM file that may hold a private key as well. */
function certificateIn(text: string): string {
  const found = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/.exec(text)?.[0];
  if (found === undefined)
    throw new TypeError('Cannot read a certificate: no PEM block "CERTIFICATE". Pass PEM text.');
  return found;
}

function objectIdentifier(...bytes: readonly number[]): Buffer {
  return tlv(0x06, Buffer.from(bytes));
}

const oid = {
  commonName: objectIdentifier(0x55, 0x04, 0x03),
  basicConstraints: objectIdentifier(0x55, 0x1d, 0x13),
  keyUsage: objectIdentifier(0x55, 0x1d, 0x0f),
  extendedKeyUsage: objectIdentifier(0x55, 0x1d, 0x25),
  subjectAltName: objectIdentifier(0x55, 0x1d, 0x11),
  subjectKeyIdentifier: objectIdentifier(0x55, 0x1d, 0x0e),
  authorityKeyIdentifier: objectIdentifier(0x55, 0x1d, 0x23),
  serverAuth: objectIdentifier(0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01),
  ecdsaWithSha256: objectIdentifier(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02),
  sha256WithRsa: objectIdentifier(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b),
} as const;
