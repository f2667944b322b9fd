import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { expect, test } from 'vitest';
import { startIn, startOf } from './process-start.ts';

const bootedAtMs = 1_000_000;

/** What Linux says of a process that began `ticks` after the start of the machine. */
const stat = (state: string, ticks: number | string, name = 'node') =>
  `7 (${name}) ${state} ${Array.from({ length: 18 }, (_, index) => index).join(' ')} ${ticks} 99 99\n`;

test.each<[string, string, number | undefined]>([
  ['runs', stat('R', 250), 1_002_500],
  ['sleeps', stat('S', 0), 1_000_000],
  ['has a name with brackets and spaces', stat('S', 1, 'a) Z (b) 1'), 1_000_010],
  ['was killed and not reaped yet', stat('Z', 250), undefined],
  ['is dead', stat('X', 250), undefined],
  ['is told of in another way', stat('S', 'x'), -Infinity],
  ['is not told of', '', -Infinity],
])('of a process that %s, Linux tells when it began', (_, text, startedAtMs) => {
  expect(startIn(text, bootedAtMs)).toBe(startedAtMs);
});

test('this process began when its own clock did', () => {
  expect(Math.abs((startOf(process.pid) ?? 0) - performance.timeOrigin)).toBeLessThan(1_000);
});

test('another process began when it was started, and has ended when it has', async () => {
  const beforeMs = Date.now();
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)']);
  const pid = child.pid ?? 0;
  const startedAtMs = startOf(pid);
  child.kill('SIGKILL');
  await once(child, 'close');
  // Only Linux tells when; its clock counts in hundredths of a second.
  if (process.platform === 'linux') expect(Math.abs((startedAtMs ?? 0) - beforeMs)).toBeLessThan(5_000);
  else expect(startedAtMs).toBe(-Infinity);
  expect(startOf(pid)).toBeUndefined();
});
