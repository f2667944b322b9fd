import type { TransportHeaders } from '../transport/transport.ts';
import { withHeaders } from './with-headers.ts';

/** About thirty years: keeps `Date` and the timers in range, and nothing else. */
const longestMs = 1e12;

/**
 * The wait that an answer asks for in milliseconds, or `undefined`. The first of `retry-after-ms`, `x-ms-retry-after-ms` and
 * `retry-after` (seconds or date) that makes sense wins; then the `x-ratelimit-reset-*` headers; then
 * “retry after N seconds” in the body. Never shortened: Azure really sends 86400 (azure-sdk-for-java#42696).
 */
export function retryAfterMs(headers: TransportHeaders, body: string, nowMs: number): number | undefined {
  return (
    milliseconds(headers, 'retry-after-ms') ??
    milliseconds(headers, 'x-ms-retry-after-ms') ??
    retryAfterHeader(headers, nowMs) ??
    rateLimitReset(headers) ??
    sentence(body)
  );
}

/** The wait that the service asked for in another place, such as the body, where every client looks for it. */
export function withRetryAfter(headers: TransportHeaders, delayMs: number): TransportHeaders {
  if (headers.get('retry-after') !== null || headers.get('retry-after-ms') !== null) return headers;
  return withHeaders(headers, {
    'retry-after-ms': String(Math.ceil(delayMs)),
    'retry-after': String(Math.ceil(delayMs / 1_000)),
  });
}

function milliseconds(headers: TransportHeaders, name: string): number | undefined {
  const value = decimal(headers.get(name));
  return value === undefined ? undefined : inRange(value);
}

function retryAfterHeader(headers: TransportHeaders, nowMs: number): number | undefined {
  const value = headers.get('retry-after');
  const seconds = decimal(value);
  if (seconds !== undefined) return inRange(seconds * 1_000);
  const atMs = httpDate(value);
  if (atMs === undefined) return undefined;
  // The service's clock decides when it says what that clock shows: ours may be wrong by hours.
  return inRange(Math.max(0, atMs - (httpDate(headers.get('date')) ?? nowMs)));
}

/** The longer of the two resets: which limit was hit they do not say. */
function rateLimitReset(headers: TransportHeaders): number | undefined {
  const resets = ['tokens', 'requests'].map(
    (limit) => duration(headers.get(`x-ratelimit-reset-${limit}`)) ?? 0,
  );
  const longest = Math.max(...resets);
  return longest > 0 ? inRange(longest) : undefined;
}

function sentence(body: string): number | undefined {
  // API Management: “Quota will be replenished in 00:12:34.”
  const clock = /\breplenished in (\d+):(\d{2}):(\d{2})/i.exec(body);
  if (clock !== null) {
    const [, hours, minutes, seconds] = clock;
    return inRange(Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1_000);
  }
  const found =
    /(?:retry|try again) (?:after|in) (\d+(?:\.\d+)?) ?(ms|milliseconds?|s|seconds?|minutes?|hours?)\b/i.exec(
      body,
    );
  if (found === null) return undefined;
  const [, amount, unit = 's'] = found;
  return inRange(Number(amount) * unitMs(unit.toLowerCase()));
}

function unitMs(unit: string): number {
  if (unit.startsWith('ms') || unit.startsWith('milli')) return 1;
  if (unit.startsWith('m')) return 60_000;
  return unit.startsWith('h') ? 3_600_000 : 1_000;
}

/** A plain decimal number. `0x10`, `1e3`, `-1`, `+1` and the empty string are none (RFC 9110, 10.2.3). */
function decimal(value: string | null): number | undefined {
  return value !== null && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

/** `5` (seconds, as Azure writes it) or `6m0s`, `1.5s`, `20ms` (as OpenAI does). */
function duration(value: string | null): number | undefined {
  const seconds = decimal(value);
  if (seconds !== undefined) return seconds * 1_000;
  const found = /^(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(
    value?.trim() ?? '',
  );
  if (found === null) return undefined;
  const [, hours = '0', minutes = '0', secs = '0', ms = '0'] = found;
  return Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(secs) * 1_000 + Number(ms);
}

/** The three forms of RFC 9110, 5.6.7, and nothing else that `Date.parse` takes for a date. */
function httpDate(value: string | null): number | undefined {
  if (value === null) return undefined;
  const text = value.trim();
  const imf = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
  const rfc850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
  const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;
  if (!imf.test(text) && !rfc850.test(text) && !asctime.test(text)) return undefined;
  // A leap second is a legal time that `Date.parse` does not know.
  const parsed = Date.parse((asctime.test(text) ? `${text} GMT` : text).replace(/:60(?= )/, ':59'));
  return Number.isNaN(parsed) ? undefined : parsed;
}

function inRange(waitMs: number): number {
  return Math.min(waitMs, longestMs);
}
