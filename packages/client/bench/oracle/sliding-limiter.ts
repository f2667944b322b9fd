import type { HeaderEra, Limiter } from '@aoai/testing';
import type { VirtualTime } from './virtual-time.ts';

const minuteMs = 60_000;

/** A limiter that counts the tokens of the last minute, whenever that is: as Microsoft's simulator has it (docs/wire/limits.md#7.1). */
export function slidingLimiter(limit: number, time: VirtualTime, era: HeaderEra): Limiter {
  let log: { readonly atMs: number; readonly tokens: number }[] = [];
  const used = (): number => {
    log = log.filter(({ atMs }) => atMs > time.now() - minuteMs);
    return log.reduce((sum, { tokens }) => sum + tokens, 0);
  };
  const headersFor = (taken: number): Record<string, string> =>
    era === '2024'
      ? {}
      : {
          'x-ratelimit-limit-tokens': String(limit),
          'x-ratelimit-remaining-tokens': String(Math.max(0, limit - taken)),
        };
  return {
    admit: ({ tokens }) => {
      const taken = used();
      let excess = taken + tokens - limit;
      if (excess <= 0) {
        log.push({ atMs: time.now(), tokens });
        return { ok: true, headers: headersFor(taken + tokens), settle: () => undefined };
      }
      const leaving = log.find((entry) => (excess -= entry.tokens) <= 0);
      const retryAfterMs = Math.ceil((leaving?.atMs ?? time.now()) + minuteMs - time.now());
      const hints = {
        'retry-after-ms': String(retryAfterMs),
        'retry-after': String(Math.ceil(retryAfterMs / 1_000)),
      };
      return { ok: false, kind: 'token', retryAfterMs, headers: { ...headersFor(taken), ...hints } };
    },
    use: () => ({ tokens: used() / limit }),
  };
}
