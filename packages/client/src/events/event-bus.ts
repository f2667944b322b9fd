import type { ClientEvent, Listener } from './events.ts';

/** Tells events to those who watch. */
export interface EventBus {
  readonly emit: (event: ClientEvent) => void;
  /** Adds a listener. Returns how to remove it. */
  readonly observe: (listener: Listener) => () => void;
  /** How many watch. */
  readonly size: () => number;
}

/** An event bus without listeners. What a listener throws never reaches a call. */
export function eventBus(): EventBus {
  const listeners = new Set<Listener>();
  return {
    size: () => listeners.size,
    emit: (event) => {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch {
          // Watching never breaks a call.
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
