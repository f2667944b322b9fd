// The program itself, loaded after the Node.js version was checked.
import { exitCode } from './exit-code.ts';
import { run } from './program.ts';

const interrupt = new AbortController();
let interruptedCode: number = exitCode.interrupted;
/** How long a command may take to end cleanly: a mock gives the calls under way two seconds. */
const endsWithinMs = 4_000;
// The first signal ends the command cleanly, the second at once.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => {
    if (interrupt.signal.aborted) process.exit(code);
    interruptedCode = code;
    setTimeout(() => process.exit(code), endsWithinMs).unref();
    interrupt.abort(new Error('Interrupted.'));
    // Ends a wait for input.
    process.stdin.destroy();
  });
}
// A reader that closes the pipe early, such as `grep -q`, is not an error and does not change the result.
for (const output of [process.stdout, process.stderr]) {
  output.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
}

const code = await run(process.argv.slice(2), {
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
process.exitCode = code === exitCode.interrupted ? interruptedCode : code;
if (interrupt.signal.aborted) {
  // What cannot be stopped is left: the look-up of a name, the token request of another package.
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit();
}

/** Waits until all that was written has left this process, or nobody reads it any more. */
function written(output: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    output.write('', () => {
      resolve();
    });
  });
}
