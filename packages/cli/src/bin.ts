#!/usr/bin/env node
import { run } from './program.ts';

const interrupt = new AbortController();
// The first Ctrl-C ends the command in order, the second at once.
process.once('SIGINT', () => {
  interrupt.abort(new Error('Interrupted.'));
  // Whoever waits for input waits no longer.
  process.stdin.destroy();
  process.once('SIGINT', () => process.exit(130));
});
// A reader that has seen enough, such as `head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  input: process.stdin,
  out: { isTTY: process.stdout.isTTY, write: (text) => void process.stdout.write(text) },
  err: { isTTY: process.stderr.isTTY, write: (text) => void process.stderr.write(text) },
  signal: interrupt.signal,
  now: Date.now,
});
