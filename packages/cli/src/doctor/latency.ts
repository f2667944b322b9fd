import { call } from './call.ts';
import type { CallOptions, CallOutcome } from './call.ts';
import type { Probe } from './probe.ts';
import type { CheckResult, Latency } from './result.ts';

interface Calls extends CallOptions {
  /** Calls in all, with the first. */
  readonly calls: number;
  readonly first: CallOutcome;
}

/**
 * Repeats a call that was answered, one after the other, and says how long they take. The first call opens the
 * connection, so its time is used only when there is no other. Stops at a call that fails.
 */
export async function latency(
  probe: Probe,
  { first, calls, ...options }: Calls,
): Promise<Omit<CheckResult, 'subject'> | undefined> {
  if (first.answeredInMs === undefined) return undefined;
  const timesMs: number[] = [];
  for (let made = 1; made < calls; made += 1) {
    const { answeredInMs } = await call(probe, options);
    if (answeredInMs === undefined) break;
    timesMs.push(answeredInMs);
  }
  const sorted = (timesMs.length === 0 ? [first.answeredInMs] : timesMs).sort((a, b) => a - b);
  const quantile = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  const measured: Latency = {
    kind: probe.path.slice(1),
    calls: sorted.length,
    p50Ms: quantile(0.5),
    p95Ms: quantile(0.95),
  };
  return { check: 'latency', status: 'ok', cause: inWords(measured, timesMs.length), latency: measured };
}

function inWords({ kind, calls, p50Ms, p95Ms }: Latency, repeated: number): string {
  if (repeated === 0) return `One call of ${kind} took ${p50Ms} ms, with the time to connect.`;
  const of = repeated === 1 ? '1 call' : `${calls} calls`;
  return `p50 ${p50Ms} ms, p95 ${p95Ms} ms: ${of} of ${kind} after the first.`;
}
