// The program, once it is known that this Node.js can run it.
import process from 'node:process';
import { runMock } from './run-mock.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
// A reader that has gone, such as `head`, is no reason to die.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const { stdout, stderr, env } = process;
process.exit(await runMock(process.argv.slice(2), { stdout, stderr, env, stop: stop.signal }));
