import type { Entry } from '../journal/entry.ts';
import { readHeaders } from '../service/header-lines.ts';
import type { Finding } from './finding.ts';
import { readHint, type Hint } from './hint.ts';
import { isSameCall, isSameQuestion, isSameTarget, isSurelyRetry, retryCountOf } from './same-call.ts';

/** Node measures a timer from the last turn of its event loop, so a correct wait may end a little early. */
const timerSlackMs = 5;
/**
 * How long an answer counts as in flight for parallel calls: many are sent before the first of them is refused.
 */
const onItsWayMs = 100;
/** Statuses that a repetition cannot change. For 401 that holds for the same credential only, for 403 for its kind. */
const finalStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 413, 415, 422]);

/** Mistakes of a request, given the earlier answers. `earlier` is in order of arrival. */
export function repetition(exchange: Entry, earlier: readonly Entry[], timeScale: number): Finding[] {
  const answered = earlier.filter(({ finishedAtMs = Infinity }) => finishedAtMs <= exchange.receivedAtMs);
  const told = answered.filter((before) => wasTold(before, exchange, timeScale));
  const found =
    repeated(exchange, told) ??
    hurriedBySdk(exchange, answered, timeScale) ??
    hurried(exchange, told, timeScale);
  return found === undefined ? [] : [found];
}

/** Whether the caller already had the answer to `before`: one that was in flight could not be obeyed. */
function wasTold(before: Entry, exchange: Entry, timeScale: number): boolean {
  const sinceMs = exchange.receivedAtMs - (before.finishedAtMs ?? Infinity);
  return sinceMs / timeScale >= onItsWayMs || isSurelyRetry(before, exchange);
}

function repeated(exchange: Entry, told: readonly Entry[]): Finding | undefined {
  const final = told.findLast(
    (before) =>
      finalStatuses.has(before.status) && isSameCall(before, exchange) && isSameQuestion(before, exchange),
  );
  if (final === undefined) return undefined;
  const [first, second] = [final.request, exchange.request];
  const shown = final.status === 401 ? credential : kindOfCredential;
  if (shown(final) !== shown(exchange)) return undefined;
  return {
    rule: 'retried-final',
    message: `Request ${second.sequence} repeats request ${first.sequence}, which was answered ${final.status}: that answer is final. Do not retry it.`,
    requests: [first.sequence, second.sequence],
  };
}

/**
 * An SDK counts its retries: this one follows a refusal of the same bytes with one retry less. Where none of those could
 * be followed yet, it came too early.
 */
function hurriedBySdk(exchange: Entry, answered: readonly Entry[], timeScale: number): Finding | undefined {
  const count = retryCountOf(exchange);
  if (count === undefined || count === 0) return undefined;
  const refused = answered.flatMap((before) => {
    const isCandidate =
      retryCountOf(before) === count - 1 && isSameTarget(before, exchange) && isSameCall(before, exchange);
    const hint = isCandidate ? hintOf(before) : undefined;
    return hint === undefined ? [] : [{ before, hint, waitedMs: waited(before, exchange, timeScale) }];
  });
  const last = refused.at(-1);
  if (last === undefined || refused.some((each) => each.waitedMs + timerSlackMs >= each.hint.waitMs))
    return undefined;
  return tooEarly({ exchange, ...last });
}

function waited(before: Entry, exchange: Entry, timeScale: number): number {
  return (exchange.receivedAtMs - (before.finishedAtMs ?? 0)) / timeScale;
}

function hurried(exchange: Entry, told: readonly Entry[], timeScale: number): Finding | undefined {
  if (exchange.deployment === undefined) return undefined;
  let ignored: Finding | undefined;
  for (const before of told.toReversed()) {
    if (before.deployment !== exchange.deployment) continue;
    const hint = hintOf(before);
    if (hint === undefined) continue;
    const waitedMs = waited(before, exchange, timeScale);
    if (waitedMs + timerSlackMs >= hint.waitMs) continue;
    const finding = tooEarly({ before, exchange, hint, waitedMs });
    // The answer to the same call is more specific than that to another one.
    if (finding.rule === 'retried-early') return finding;
    ignored ??= finding;
  }
  return ignored;
}

interface Hurry {
  readonly before: Entry;
  readonly exchange: Entry;
  readonly hint: Hint;
  readonly waitedMs: number;
}

function tooEarly({ before, exchange, hint, waitedMs }: Hurry): Finding {
  const requests = [before.request.sequence, exchange.request.sequence];
  const [first, second] = requests;
  const name = JSON.stringify(exchange.deployment?.key);
  const asked = `${duration(hint.waitMs)} (\`${hint.header}\`)`;
  if (isSameCall(before, exchange)) {
    return {
      rule: 'retried-early',
      message: `Request ${second} repeats request ${first} after ${duration(waitedMs)}: ${name} had asked for ${asked}. Wait for that time, or call another deployment.`,
      requests,
    };
  }
  return {
    rule: 'ignored-park',
    message: `Request ${second} was sent to ${name} ${duration(waitedMs)} after request ${first} was refused there: it had asked for ${asked}. Do not call it before.`,
    requests,
  };
}

const hints = new WeakMap<Entry, Hint | null>();

function hintOf(exchange: Entry): Hint | undefined {
  if (exchange.status !== 429 && exchange.status !== 503) return undefined;
  const known = hints.get(exchange);
  if (known !== undefined) return known ?? undefined;
  const headers = new Map(
    readHeaders(exchange.responseHeaders).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const hint = readHint(headers, exchange.finishedAtMs ?? 0);
  hints.set(exchange, hint ?? null);
  return hint;
}

function credential({ request }: Entry): unknown {
  return request.headers['api-key'] ?? request.headers.authorization;
}

/** One token is like another one, but not like a key: where keys are forbidden, a token is the fix. */
function kindOfCredential({ request }: Entry): unknown {
  return request.headers['api-key'];
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${Number((ms / 1_000).toFixed(1))} s`;
}
