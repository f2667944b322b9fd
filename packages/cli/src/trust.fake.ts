import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll } from 'vitest';

/** Trusts a certificate beside those that Node.js does, until the tests of the file are over. */
export function useTrust(): (certificate: string) => void {
  const before = getCACertificates('default');
  afterAll(() => {
    setDefaultCACertificates(before);
  });
  return (certificate) => {
    setDefaultCACertificates([...before, certificate]);
  };
}
