/** A clock that jumps from one timer to the next: minutes of traffic in seconds of work. */
export interface VirtualTime {
  now(): number;
  /** Calls `action` at a time. */
  at(timeMs: number, action: () => void): void;
  /** Stands still until something that takes real time has happened, such as the answer of a server. */
  hold<Value>(real: Promise<Value>): Promise<Value>;
  /** Runs until nothing is left to happen, with `setTimeout` and `clearTimeout` on this clock. */
  run(): Promise<void>;
}

interface Timer {
  dueMs: number;
  order: number;
  action: (() => void) | undefined;
}

/** A clock at zero. */
export function virtualTime(): VirtualTime {
  const heap: Timer[] = [];
  let nowMs = 0;
  let orders = 0;

  function push(timer: Timer): void {
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || !before(timer, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = timer;
  }

  function pop(): Timer | undefined {
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      const [left, right] = [heap[child], heap[child + 1]];
      if (left === undefined) break;
      if (right !== undefined && before(right, left)) child += 1;
      const least = heap[child];
      if (least === undefined || !before(least, last)) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  function at(timeMs: number, action: () => void): Timer {
    const timer = { dueMs: Math.max(timeMs, nowMs), order: (orders += 1), action };
    push(timer);
    return timer;
  }

  function install(): () => void {
    const { setTimeout: realSet, clearTimeout: realClear } = globalThis;
    const set = (action: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      const run = () => {
        action(...args);
      };
      let timer = at(nowMs + ms, run);
      const handle = {
        cancel: () => {
          timer.action = undefined;
        },
        refresh: () => {
          timer.action = undefined;
          timer = at(nowMs + ms, run);
          return handle;
        },
        unref: () => handle,
      };
      return handle;
    };
    const clear = (handle?: { cancel?: () => void }) => handle?.cancel?.();
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
    return () => Object.assign(globalThis, { setTimeout: realSet, clearTimeout: realClear });
  }

  const held = new Set<Promise<unknown>>();

  async function hold<Value>(real: Promise<Value>): Promise<Value> {
    held.add(real);
    try {
      return await real;
    } finally {
      held.delete(real);
    }
  }

  async function run(): Promise<void> {
    const restore = install();
    for (;;) {
      // Everything that promises still have to say.
      await new Promise((resolve) => setImmediate(resolve));
      if (held.size > 0) {
        await Promise.allSettled(held);
        continue;
      }
      const timer = pop();
      if (timer === undefined) break;
      if (timer.action === undefined) continue;
      nowMs = timer.dueMs;
      timer.action();
    }
    restore();
  }

  return { now: () => nowMs, at, hold, run };
}

function before(a: Timer, b: Timer): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
