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
