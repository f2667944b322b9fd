import { aborted } from '../aborted.ts';
import type { Clock } from '../clock.ts';
import type { Listener } from '../service/listen.ts';

/** Closes ports for a while, as if a resource were down. */
export interface ClosedPorts {
  close(resource: string, forMs: number): void;
  /** Opens all of them again. */
  open(): void;
}

export interface ClosedPortsOptions {
  readonly clock: Clock;
  /** Aborted when the mock closes. */
  readonly closing: AbortSignal;
}

/** All ports are open at first. `ports` are those of the resources, by key. */
export function createClosedPorts(
  ports: ReadonlyMap<string, Pick<Listener, 'refuse' | 'accept'>>,
  { clock, closing }: ClosedPortsOptions,
): ClosedPorts {
  let opening = new AbortController();

  async function closeFor(port: Pick<Listener, 'refuse' | 'accept'>, forMs: number): Promise<void> {
    const signal = AbortSignal.any([opening.signal, closing]);
    port.refuse();
    await (forMs === Infinity ? aborted(signal) : clock.sleep(forMs, signal).catch(() => undefined));
    if (!closing.aborted) await port.accept();
  }

  return {
    close(resource, forMs) {
      const port = ports.get(resource);
      // Not awaited: the port is closed at once and opens again later.
      if (port !== undefined) void closeFor(port, forMs);
    },
    open() {
      opening.abort();
      opening = new AbortController();
    },
  };
}
