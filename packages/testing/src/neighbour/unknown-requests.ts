import type { Finding } from '../verdict/finding.ts';
import type { PlainRequest } from './listener.ts';

/** Requests for paths that a neighbour does not have. */
export interface UnknownRequests {
  add(request: PlainRequest): void;
  findings(): readonly Finding[];
  clear(): void;
}

/** Bounded: a caller must not fill the memory. */
const maxRemembered = 100;

/** `service` is the name of the neighbour in messages. */
export function createUnknownRequests(service: string): UnknownRequests {
  const seen = new Map<string, number>();
  return {
    add({ method, url }) {
      const what = `${method} ${url.pathname}`;
      const times = seen.get(what) ?? 0;
      if (times > 0 || seen.size < maxRemembered) seen.set(what, times + 1);
    },
    findings: () =>
      [...seen].map(([what, times]) => ({
        rule: 'unknown-operation',
        message: `${service} was asked for ${JSON.stringify(what)}${times === 1 ? '' : ` ${times} times`}, which the mock does not have. Compare the path with the README of @aoai/testing.`,
        requests: [],
      })),
    clear: () => {
      seen.clear();
    },
  };
}
