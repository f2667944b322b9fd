import type { AuthHeaders, Credential } from '../credential.ts';
import { CredentialError } from '../errors.ts';
import { checkedKey } from './key-check.ts';
import { createKeyPair } from './key-pair.ts';
import { redact, safeCause } from '../redact.ts';
import { createTokenSource } from '../token/token-source.ts';
import type { TokenSource } from '../token/token-source.ts';

/** Where one key comes from: the key itself, a function that fetches it (Key Vault), or a file that holds it. */
export type KeySource = string | FetchKey | { readonly file: string | URL };

type FetchKey = (request: { readonly signal: AbortSignal }) => string | Promise<string>;

/** Both keys of an account, so that one can be regenerated while the other works. */
export interface KeyPair {
  readonly primary: KeySource;
  readonly secondary: KeySource;
}

/** How `apiKey` caches a fetched key. */
export interface ApiKeyOptions {
  /**
   * A fetched key is fetched again, in the background, when it is older than this. A 401 fetches it at once.
   * @default 600_000
   */
  readonly maxAgeMs?: number;
  /**
   * How long fetching may take.
   * @default 15_000
   */
  readonly timeoutMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

/**
 * Signs calls with an API key. A key that is fetched is fetched once for all callers, kept while fetching fails, and
 * fetched again after a 401. With `{ primary, secondary }` the other key takes over after a 401.
 *
 * @throws CredentialError when a key given as a string is empty, padded or a placeholder.
 * @throws TypeError when `source` is neither a key, a function, a file nor a pair.
 */
export function apiKey(source: KeySource | KeyPair, options: ApiKeyOptions = {}): Credential {
  if (isPair(source)) {
    const primary = keyFrom(source.primary, '`primary`', options);
    const secondary = keyFrom(source.secondary, '`secondary`', options);
    return createKeyPair({ primary, secondary }, options.now ?? Date.now);
  }
  return credentialOf(keyFrom(source, '`source`', options));
}

function credentialOf(source: TokenSource): Credential {
  return Object.freeze<Credential>({
    kind: 'api-key',
    headers: ({ signal }) => source.headers(signal),
    refresh: (refused) => source.refresh(refused),
  });
}

function keyFrom(source: unknown, name: string, options: ApiKeyOptions): TokenSource {
  if (typeof source === 'string') return fixed(checkedKey(source, `in ${name}`));
  if (typeof source === 'function')
    return fetched(source as FetchKey, `from the function in ${name}`, options);
  if (isFile(source)) {
    const { file } = source;
    const path = typeof file === 'string' ? file : file.pathname;
    const read = async ({ signal }: { signal: AbortSignal }): Promise<string> => {
      const { readFile } = await import('node:fs/promises');
      const text = await readFile(file, { encoding: 'utf8', signal });
      return text.replace(/\r?\n$/, '');
    };
    return fetched(read, `from the file ${JSON.stringify(path)} in ${name}`, options);
  }
  throw new TypeError(
    `Cannot use ${name} as an API key: it is ${source === null ? 'null' : typeof source}. Give a string, a function, \`{ file }\` or \`{ primary, secondary }\`.`,
  );
}

function fixed(key: string): TokenSource {
  const headers: AuthHeaders = Object.freeze({ 'api-key': key });
  return { headers: () => headers, refresh: () => Promise.resolve(false) };
}

function fetched(fetchKey: FetchKey, from: string, options: ApiKeyOptions): TokenSource {
  const { maxAgeMs = 600_000, timeoutMs = 15_000, now = Date.now, random = Math.random } = options;
  return createTokenSource({
    // A key has no expiry. When it cannot be fetched again, it is used for another day.
    ask: async ({ signal }) => ({
      token: checkedKey(await fetchKey({ signal }), from),
      expiresOnTimestamp: now() + maxAgeMs + 86_400_000,
      refreshAfterTimestamp: now() + maxAgeMs,
    }),
    sign: (key) => ({ 'api-key': key }),
    explain: (cause) => unfetched(cause, from),
    timeoutMs,
    now,
    random,
  });
}

function unfetched(cause: unknown, from: string): CredentialError {
  if (cause instanceof CredentialError) return cause;
  const reason = redact(cause instanceof Error ? cause.message : String(cause));
  return new CredentialError(`Cannot get the API key ${from}: ${reason}.`, { cause: safeCause(cause) });
}

function isPair(source: unknown): source is KeyPair {
  return typeof source === 'object' && source !== null && 'primary' in source && 'secondary' in source;
}

function isFile(source: unknown): source is { readonly file: string | URL } {
  if (typeof source !== 'object' || source === null || !('file' in source)) return false;
  return typeof source.file === 'string' || source.file instanceof URL;
}
