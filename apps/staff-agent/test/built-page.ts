// How to use it: `await buildPage()` before a test that opens the page in a browser. The same file stands in every sample.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds the page when it is not there yet. Test files run side by side: each builds in a folder of its own, the first wins. */
export async function buildPage(): Promise<void> {
  const page = join(root, 'dist', 'web');
  if (existsSync(join(page, 'index.html'))) return;
  await mkdir(join(root, 'dist'), { recursive: true });
  const outDir = await mkdtemp(join(root, 'dist', 'page-'));
  await build({ root: join(root, 'web'), logLevel: 'error', build: { outDir, emptyOutDir: true } });
  await rename(outDir, page).catch(() => rm(outDir, { recursive: true, force: true }));
}
