// Runs `@aoai/client` from its tarball in workerd, the runtime of Cloudflare Workers: `pnpm --filter @aoai/release check-workerd`.
// Needs a build.
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { packAll, publishedPackages, root } from './workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'aoai-workerd-'));
process.on('SIGINT', () => process.exit(130));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

const { '@aoai/cli': _, ...packages } = Object.fromEntries(publishedPackages());
const tarballs = packAll(new Map(Object.entries(packages)), folder);
writeFileSync(join(folder, 'package.json'), '{"private":true,"type":"module"}');
// As a user has them: without the source condition of this workspace.
const env = { ...process.env, NODE_OPTIONS: '' };
const install = ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
execFileSync('npm', [...install, ...tarballs.values(), 'openai@7', 'esbuild@0', 'miniflare@4'], {
  cwd: folder,
  env,
  stdio: ['ignore', 'ignore', 'inherit'],
});
const sources = join(root, 'tooling', 'release', 'workerd');
for (const name of readdirSync(sources)) copyFileSync(join(sources, name), join(folder, name));

const { status } = spawnSync(process.execPath, ['run.mjs'], { cwd: folder, env, stdio: 'inherit' });
console.log(
  `${status === 0 ? 'ok  ' : 'FAIL'} @aoai/client in workerd: what works and what does not is what its README says`,
);
if (status !== 0) process.exitCode = 1;
