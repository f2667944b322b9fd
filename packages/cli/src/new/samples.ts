import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { readSampleFolder, writeFiles } from './sample-files.ts';
import type { SampleFiles } from './sample-files.ts';
import { standaloneManifest, type Versions } from './sample.ts';

/** A sample that can be copied out. */
export interface Sample {
  readonly name: string;
  readonly description: string;
}

/** Beside `src` and `dist` in the published package. */
const packed = fileURLToPath(new URL('../../samples', import.meta.url));
const workspace = fileURLToPath(new URL('../../../..', import.meta.url));
/** In the workspace the samples themselves are used: copies would become outdated. */
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

/** The files of a sample by their path, with every version in its manifest written out. */
export async function filesOfSample(name: string): Promise<SampleFiles> {
  const files = await readSampleFolder(join(samples, name));
  if (!isWorkspace) return files;
  const manifest = JSON.parse(files.get('package.json')?.toString() ?? '{}') as Record<string, unknown>;
  const standalone = standaloneManifest(manifest, await workspaceVersions());
  return new Map(files).set('package.json', Buffer.from(`${JSON.stringify(standalone, null, 2)}\n`));
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
export async function packSamples(folder: string = packed): Promise<void> {
  for (const { name } of await listSamples()) {
    const files = await filesOfSample(name);
    // npm obeys a `.gitignore` and does not pack it.
    await writeFiles(
      join(folder, name),
      new Map([...files].map(([path, bytes]) => [path === '.gitignore' ? '_gitignore' : path, bytes])),
    );
  }
}
