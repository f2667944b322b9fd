import { abortable } from './abortable.ts';
import { backOff, isBackingOff } from './back-off.ts';
import type { BackOff } from './back-off.ts';
import type { AuthHeaders, RefreshRequest } from '../credential.ts';
import type { CredentialError } from '../errors.ts';
import { fly } from './flight.ts';
import type { AskToken } from './flight.ts';
import { hold, isSame, isStale } from './held-token.ts';
import type { HeldToken, Token } from './held-token.ts';

export interface TokenSourceOptions {
  readonly ask: AskToken;
  /** Turns a token or key into headers. */
  readonly sign: (token: string) => AuthHeaders;
  /** Turns a failure into the error that callers see. */
  readonly explain: (cause: unknown) => CredentialError | Promise<CredentialError>;
  /** How long one request may take. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** One token (of a credential and a scope), or one key, kept fresh for all callers. */
export interface TokenSource {
  headers(signal?: AbortSignal): AuthHeaders | Promise<AuthHeaders>;
  refresh(refused: Omit<RefreshRequest, 'scope'>): Promise<boolean>;
}

type Outcome = { readonly ok: true } | { readonly ok: false; readonly error: CredentialError };

interface Flight {
  readonly claims: string | undefined;
  readonly force: boolean;
  /** Never rejects: a flight that nobody waits for must not end the process. */
  readonly outcome: Promise<Outcome>;
}

/** A refused token is replaced at most this often: a missing role looks like a bad token. */
const forcedPauseMs = 30_000;
const never = Number.NEGATIVE_INFINITY;

/**
 * Creates the source. At most one request is in flight. A held token is in one of three states: fresh (it is used),
 * good (it is used, and refreshed in the background), or about to expire or refused (callers wait for another one).
 */
export function createTokenSource({
  ask,
  sign,
  explain,
  timeoutMs,
  now,
  random,
}: TokenSourceOptions): TokenSource {
  let held: HeldToken | undefined;
  let flight: Flight | undefined;
  let failure: BackOff | undefined;
  let generation = 0;
  /** Until this time `held` is returned without further checks. */
  let freshUntilMs = never;
  /** The service has refused `held`: wait for another one, and fall back to it if there is none. */
  let isSuspect = false;
  let forcedAtMs = never;
  let changedAtMs = never;
  /** The claims challenge that no token has answered yet, and the last one that a token has answered. */
  let openClaims: string | undefined;
  let metClaims: string | undefined;

  function headers(signal?: AbortSignal): AuthHeaders | Promise<AuthHeaders> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const nowMs = now();
    if (held !== undefined && !isSuspect) {
      if (nowMs < freshUntilMs) return held.headers;
      if (nowMs < held.waitAtMs) {
        if (flight === undefined) start(false);
        return held.headers;
      }
    }
    return wait(nowMs, signal);
  }

  function wait(nowMs: number, signal?: AbortSignal): AuthHeaders | Promise<AuthHeaders> {
    if (flight === undefined && isBackingOff(failure, nowMs)) return lastResort(nowMs, failure.error);
    return land(flight ?? start(isSuspect), signal);
  }

  async function land({ outcome }: Flight, signal?: AbortSignal): Promise<AuthHeaders> {
    const landed = await abortable(outcome, signal);
    if (landed.ok && held !== undefined) return held.headers;
    // The token may have been refused since it arrived.
    return landed.ok ? headers(signal) : lastResort(now(), landed.error);
  }

  /** The old token while it is valid. */
  function lastResort(nowMs: number, error: CredentialError): AuthHeaders | Promise<AuthHeaders> {
    return held !== undefined && nowMs < held.expiresAtMs ? held.headers : Promise.reject(error);
  }

  function start(force: boolean, claims: string | undefined = openClaims): Flight {
    generation += 1;
    const started: Flight = { claims, force, outcome: run(generation, claims, force) };
    flight = started;
    void started.outcome.then(() => {
      flight = undefined;
    });
    return started;
  }

  async function run(mine: number, claims: string | undefined, force: boolean): Promise<Outcome> {
    const onLate = (token: Token): void => {
      if (openClaims === undefined && !isStale(token, now())) keep(token, mine);
    };
    try {
      const token = await fly({ ask, claims, force, timeoutMs, now, onLate });
      keep(token, mine);
      metClaims = claims ?? metClaims;
      if (claims === openClaims) openClaims = undefined;
      return { ok: true };
    } catch (cause) {
      return { ok: false, error: fail(await explain(cause)) };
    }
  }

  function keep(token: Token, mine: number): void {
    if (held !== undefined && held.generation > mine) return;
    const nowMs = now();
    const signed = sign(token.token);
    const known = held !== undefined && isSame(held.headers, signed) ? held.headers : undefined;
    held = hold(token, { headers: known ?? Object.freeze(signed), generation: mine, nowMs, random });
    if (known === undefined) changedAtMs = nowMs;
    freshUntilMs = held.refreshAtMs;
    failure = undefined;
    isSuspect = false;
  }

  function fail(error: CredentialError): CredentialError {
    failure = backOff(error, { last: failure, nowMs: now(), random });
    freshUntilMs = held === undefined ? never : Math.min(failure.untilMs, held.waitAtMs);
    forcedAtMs = never;
    return error;
  }

  async function refresh(refused: Omit<RefreshRequest, 'scope'>): Promise<boolean> {
    const { claims, rejected, signal } = refused;
    signal?.throwIfAborted();
    if (rejected !== undefined && isReplaced(rejected)) return true;
    return claims === undefined ? replace(refused) : meet(claims, refused);
  }

  async function replace({ rejected, signal }: Omit<RefreshRequest, 'scope'>): Promise<boolean> {
    const before = rejected ?? held?.headers;
    if (flight !== undefined) {
      const joined = flight;
      isSuspect = true;
      await abortable(joined.outcome, signal);
      if (joined.force || isReplaced(before)) return isReplaced(before);
    }
    let forced: Flight | undefined = flight;
    if (forced === undefined) {
      if (isForcedLately()) return rejected === undefined && changedAtMs >= forcedAtMs;
      if (isBackingOff(failure, now())) return false;
      forcedAtMs = now();
      isSuspect = true;
      forced = start(true);
    }
    await abortable(forced.outcome, signal);
    return isReplaced(before);
  }

  async function meet(claims: string, { rejected, signal }: Omit<RefreshRequest, 'scope'>): Promise<boolean> {
    // A late 401 of the same challenge, or a challenge that even the token for it does not answer.
    if (metClaims === claims && (rejected === undefined || isForcedLately())) return rejected === undefined;
    const before = rejected ?? held?.headers;
    openClaims = claims;
    metClaims = undefined;
    // The service refuses this token: it is not used again.
    held = undefined;
    while (flight !== undefined && flight.claims !== claims) await abortable(flight.outcome, signal);
    if (isMet(claims)) return isReplaced(before);
    let challenged: Flight | undefined = flight;
    if (challenged === undefined) {
      if (isBackingOff(failure, now())) return false;
      forcedAtMs = now();
      challenged = start(true, claims);
    }
    const landed = await abortable(challenged.outcome, signal);
    return landed.ok && isReplaced(before);
  }

  function isReplaced(before: AuthHeaders | undefined): boolean {
    return held !== undefined && (before === undefined || !isSame(held.headers, before));
  }

  function isMet(claims: string): boolean {
    return metClaims === claims;
  }

  function isForcedLately(): boolean {
    const sinceMs = now() - forcedAtMs;
    return sinceMs >= 0 && sinceMs < forcedPauseMs;
  }

  return { headers, refresh };
}
