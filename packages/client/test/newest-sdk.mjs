// Runs the contract of the SDK on the newest published `openai`. Its failure is news, not a fault of a change here: it is
// printed so that nobody overlooks it, and never fails CI. Neither does a registry that cannot be reached.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = join(import.meta.dirname, '..');
const alias = join(here, 'node_modules', 'openai-newest');
const folder = mkdtempSync(join(tmpdir(), 'aoai-newest-sdk-'));

function warn(text) {
  const line = '!'.repeat(100);
  console.error(`${line}\n${text}\n${line}`);
}

try {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const install = spawnSync('npm', ['install', '--no-audit', '--no-fund', 'openai@latest'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 120_000,
  });
  if (install.status !== 0) {
    warn(`The newest openai was not tried: npm could not install it.\n${install.stderr ?? ''}`);
  } else {
    const installed = join(folder, 'node_modules', 'openai');
    const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    rmSync(alias, { force: true });
    symlinkSync(installed, alias);
    // Schemas of the tests are of the workspace's zod.
    symlinkSync(join(here, 'node_modules', 'zod'), join(folder, 'node_modules', 'zod'));
    const run = spawnSync('pnpm', ['exec', 'vitest', 'run', '--config', 'vitest.newest-openai.config.ts'], {
      cwd: here,
      stdio: 'inherit',
      // The alias leads out of the workspace: what is found there keeps its place in `node_modules`.
      env: { ...process.env, NO_COLOR: '1' },
    });
    if (run.status === 0) console.log(`The client keeps its contract on openai ${version}, the newest.`);
    else
      warn(
        `openai ${version}, the newest, FAILS the contract of the client (allowed). The failed tests are above.\n` +
          'If only `compared-sdk.test.ts` fails, calls take the slow path there: compare the fast path with its code.',
      );
  }
} finally {
  rmSync(alias, { force: true });
  rmSync(folder, { recursive: true, force: true });
}
