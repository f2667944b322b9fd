/** The time that an answer named, and where. */
export interface Hint {
  readonly waitMs: number;
  readonly header: string;
}

/** Reads when to come back, in the order in which a client should obey the headers: milliseconds before seconds. */
export function readHint(headers: ReadonlyMap<string, string>, nowMs: number): Hint | undefined {
  for (const header of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const waitMs = Number(headers.get(header) ?? Number.NaN);
    if (Number.isFinite(waitMs)) return { waitMs, header };
  }
  const after = headers.get('retry-after');
  if (after !== undefined) {
    const seconds = Number(after);
    const waitMs = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(after) - nowMs;
    if (Number.isFinite(waitMs)) return { waitMs, header: 'retry-after' };
  }
  for (const header of ['x-ratelimit-reset-tokens', 'x-ratelimit-reset-requests']) {
    const seconds = Number(headers.get(header) ?? 0);
    if (seconds > 0) return { waitMs: seconds * 1_000, header };
  }
  return undefined;
}
