import { createPrivateKey, X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCertificateAuthority, createClientCertificate, publicKeyOf } from './certificate.ts';
import { createListener } from './listener.ts';
import { certificateAuthority } from './loopback-certificate.ts';

const listener = createListener({ handle: async ({ url }) => ({ status: 200, body: url.protocol }) });
beforeAll(() => listener.start());
afterAll(() => listener.close());

test('a certificate is issued for names and addresses, by an authority that may', () => {
  const authority = createCertificateAuthority('test authority');
  const issued = authority.issue(['localhost', '127.0.0.1', '::1', '192.168.1.20', 'mock.test']);
  const [issuer, leaf] = [
    new X509Certificate(authority.certificate),
    new X509Certificate(issued.certificate),
  ];
  expect(leaf.verify(issuer.publicKey) && leaf.checkIssued(issuer)).toBe(true);
  expect([issuer.ca, leaf.ca]).toEqual([true, false]);
  expect(leaf.checkHost('mock.test')).toBe('mock.test');
  for (const address of ['127.0.0.1', '::1', '192.168.1.20']) expect(leaf.checkIP(address)).toBe(address);
  expect(leaf.checkPrivateKey(createPrivateKey(issued.privateKey))).toBe(true);
});

test('a certificate says what its key is for, from a day ago for a year, and that it must be obeyed', () => {
  const authority = createCertificateAuthority('test authority');
  const issuer = new X509Certificate(authority.certificate);
  const leaf = new X509Certificate(authority.issue(['mock.test', 'localhost']).certificate);
  // Basic constraints and key usage are critical (RFC 5280, sections 4.2.1.9 and 4.2.1.3).
  const critical = '0101ff';
  expect(issuer.raw.toString('hex')).toContain(`0603551d13${critical}040530030101ff`);
  expect(issuer.raw.toString('hex')).toContain(`0603551d0f${critical}040403020106`);
  expect(leaf.raw.toString('hex')).toContain(`0603551d13${critical}04023000`);
  expect(leaf.raw.toString('hex')).toContain(`0603551d0f${critical}040403020780`);
  expect([issuer.subject, leaf.issuer, leaf.subject]).toEqual([
    'CN=test authority',
    'CN=test authority',
    'CN=mock.test',
  ]);
  const day = 24 * 60 * 60 * 1000;
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)];
  expect(to - from).toBe(366 * day);
  expect(Math.abs(Date.now() - day - from)).toBeLessThan(60_000);
  expect(leaf.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
});

test.each([1, 127, 128, 255, 256, 300])('a name of %i letters can be read again', (length) => {
  const name = 'n'.repeat(length);
  const { certificate } = createCertificateAuthority(name);
  expect(new X509Certificate(certificate).subject).toBe(`CN=${name}`);
  expect(certificate).toMatch(
    /^-----BEGIN CERTIFICATE-----\n(?:[\w+/]{64}\n)*[\w+/=]{1,64}\n-----END CERTIFICATE-----\n$/,
  );
});

test('no two certificates share a key or a number', () => {
  const authority = createCertificateAuthority('test authority');
  const [one, other] = [authority.issue(['localhost']), authority.issue(['localhost'])].map(
    ({ certificate }) => new X509Certificate(certificate),
  );
  expect(one?.serialNumber).not.toBe(other?.serialNumber);
  expect(one?.publicKey.equals(other?.publicKey ?? one.publicKey)).toBe(false);
});

test('a client certificate carries an RSA key, found in a file with its private key too', () => {
  const { certificate, privateKey } = createClientCertificate('app');
  expect(publicKeyOf(privateKey + certificate).asymmetricKeyType).toBe('rsa');
  expect(() => publicKeyOf(privateKey)).toThrow('no PEM block "CERTIFICATE"');
});

test('one port answers with and without TLS', async () => {
  expect(await (await fetch(listener.origin)).text()).toBe('http:');
  const { promise, resolve, reject }: PromiseWithResolvers<string> = Promise.withResolvers();
  const socket = connect(
    {
      port: Number(new URL(listener.secureOrigin).port),
      host: '127.0.0.1',
      ca: certificateAuthority().certificate,
    },
    () => socket.write('GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'),
  );
  socket.on('data', (bytes: Buffer) => {
    resolve(bytes.toString());
  });
  socket.on('error', reject);
  expect(await promise).toMatch(/200 OK[^]*https:$/);
  socket.destroy();
});

test('a caller that says nothing, or goes away at once, harms nobody', async () => {
  const { port } = new URL(listener.origin);
  const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
  const silent = connect({ port: Number(port), host: '127.0.0.1' });
  silent.on('error', () => {
    resolve();
  });
  silent.on('close', () => {
    resolve();
  });
  silent.destroy();
  await promise;
  expect((await fetch(listener.origin)).status).toBe(200);
});
