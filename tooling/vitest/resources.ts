import { subscribe } from 'node:diagnostics_channel';
import { getEventListeners } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as realDelay } from 'node:timers/promises';
import { getCallSites } from 'node:util';

// What a test opens, it closes: sockets, servers, timers, processes, and listeners of the process and of its own signals.

/** How long apart what is still closing is looked at again. */
const pauseMs = 10;

/** Kinds of `process.getActiveResourcesInfo()`, which has only what keeps a process alive. */
const kinds = ['TCPServerWrap', 'PipeServerWrap', 'ProcessWrap', 'FSEventWrap', 'StatWatcher', 'UDPWrap'];

/** Node itself has one listener in a worker thread, and none in a process. */
const exitsOfNode = process.listenerCount('exit');

interface Handled extends Socket {
  readonly _handle?: { readonly hasRef?: () => boolean } | null;
}

/** Those that were opened by a client. What a server has accepted ends with them, or with the server. */
const sockets = new Set<Handled>();
subscribe('net.client.socket', (message) => sockets.add((message as { socket: Handled }).socket));

/** Those of the test and of what it tests: the runner took its own functions before. */
const timers = new Set<NodeJS.Timeout>();

function watchTimers(set: 'setTimeout' | 'setInterval', clear: 'clearTimeout' | 'clearInterval'): void {
  const [start, stop] = [globalThis[set], globalThis[clear]];
  const watchedStart = (run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
    const timer = start(
      (...given: unknown[]) => {
        if (set === 'setTimeout') timers.delete(timer);
        run(...given);
      },
      ms,
      ...args,
    );
    timers.add(timer);
    return timer;
  };
  const watchedStop = (timer: NodeJS.Timeout | undefined) => {
    if (timer !== undefined) timers.delete(timer);
    stop(timer);
  };
  Object.assign(globalThis, {
    // With what `util.promisify` needs.
    [set]: Object.defineProperties(watchedStart, Object.getOwnPropertyDescriptors(start)),
    [clear]: watchedStop,
  });
}

watchTimers('setTimeout', 'clearTimeout');
watchTimers('setInterval', 'clearInterval');

/** Signals of the controllers that tests make: those of a caller, who may keep one for the life of the process. */
const signals = new Set<AbortSignal>();
/** vitest loads each with a query, so that it runs whenever it is asked for. */
const testFile = /\.test\.ts(\?|$)/;
const Controller = globalThis.AbortController;
globalThis.AbortController = class AbortController extends Controller {
  constructor() {
    super();
    // The first site is this constructor.
    if (testFile.test(getCallSites(2)[1]?.scriptName ?? '')) signals.add(this.signal);
  }
};

/** Notes what is open now. The result says what is open beyond that when it is called, after so many looks. */
export function watchResources({ looks = 200 }: { readonly looks?: number } = {}): () => Promise<
  readonly string[]
> {
  timers.clear();
  sockets.clear();
  signals.clear();
  const before = counts();
  const left = () => [...growth(before, counts()), ...runningTimers(), ...openSockets(), ...heldSignals()];
  return async () => {
    for (let look = 0; look < looks && left().length > 0; look += 1)
      await realDelay(pauseMs, undefined, { ref: false });
    return left();
  };
}

function counts(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo())
    if (kinds.includes(kind)) found.set(kind, (found.get(kind) ?? 0) + 1);
  for (const name of process.eventNames())
    // One clean-up of the process may be set up by whichever test needs it first.
    if (name !== 'exit' || process.listenerCount(name) > exitsOfNode + 1)
      found.set(`listener of the process for ${String(name)}`, process.listenerCount(name));
  return found;
}

function growth(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  return [...after].flatMap(([name, count]) => {
    const more = count - (before.get(name) ?? 0);
    return more > 0 ? [`${more} ${name}`] : [];
  });
}

/** Timers that keep the process alive. */
function runningTimers(): string[] {
  return [...timers].filter((timer) => timer.hasRef()).map(() => 'timer');
}

/** Sockets that are in use. An idle connection of a pool keeps no process alive, and may stay. */
function openSockets(): string[] {
  return [...sockets].flatMap((socket) =>
    !socket.destroyed && socket._handle?.hasRef?.() === true
      ? [`socket to port ${socket.remotePort ?? 'unknown'}`]
      : [],
  );
}

function heldSignals(): string[] {
  return [...signals].flatMap((signal) => {
    const { length } = signal.aborted ? [] : getEventListeners(signal, 'abort');
    return length > 0 ? [`${length} listener of a signal of the test`] : [];
  });
}
