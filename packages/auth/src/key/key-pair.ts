import type { AuthHeaders, Credential, RefreshRequest } from '../credential.ts';
import { isSame } from '../token/held-token.ts';
import type { TokenSource } from '../token/token-source.ts';

/** A 401 for a key that was current a moment ago comes from a call that started before the switch. */
const changeOverMs = 10_000;
/** How long a refused key is not tried again. */
const refusedMs = 60_000;

/** Creates the credential of two keys: the other one takes over when the service refuses the current one. */
export function createKeyPair(
  { primary, secondary }: { readonly primary: TokenSource; readonly secondary: TokenSource },
  now: () => number,
): Credential {
  let current = primary;
  let other = secondary;
  let changedAtMs = Number.NEGATIVE_INFINITY;
  let otherRefusedAtMs = Number.NEGATIVE_INFINITY;

  const within = (sinceMs: number, spanMs: number): boolean =>
    now() - sinceMs >= 0 && now() - sinceMs < spanMs;

  async function refresh(request: Omit<RefreshRequest, 'scope'>): Promise<boolean> {
    request.signal?.throwIfAborted();
    const refused = current;
    if (await isOutdated(request)) return true;
    // A fetched key may have been regenerated: then the same source returns the new one.
    if (await refused.refresh(request)) return true;
    if (refused !== current) return true;
    if (within(otherRefusedAtMs, refusedMs)) return false;
    [current, other] = [other, current];
    changedAtMs = now();
    otherRefusedAtMs = changedAtMs;
    return true;
  }

  async function isOutdated({ rejected, signal }: Omit<RefreshRequest, 'scope'>): Promise<boolean> {
    if (rejected === undefined) return within(changedAtMs, changeOverMs);
    // A key that cannot be fetched now is fetched again by `refresh`, which also ends when `signal` aborts.
    const headers = await Promise.resolve(current.headers(signal)).catch(() => undefined);
    return headers !== undefined && !isSame(headers, rejected);
  }

  /** The current key, or the other one while the current one cannot be fetched. */
  async function firstOf(
    wanted: Promise<AuthHeaders>,
    signal: AbortSignal | undefined,
  ): Promise<AuthHeaders> {
    try {
      return await wanted;
    } catch (error) {
      signal?.throwIfAborted();
      return Promise.resolve(other.headers(signal)).catch(() => {
        throw error;
      });
    }
  }

  return Object.freeze<Credential>({
    kind: 'api-key',
    headers: ({ signal }) => {
      const headers = current.headers(signal);
      return headers instanceof Promise ? firstOf(headers, signal) : headers;
    },
    refresh,
  });
}
