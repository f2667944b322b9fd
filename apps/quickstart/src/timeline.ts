import type { Client, ClientEvent } from '@aoai/client';

/** Collects what happens to the calls of a client, as lines for people. */
export function recordTimeline(client: Pick<Client, 'observe'>) {
  const events: ClientEvent[] = [];
  client.observe((event) => events.push(event));
  return {
    failedOver: () => events.some((event) => event.type === 'failover'),
    lines: () =>
      events.flatMap((event) => {
        const text = describe(event);
        const atMs = event.atMs - (events[0]?.atMs ?? 0);
        return text === undefined ? [] : [`${atMs.toFixed(0).padStart(4)} ms  ${text}`];
      }),
  };
}

function describe(event: ClientEvent): string | undefined {
  switch (event.type) {
    case 'attempt-started':
      return `attempt ${event.attempt} goes to "${event.deployment}"`;
    case 'attempt-failed':
      return `"${event.deployment}" ${event.status === undefined ? 'does not answer' : `answers ${event.status}`}: ${event.outcome}`;
    case 'target-parked':
      return `"${event.deployment}" is left alone until ${new Date(event.untilMs).toISOString().slice(11, 19)} UTC (${event.reason})`;
    case 'failover':
      return `failover from "${event.from}" to "${event.to}"`;
    case 'call-finished':
      return `"${event.deployment}" has answered, after ${event.attempts} attempts`;
    default:
      return undefined;
  }
}
