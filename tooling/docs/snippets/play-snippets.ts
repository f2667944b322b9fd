// Runs snippets in this process, one after the other: `node play-snippets.ts FILE…`. Prints what each of them came to as a line of
// JSON. To start a process for each would load the packages as often.
import type { Played } from './snippets.ts';

const { stdout } = process;
const write = stdout.write.bind(stdout);
const played: Played[] = [];
for (const path of process.argv.slice(2)) {
  let printed = '';
  stdout.write = (text: string | Uint8Array) => {
    printed += String(text);
    return true;
  };
  const error = await import(path).then(
    () => undefined,
    (thrown: unknown) => (thrown instanceof Error ? thrown.stack : String(thrown)),
  );
  stdout.write = write;
  played.push({ path, printed, ...(error === undefined ? undefined : { error }) });
}
// At the very end: a snippet that leaves something open keeps this from coming.
process.once('exit', () => write(JSON.stringify(played)));
