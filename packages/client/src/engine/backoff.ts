/** Our own wait when the service names none. */
export interface BackoffRules {
  /** @default 500 */
  readonly initialDelayMs: number;
  /** @default 8000 */
  readonly maxDelayMs: number;
}

/** A random wait in the upper half of `initialDelayMs · 2^(failures - 1)`, at most `maxDelayMs`. */
export function backoffMs(failures: number, rules: BackoffRules, random: () => number): number {
  const ceiling = Math.min(rules.maxDelayMs, rules.initialDelayMs * 2 ** Math.min(failures - 1, 30));
  return ceiling * (0.5 + random() / 2);
}
