import type { Call } from './call.ts';
import { ClientClosedError } from '../errors.ts';

/** The calls that are under way, so that a client can be closed. */
export interface OpenCalls {
  /** @throws ClientClosedError when the client is closed. */
  throwIfClosed(): void;
  begin(call: Call): void;
  /** Whether a call under way has this id. */
  has(id: string): boolean;
  /** The call has its answer, or its error. A stream may still be read. */
  answered(): void;
  end(call: Call): void;
  /** Aborts when the client is closed: for what waits between calls. */
  readonly closing: AbortSignal;
  /** Refuses further calls from now on, and waits until those under way have their answers. */
  close(): Promise<void>;
  /** Ends all that is under way, streams included. */
  abort(): void;
}

export function openCalls(): OpenCalls {
  // Not a `Set`: what it drops when it makes room keeps young calls alive until a full collection, a quarter of their CPU.
  const open: Call[] = [];
  const closing = new AbortController();
  let running = 0;
  let drained: PromiseWithResolvers<undefined> | undefined;
  return {
    throwIfClosed: () => {
      closing.signal.throwIfAborted();
    },
    begin: (call) => {
      running += 1;
      call.place = open.length;
      open.push(call);
    },
    has: (id) => open.some((call) => call.id === id),
    answered: () => {
      running -= 1;
      if (running === 0) drained?.resolve(undefined);
    },
    end: (call) => {
      if (open[call.place] !== call) return;
      const last = open.pop();
      if (last === undefined || last === call) return;
      open[call.place] = last;
      last.place = call.place;
    },
    closing: closing.signal,
    close: async () => {
      if (!closing.signal.aborted) closing.abort(new ClientClosedError());
      if (running === 0) return;
      drained ??= Promise.withResolvers<undefined>();
      await drained.promise;
    },
    abort: () => {
      for (const call of [...open]) call.cancellation.stop(closing.signal.reason);
    },
  };
}
