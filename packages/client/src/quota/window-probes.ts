import type { Ticket } from './window-count.ts';
import type { WindowOrigin } from './window-origin.ts';

/**
 * Finds out whether the service's windows slide. Only the service knows: a probe is a request that is sent although it
 * would not fit if they did.
 */
export interface WindowProbes {
  /** Whether one more may be sent in the window that began at `beganMs`, and that the request fits into or not. */
  maySend(fitsWindow: boolean, beganMs: number): boolean;
  sent(ticket: Ticket, beganMs: number): void;
  /** The service has let a request in. */
  admitted(ticket: Ticket): void;
  /** A request ended without an answer to the question. */
  dropped(ticket: Ticket): void;
  /** The service has refused what the presumed windows would have let through. */
  refuted(): void;
}

/** So many probes must be let in before windows are believed without a counter that shows them. */
const enoughAnswers = 16;

/** Probes whose answers confirm `origin` or cast doubt on it. */
export function windowProbes(origin: WindowOrigin): WindowProbes {
  const open = new Set<Ticket>();
  /** The beginning of the window in which the latest was sent. */
  let latestMs: number | undefined;
  let answers = 0;

  return {
    maySend: (fitsWindow, beganMs) => {
      // One while nothing is known, since its refusal names the end of the service's window.
      if (origin.atMs === undefined) return latestMs === undefined;
      // Then one at the beginning of each presumed window, and more the more were let in.
      return fitsWindow && (latestMs !== beganMs || open.size <= answers);
    },
    sent: (ticket, beganMs) => {
      open.add(ticket);
      latestMs = beganMs;
    },
    admitted: (ticket) => {
      if (!open.delete(ticket)) return;
      answers += 1;
      if (answers >= enoughAnswers) origin.confirm();
    },
    dropped: (ticket) => {
      open.delete(ticket);
    },
    refuted: () => {
      answers = 0;
      origin.doubt();
    },
  };
}
