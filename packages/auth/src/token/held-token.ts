import type { AuthHeaders } from '../credential.ts';

/** What a credential answers: the shape of the `AccessToken` of Azure's libraries. API keys are kept in it, too. */
export interface Token {
  readonly token: string;
  readonly expiresOnTimestamp: number;
  readonly refreshAfterTimestamp?: number | undefined;
}

/** A token, as headers, with the times at which its state changes. */
export interface HeldToken {
  readonly headers: AuthHeaders;
  /** Number of the request that brought it. */
  readonly generation: number;
  /** From this time on a new token is fetched in the background. */
  readonly refreshAtMs: number;
  /** From this time on callers wait for a new token, and get this one only if that fails. */
  readonly waitAtMs: number;
  readonly expiresAtMs: number;
}

// MSAL answers from its own cache until five minutes before the expiry: asking earlier would change nothing.
const longestLeadMs = 5 * 60_000;
const longestMarginMs = 30_000;
const pauseMs = 30_000;
const staleGraceMs = 10_000;

/** Computes these times for `token`. The random part keeps replicas from asking in the same second. */
export function hold(
  token: Token,
  {
    headers,
    generation,
    nowMs,
    random,
  }: {
    readonly headers: AuthHeaders;
    readonly generation: number;
    readonly nowMs: number;
    readonly random: () => number;
  },
): HeldToken {
  const jitter = 0.5 + random() / 2;
  // A token that has expired on arrival means that a clock is wrong. The service decides: use it, and ask again soon.
  const expiresAtMs = isStale(token, nowMs) ? nowMs + staleGraceMs : expiryOf(token);
  const lifetimeMs = expiresAtMs - nowMs;
  const waitAtMs = expiresAtMs - Math.min(longestMarginMs, lifetimeMs / 10);
  const wished = token.refreshAfterTimestamp;
  const planned =
    wished !== undefined && wished < expiresAtMs
      ? wished + Math.min(longestLeadMs, (waitAtMs - wished) / 10) * random()
      : expiresAtMs - Math.min(longestLeadMs, lifetimeMs / 4) * jitter;
  const soonest = nowMs + Math.min(pauseMs, lifetimeMs / 2) * jitter;
  const refreshAtMs = Math.min(waitAtMs, Math.max(planned, soonest));
  return { headers, generation, refreshAtMs, waitAtMs, expiresAtMs };
}

/** Whether `token` has expired. */
export function isStale(token: Token, nowMs: number): boolean {
  return expiryOf(token) <= nowMs;
}

/**
 * Returns `token` if it can be sent.
 * @throws Error when it is none: empty, without an expiry, or with characters that would break, or forge, a header.
 */
export function usable(token: Token | null | undefined): Token {
  if (token === null || token === undefined) throw new Error('the credential has no token');
  if (typeof token.token !== 'string' || !/^[\x21-\x7e]+$/.test(token.token)) {
    throw new Error('the credential answered with something that is no token');
  }
  if (!Number.isFinite(token.expiresOnTimestamp))
    throw new Error('the credential answered with a token without an expiry');
  return token;
}

/** Whether the secret in `sent` is the one in `headers`, even if the header was renamed. */
export function isSame(headers: AuthHeaders, sent: AuthHeaders): boolean {
  const secret = Object.values(headers)[0];
  return secret !== undefined && Object.values(sent).includes(secret);
}

/** Custom credentials often answer in seconds; no token has expired before 1973. */
function expiryOf({ expiresOnTimestamp }: Token): number {
  return expiresOnTimestamp < 1e11 ? expiresOnTimestamp * 1000 : expiresOnTimestamp;
}
