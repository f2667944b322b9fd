import type { Credential } from './credential.ts';

/** Signs calls with an API key. The client renames the header where a gateway wants another one. */
export function apiKey(key: string): Credential {
  const headers = Object.freeze({ 'api-key': key });
  return Object.freeze<Credential>({
    kind: 'api-key',
    headers: () => headers,
    refresh: () => Promise.resolve(false),
  });
}
