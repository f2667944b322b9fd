import { abortable } from './abortable.ts';
import { isStale, usable } from './held-token.ts';
import type { Token } from './held-token.ts';

/** The request for one token. */
export interface TokenAsk {
  readonly signal: AbortSignal;
  readonly claims?: string;
  /** The last token was refused: caches below must be bypassed. */
  readonly force: boolean;
}

export type AskToken = (ask: TokenAsk) => Promise<Token | null> | Token | null;

export interface FlightOptions {
  readonly ask: AskToken;
  readonly claims: string | undefined;
  readonly force: boolean;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Is given a token that arrives after the time limit. */
  readonly onLate: (token: Token) => void;
}

/**
 * Asks for one token and gives up after `timeoutMs`, even if the credential ignores its signal.
 * @throws Error when there is no usable token by then.
 */
export async function fly({ ask, claims, force, timeoutMs, now, onLate }: FlightOptions): Promise<Token> {
  const ended = new AbortController();
  const timer = setTimeout(() => {
    ended.abort(new Error(`no answer within ${timeoutMs} ms`));
  }, timeoutMs);
  const { signal } = ended;
  const once = async (passCaches: boolean): Promise<Token> => {
    const request = { signal, force: passCaches, ...(claims === undefined ? {} : { claims }) };
    const asked = (async () => usable(await ask(request)))();
    asked.then(
      (token) => {
        if (signal.aborted) onLate(token);
      },
      () => undefined,
    );
    return abortable(asked, signal);
  };
  try {
    const token = await once(force);
    // A cache below may still hold the expired token: bypass it, once.
    return force || !isStale(token, now()) ? token : await once(true);
  } finally {
    clearTimeout(timer);
  }
}
