import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { belongsToSample, standaloneManifest, type Versions } from './sample.ts';

/** A sample that can be copied out. */
export interface Sample {
  readonly name: string;
  readonly description: string;
}

/** Beside `src` and `dist` in the published package. */
const packed = fileURLToPath(new URL('../../samples', import.meta.url));
const workspace = fileURLToPath(new URL('../../../..', import.meta.url));
/** In the workspace the samples themselves are used: copies would grow old. */
const isWorkspace = existsSync(join(workspace, 'packages', 'cli', 'pack-samples.ts'));
const samples = isWorkspace ? join(workspace, 'apps') : packed;

/** The samples, by name. */
export async function listSamples(): Promise<readonly Sample[]> {
  const entries = await readdir(samples, { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && existsSync(join(samples, entry.name, 'package.json')))
      .map(async ({ name }) => {
        const manifest = await readManifest(join(samples, name, 'package.json'));
        return {
          name,
          description: typeof manifest['description'] === 'string' ? manifest['description'] : '',
        };
      }),
  );
  return found.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Copies a sample to a folder, which is empty or not there yet, with every version in its manifest written out. */
export async function copySample(name: string, target: string): Promise<void> {
  const source = join(samples, name);
  await cp(source, target, {
    recursive: true,
    filter: (path) => belongsToSample(relative(source, path)),
  });
  if (!isWorkspace) return;
  const path = join(target, 'package.json');
  const manifest = standaloneManifest(await readManifest(path), await workspaceVersions());
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** What `workspace:` and `catalog:` stand for. */
async function workspaceVersions(): Promise<Versions> {
  const text = await readFile(join(workspace, 'pnpm-workspace.yaml'), 'utf8');
  const { catalog = {} } = parse(text) as { catalog?: Record<string, string> };
  const names = ['auth', 'cli', 'client', 'config', 'testing'];
  const packages = await Promise.all(
    names.map(async (name) => {
      const { version } = await readManifest(join(workspace, 'packages', name, 'package.json'));
      return [`@aoai/${name}`, String(version)] as const;
    }),
  );
  return { packages: Object.fromEntries(packages), catalog };
}

async function readManifest(path: string): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
}

/** Copies every sample into the package, when it is packed. */
export async function packSamples(): Promise<void> {
  for (const { name } of await listSamples()) await copySample(name, join(packed, name));
}
