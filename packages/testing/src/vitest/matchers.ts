import { expect, type MatcherResult, type MatchersObject } from 'vitest';

import type { RecordedRequest } from '../journal/recorded-request.ts';
import type { MockAzure } from '../start-mock-azure.ts';

/** What a request must have. Other properties may have any value. */
export type ReceivedRequest = Partial<Omit<RecordedRequest, 'headers' | 'query'>> & {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
};

declare module 'vitest' {
  // The names of the type parameters are vitest's own.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> {
    /** The mock got a request for a deployment or pool, which matches `request` if given. */
    toHaveReceived(name: string, request?: ReceivedRequest): R;
    /** The mock got this number of requests for a deployment or pool. */
    toHaveReceivedTimes(name: string, times: number): R;
    /** The callers of the mock did nothing wrong. */
    toHaveNoFindings(): R;
    /** All scripted answers and faults were used. */
    toBeConsumed(): R;
  }
}

/** The matchers of `@aoai/testing/vitest`. */
export const matchers: MatchersObject = {
  toHaveReceived(azure: MockAzure, name: string, wanted: ReceivedRequest = {}) {
    const requests = azure.requests(name);
    const pass = requests.some((request) => this.equals(request, expect.objectContaining(deep(wanted))));
    return {
      pass,
      message: () =>
        `expected ${JSON.stringify(name)} ${pass ? 'not ' : ''}to have received a request like ${JSON.stringify(wanted)}; it received ${listed(requests)}`,
      actual: requests,
      expected: wanted,
    };
  },
  toHaveReceivedTimes(azure: MockAzure, name: string, times: number): MatcherResult {
    const requests = azure.requests(name);
    return {
      pass: requests.length === times,
      message: () =>
        `expected ${JSON.stringify(name)} to have received ${times} requests; it received ${requests.length}: ${listed(requests)}`,
      actual: requests.length,
      expected: times,
    };
  },
  toHaveNoFindings(azure: MockAzure): MatcherResult {
    const findings = azure.verdict();
    return {
      pass: findings.length === 0,
      message: () =>
        findings.length === 0
          ? 'expected the callers to have done something wrong'
          : `expected the callers to have done nothing wrong:\n${findings.map(({ message }) => `  ${message}`).join('\n')}`,
    };
  },
  toBeConsumed(azure: MockAzure): MatcherResult {
    try {
      azure.assertConsumed();
      return { pass: true, message: () => 'expected something scripted to be left over' };
    } catch (error) {
      return { pass: false, message: () => (error as Error).message };
    }
  },
};

/** Nested objects match partially, too. */
function deep(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  const members = Object.entries(value).map(([name, member]: [string, unknown]) => {
    const inner = deep(member);
    return [name, inner === member ? member : (expect.objectContaining(inner) as unknown)] as const;
  });
  return Object.fromEntries(members);
}

function listed(requests: readonly RecordedRequest[]): string {
  if (requests.length === 0) return 'none';
  const lines = requests.slice(-10).map(({ number, method, path, response, prompt }) => {
    const said = prompt === '' ? '' : ` ${JSON.stringify(prompt.slice(0, 60))}`;
    return `\n  ${number}: ${method} ${path} ${response?.status ?? 'pending'}${said}`;
  });
  return lines.join('');
}
