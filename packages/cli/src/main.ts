// The program, once it is known that this Node.js can run it.
import { run } from './program.ts';

const interrupt = new AbortController();
// The first signal ends the command in order, the second at once.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(code);
    interrupt.abort(new Error('Interrupted.'));
    // Whoever waits for input waits no longer.
    process.stdin.destroy();
  });
}
// A reader that has seen enough, such as `grep -q`, is no error, and does not change what was found.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  input: process.stdin,
  out: { isTTY: process.stdout.isTTY, write: (text) => void process.stdout.write(text) },
  err: { isTTY: process.stderr.isTTY, write: (text) => void process.stderr.write(text) },
  signal: interrupt.signal,
  now: Date.now,
  // Some terminals have no size, and a list of choices cannot be drawn there.
  ...(process.stdin.isTTY &&
    process.stderr.isTTY &&
    process.stderr.columns > 0 && { keyboard: { input: process.stdin, output: process.stderr } }),
});
