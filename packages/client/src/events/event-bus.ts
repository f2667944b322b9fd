import type { ClientEvent, Listener } from './events.ts';

/** Passes events to listeners. */
export interface EventBus {
  readonly emit: (event: ClientEvent) => void;
  /** Adds a listener. Returns a function that removes it. */
  readonly observe: (listener: Listener) => () => void;
  /** Number of listeners. */
  readonly size: () => number;
}

/** Creates an event bus without listeners. An error of a listener, thrown or in its promise, never reaches a call. */
export function eventBus(): EventBus {
  const listeners = new Set<(event: ClientEvent) => unknown>();
  return {
    size: () => listeners.size,
    emit: (event) => {
      for (const listener of listeners) {
        // A listener never breaks a call, and one that is asynchronous not the process.
        try {
          const told = listener(event);
          if (told instanceof Promise) told.catch(() => undefined);
        } catch {
          continue;
        }
      }
    },
    observe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
