import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { asking, refusalOf } from './asking.fake.ts';
import { decryptContent, encryptContent } from './encrypted-content.ts';

const request = asking();
const other = asking({}, { resource: { ...request.resource, secret: 'of another resource' } });

test.each(['', 'A thought.', 'ü€😀', 'x'.repeat(5_000)])('what was encrypted is read again: %#', (text) => {
  expect(decryptContent(request, encryptContent(request, text))).toBe(text);
});

test('a content is a token of Fernet: its version, its time, and letters that URLs may have', () => {
  // Many, so that each letter of base64 occurs.
  const contents = Array.from({ length: 20 }, (_, seed) =>
    encryptContent({ ...request, random: createRandom(seed) }, 'A thought.'),
  );
  expect(new Set(contents).size).toBe(20);
  for (const content of contents) {
    expect(content).toMatch(/^[\w-]+={0,2}$/);
    const bytes = Buffer.from(content, 'base64url');
    expect(bytes[0]).toBe(0x80);
    expect(bytes.readBigUInt64BE(1)).toBe(BigInt(Date.UTC(2026, 10, 30) / 1000));
    expect(decryptContent(request, content)).toBe('A thought.');
  }
});

test.each<[string, string]>([
  ['of another resource', encryptContent(other, 'A thought.')],
  ['that is too short', encryptContent(request, '').slice(0, 70)],
  ['that is empty', ''],
  ['whose beginning was changed', `h${encryptContent(request, 'A thought.').slice(1)}`],
  ['whose signature was cut', encryptContent(request, 'A thought.').replace(/.{8}$/, '')],
])('a content %s is refused, and shown by its ends', (_, content) => {
  expect(refusalOf(() => decryptContent(request, content))).toEqual([
    `The encrypted content ${content.slice(0, 4)}...${content.slice(-4)} could not be verified.`,
    null,
  ]);
});

test('a content with nothing between its head and its signature is refused, not read beyond its end', () => {
  const bytes = Buffer.from(encryptContent(request, 'A thought.'), 'base64url');
  const content = bytes.subarray(0, 1 + 8 + 16 + 32).toString('base64url');
  expect(refusalOf(() => decryptContent(request, content))?.[0]).toContain('could not be verified');
});
