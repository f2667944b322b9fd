import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import process from 'node:process';

/** When a process began; `undefined` for one that has ended, `-Infinity` where that cannot be known. */
export function startOf(pid: number): number | undefined {
  // The first process of a container always has the same number, whether it runs for the first time or again.
  if (pid === process.pid) return Date.now() - process.uptime() * 1_000;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  try {
    return startIn(readFileSync(`/proc/${pid}/stat`, 'latin1'), Date.now() - uptime() * 1_000);
  } catch {
    return -Infinity;
  }
}

/** USER_HZ of every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** The same from what Linux says of the process, on a machine that was started at `bootedAtMs`. */
export function startIn(stat: string, bootedAtMs: number): number | undefined {
  // proc_pid_stat(5): the fields after the name in brackets; the first is the state, the twentieth the start in ticks.
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  // A zombie: killed, but not yet reaped.
  if (['Z', 'X'].includes(state)) return undefined;
  const startedAtMs = bootedAtMs + (Number(fields[18]) / ticksPerSecond) * 1_000;
  return Number.isFinite(startedAtMs) ? startedAtMs : -Infinity;
}
