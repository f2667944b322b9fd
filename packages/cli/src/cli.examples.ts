import { exitCode, run } from '@aoai/cli';
import type { Terminal } from '@aoai/cli';

/** Checks a config from your own program. */
export async function checkIn(terminal: Terminal): Promise<boolean> {
  //#region run
  const code = await run(['config', 'check', '--json'], terminal);
  const isFine = code === exitCode.ok;
  //#endregion
  return isFine;
}
