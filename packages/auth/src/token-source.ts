import type { AccessToken } from '@azure/identity';
import { abortable } from './abortable.ts';
import type { AuthHeaders } from './credential.ts';
import { CredentialError } from './errors.ts';
import { hold, isStale, sameToken } from './held-token.ts';
import type { HeldToken } from './held-token.ts';

/** What a token is asked with. */
export interface TokenAsk {
  readonly signal: AbortSignal;
  readonly claims?: string;
  /** The last token was refused: any cache below must be passed by. */
  readonly force: boolean;
}

export interface TokenSourceOptions {
  readonly scope: string;
  readonly ask: (ask: TokenAsk) => Promise<AccessToken | null>;
  /** How long one token request may take. */
  readonly timeoutMs: number;
  readonly now: () => number;
  readonly random: () => number;
}

/** The token of one credential and one scope, kept fresh. */
export interface TokenSource {
  headers(signal?: AbortSignal): AuthHeaders | Promise<AuthHeaders>;
  refresh(request: RefusedToken): Promise<boolean>;
}

export interface RefusedToken {
  readonly claims?: string;
  readonly rejected?: AuthHeaders;
  readonly signal?: AbortSignal;
}

type Outcome =
  { readonly ok: true; readonly changed: boolean } | { readonly ok: false; readonly error: CredentialError };

interface Flight {
  readonly claims: string | undefined;
  readonly force: boolean;
  /** Never rejects, so that a flight nobody waits for cannot crash the process. */
  readonly outcome: Promise<Outcome>;
}

interface Failure {
  readonly error: CredentialError;
  readonly count: number;
  readonly retryAtMs: number;
}

/** A refused token is asked for again at most this often: a missing role looks like a bad token. */
const forcedPauseMs = 30_000;
const firstBackOffMs = 1_000;
const longestBackOffMs = 30_000;

/**
 * Creates the token source of one credential and scope: single flight, refresh ahead, the old token while it is valid.
 * Three questions decide: is the token fresh (hand it out), is it still good (hand it out, refresh behind), or must we wait.
 */
export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { scope, ask, timeoutMs, now, random } = options;
  let held: HeldToken | undefined;
  let flight: Flight | undefined;
  let failure: Failure | undefined;
  let generation = 0;
  let forcedAtMs = Number.NEGATIVE_INFINITY;
  /** The service refused the held token: wait for another one, fall back to it if there is none. */
  let isSuspect = false;
  /** Claims that the service asked for and no token has met yet. */
  let openClaims: string | undefined;
  let metClaims: string | undefined;
  /** Until then the held token is handed out without another thought. */
  let freshUntilMs = Number.NEGATIVE_INFINITY;

  function headers(signal?: AbortSignal): AuthHeaders | Promise<AuthHeaders> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    const nowMs = now();
    if (held === undefined) return waitFor(nowMs, signal);
    if (nowMs < freshUntilMs) return held.headers;
    if (isSuspect || nowMs >= held.waitAtMs) return waitFor(nowMs, signal);
    if (flight === undefined && mayAsk(nowMs)) start({ force: false });
    return held.headers;
  }

  /** No token may be handed out without waiting, unless asking again would be too early. */
  function waitFor(nowMs: number, signal?: AbortSignal): AuthHeaders | Promise<AuthHeaders> {
    if (flight === undefined && !mayAsk(nowMs)) {
      return fallback(nowMs) ?? Promise.reject(nothingHeld());
    }
    return landing(flight ?? start({ force: false }), signal);
  }

  async function landing(awaited: Flight, signal?: AbortSignal): Promise<AuthHeaders> {
    const outcome = await abortable(awaited.outcome, signal);
    if (outcome.ok && held !== undefined) return held.headers;
    const headers = fallback(now());
    if (headers !== undefined) return headers;
    throw outcome.ok ? nothingHeld() : outcome.error;
  }

  function fallback(nowMs: number): AuthHeaders | undefined {
    return held !== undefined && nowMs < held.expiresAtMs ? held.headers : undefined;
  }

  function mayAsk(nowMs: number): boolean {
    return failure === undefined || nowMs >= failure.retryAtMs;
  }

  function start({ force }: { readonly force: boolean }): Flight {
    generation += 1;
    const claims = openClaims;
    const outcome = fly(generation, force, claims).finally(() => {
      if (flight === started) flight = undefined;
    });
    const started: Flight = { claims, force, outcome };
    flight = started;
    return started;
  }

  async function fly(mine: number, force: boolean, claims: string | undefined): Promise<Outcome> {
    const ended = new AbortController();
    const timer = setTimeout(() => {
      ended.abort(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const request = { signal: ended.signal, ...(claims === undefined ? {} : { claims }) };
    try {
      let token = await answer({ ...request, force }, mine);
      // A cache below may still hold the expired token: pass it by, once.
      if (!force && isStale(token, now())) token = await answer({ ...request, force: true }, mine);
      return { ok: true, changed: keep(token, mine, claims) };
    } catch (error) {
      return { ok: false, error: fail(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks the credential; gives up when `signal` says so, even if the credential does not listen to it. */
  function answer(request: TokenAsk, mine: number): Promise<AccessToken | null> {
    const asked = (async () => ask(request))();
    void asked.then(
      (token) => {
        if (request.signal.aborted && token !== null && !isStale(token, now())) keepLate(token, mine);
      },
      () => undefined,
    );
    return abortable(asked, request.signal);
  }

  function keepLate(token: AccessToken, mine: number): void {
    try {
      if (mine > (held?.generation ?? 0) && openClaims === undefined) keep(token, mine, undefined);
    } catch {
      // What comes too late and is unusable as well is of no interest to anybody.
    }
  }

  /** Puts the token in place of the held one. Returns whether it is another token. */
  function keep(token: AccessToken | null, mine: number, claims: string | undefined): boolean {
    const next = hold(token, { generation: mine, nowMs: now(), random, failures: failure?.count ?? 0 });
    if (held !== undefined && held.generation > mine) return true;
    const changed = held === undefined || !sameToken(held, next);
    held = changed || held === undefined ? next : { ...next, headers: held.headers };
    isSuspect = false;
    failure = undefined;
    freshUntilMs = next.refreshAtMs;
    if (claims !== undefined && claims === openClaims) {
      metClaims = claims;
      openClaims = undefined;
    }
    return changed;
  }

  function fail(cause: unknown): CredentialError {
    const nowMs = now();
    const count = (failure?.count ?? 0) + 1;
    const backOffMs = Math.min(longestBackOffMs, firstBackOffMs * 2 ** (count - 1));
    const error = toCredentialError(cause, scope);
    failure = { error, count, retryAtMs: nowMs + backOffMs * (0.5 + random() / 2) };
    isSuspect = false;
    if (held !== undefined) freshUntilMs = Math.min(failure.retryAtMs, held.waitAtMs);
    return error;
  }

  function nothingHeld(): CredentialError {
    return (
      failure?.error ??
      new CredentialError(`Cannot get a token for scope ${JSON.stringify(scope)}.`, { scope })
    );
  }

  async function refresh({ claims, rejected, signal }: RefusedToken): Promise<boolean> {
    signal?.throwIfAborted();
    if (claims !== undefined) return meet(claims, { rejected, signal });
    const before = rejected ?? held?.headers;
    if (isAnother(rejected)) return true;
    if (flight !== undefined) {
      const { force } = flight;
      await abortable(flight.outcome, signal);
      if (force || isAnother(before)) return isAnother(before);
    }
    if (now() - forcedAtMs < forcedPauseMs && flight === undefined) {
      return rejected === undefined && held !== undefined && held.obtainedAtMs >= forcedAtMs;
    }
    forcedAtMs = now();
    isSuspect = true;
    freshUntilMs = Number.NEGATIVE_INFINITY;
    await abortable((flight ?? start({ force: true })).outcome, signal);
    return isAnother(before);
  }

  function isAnother(headers: AuthHeaders | undefined): boolean {
    return (
      headers !== undefined &&
      held !== undefined &&
      held.headers['authorization'] !== headers['authorization']
    );
  }

  async function meet(
    claims: string,
    { rejected, signal }: { rejected: AuthHeaders | undefined; signal: AbortSignal | undefined },
  ): Promise<boolean> {
    if (metClaims === claims && held !== undefined && !(rejected !== undefined && !isAnother(rejected)))
      return true;
    openClaims = claims;
    // The service has said that this token is dead: nobody gets it any more.
    held = undefined;
    while (flight !== undefined && flight.claims !== claims) await abortable(flight.outcome, signal);
    if (isMet(claims)) return true;
    const outcome = await abortable((flight ?? start({ force: true })).outcome, signal);
    return outcome.ok;
  }

  function isMet(claims: string): boolean {
    return metClaims === claims && openClaims !== claims;
  }

  return { headers, refresh };
}

function toCredentialError(cause: unknown, scope: string): CredentialError {
  if (cause instanceof CredentialError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CredentialError(`Cannot get a token for scope ${JSON.stringify(scope)}: ${reason}`, {
    scope,
    cause,
  });
}
