import { bearerToken } from '../bearer-token.ts';
import type { OperationRequest } from './operation.ts';

type Json = Readonly<Record<string, unknown>>;

/** A short-lived key for a browser: it opens realtime sessions of this shape, and nothing else. */
export interface EphemeralKey {
  readonly expiresAtMs: number;
  readonly session: Json;
}

/** Keys that a resource has given out; the oldest are dropped first. */
const capacity = 1000;

function ephemeralKeys(): Map<string, EphemeralKey> {
  return new Map();
}

export function keepEphemeralKey(
  { resource }: Pick<OperationRequest, 'resource'>,
  value: string,
  key: EphemeralKey,
): void {
  const keys = resource.state(ephemeralKeys);
  keys.set(value, key);
  const [oldest] = keys.keys();
  if (keys.size > capacity && oldest !== undefined) keys.delete(oldest);
}

/** The ephemeral key that a request shows, while it is good and for what it is good for. */
export function ephemeralKeyOf({
  resource,
  headers,
  path,
  surface,
  clock,
}: Pick<OperationRequest, 'resource' | 'headers' | 'path' | 'surface' | 'clock'>): EphemeralKey | undefined {
  if (surface !== 'v1' || !/\/realtime(?:\/calls)?$/.test(path)) return undefined;
  const shown = headers['api-key'] ?? bearerToken(headers.authorization);
  const key = resource.state(ephemeralKeys).get(String(shown));
  return key !== undefined && clock.now() < key.expiresAtMs ? key : undefined;
}
