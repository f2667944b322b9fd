/** How much longer a target takes when more attempts are under way at it: no longer for most, in proportion where they queue. */
export interface LoadEffect {
  /** An attempt that was sent as the `load`-th under way was answered after `logMs` (a logarithm). */
  add(load: number, logMs: number): void;
  /** What to add to the logarithm of the usual time for the next one, as the `load`-th. */
  at(load: number): number;
}

/** How many of the latest answers are compared. */
const remembered = 64;
const enough = 12;
/** A slope of fewer standard errors than this counts as zero. */
const certainty = 1.5;
/** The most that one slow answer counts, so that it does not look like a queue. */
const clip = 1;

/** Learns the slope of time over load, both as logarithms, between 0 and 1. Starts with 0: no effect. */
export function loadEffect(): LoadEffect {
  const loads: number[] = [];
  const times: number[] = [];
  let next = 0;
  let slope = 0;
  let usualLoad = 0;

  function learn(): void {
    const count = loads.length;
    if (count < enough) return;
    const meanTime = mean(times);
    usualLoad = mean(loads);
    let spread = 0;
    let product = 0;
    let rest = 0;
    for (let at = 0; at < count; at += 1) {
      const x = (loads[at] ?? 0) - usualLoad;
      const y = Math.min(clip, Math.max(-clip, (times[at] ?? 0) - meanTime));
      spread += x * x;
      product += x * y;
      rest += y * y;
    }
    if (spread < 0.5) {
      slope = 0;
      return;
    }
    const found = product / spread;
    const error = Math.sqrt(Math.max(0, rest - found * product) / (count - 2) / spread);
    slope = found < certainty * error ? 0 : Math.min(1, found);
  }

  return {
    add: (load, logMs) => {
      loads[next] = Math.log(load);
      times[next] = logMs;
      next = (next + 1) % remembered;
      if (next % 4 === 0) learn();
    },
    at: (load) => (slope === 0 ? 0 : slope * (Math.log(load) - usualLoad)),
  };
}

function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
