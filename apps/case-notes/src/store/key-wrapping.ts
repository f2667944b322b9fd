import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Encrypts data keys with a key that never leaves its keeper. */
export interface KeyWrapping {
  /** Which key wraps now. Keys wrapped by another one are unwrapped by its id and wrapped anew (rotation). */
  readonly currentKeyId: () => Promise<string>;
  wrap(key: Buffer): Promise<WrappedKey>;
  unwrap(wrapped: WrappedKey): Promise<Buffer>;
  /** Makes a new key, where keys are not made in a vault. Returns its id. */
  readonly rotate?: () => string;
}

interface WrappedKey {
  readonly keyId: string;
  readonly bytes: Buffer;
}

/** A file that only its owner can read, for one machine. In production the key belongs in a vault: see `vaultWrapping`. */
export function fileWrapping(path: string): Required<KeyWrapping> {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, keyLine(), { mode: 0o600, flag: 'wx' });
  }
  const mode = statSync(path).mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error(
      `Cannot use ${path}: others can read it (mode ${mode.toString(8)}). Set it to 600: chmod 600 ${path}`,
    );
  }
  const keys = () =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([id = '', key = '']) => ({ id, key: Buffer.from(key, 'base64') }));
  const current = () => {
    const last = keys().at(-1);
    if (last?.key.length !== 32)
      throw new Error(`Cannot read a key from ${path}: its last line is not "id key".`);
    return last;
  };
  return {
    currentKeyId: async () => current().id,
    wrap: async (key) => {
      const { id, key: wrapping } = current();
      return { keyId: id, bytes: seal(wrapping, key, id) };
    },
    unwrap: async ({ keyId, bytes }) => {
      const wrapping = keys().find(({ id }) => id === keyId);
      if (wrapping === undefined)
        throw new Error(`Cannot unwrap a data key: key "${keyId}" is not in ${path}.`);
      return open(wrapping.key, bytes, keyId);
    },
    rotate: () => {
      const line = keyLine();
      writeFileSync(path, line, { flag: 'a' });
      return line.split(' ')[0] ?? '';
    },
  };
}

function keyLine(): string {
  return `key-${randomBytes(6).toString('hex')} ${randomBytes(32).toString('base64')}\n`;
}

/** AES-256-GCM. `bound` is where the text belongs: it does not open anywhere else. */
export function seal(key: Buffer, text: string | Buffer, bound: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when the text was changed, moved to another row, or sealed with another key. */
export function open(key: Buffer, sealed: Uint8Array, bound: string): Buffer {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    .setAAD(Buffer.from(bound))
    .setAuthTag(bytes.subarray(-16));
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
}
