// The program itself, loaded after the Node.js version was checked.
import process from 'node:process';
import { runMock } from './run-mock.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // A second signal ends the program at once.
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}
// A reader that closes the pipe, such as `head`, must not end the program.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const { stdout, stderr, env } = process;
process.exit(await runMock(process.argv.slice(2), { stdout, stderr, env, stop: stop.signal }));
