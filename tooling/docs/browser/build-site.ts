import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Builds the site once for all checks. */
export async function setup(): Promise<void> {
  const program = fileURLToPath(new URL('../build.ts', import.meta.url));
  await promisify(execFile)(process.execPath, ['--conditions=@aoai/source', program], { maxBuffer: 1e8 });
}
