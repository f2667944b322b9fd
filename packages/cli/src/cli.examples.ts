import { exitCode, run } from '@aoai/cli';
import type { Terminal } from '@aoai/cli';

/** Checks a config in a program of one's own. */
export async function checkIn(terminal: Terminal): Promise<boolean> {
  //#region run
  const code = await run(['config', 'check', '--json'], terminal);
  const isFine = code === exitCode.ok;
  //#endregion
  return isFine;
}
