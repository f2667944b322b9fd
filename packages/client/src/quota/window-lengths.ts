// x-ratelimit-renewalperiod-tokens: 60 and -requests: 10 (docs/wire/headers.md#5.1); 600 RPM lets 100 calls through in ten seconds.

/** The length of the window in which the service counts tokens, and of the one in which it counts calls. */
export const windowMs = { tokens: 60_000, requests: 10_000 } as const;

/** The calls allowed in ten seconds: a sixth of those of a minute, and at least one. */
export function perTenSeconds(rpm: number | undefined): number | undefined {
  return rpm === undefined ? undefined : Math.max(1, Math.floor(rpm / 6));
}
