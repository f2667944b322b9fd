import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The manifests of the packages that are published, by name. */
export function publishedPackages(): Map<string, Manifest> {
  const folder = join(root, 'packages');
  const manifests = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as Manifest,
  );
  return new Map(
    manifests.filter((manifest) => manifest.private !== true).map((manifest) => [manifest.name, manifest]),
  );
}

/** A package and every package of ours that it needs. */
export function closure(name: string, packages: ReadonlyMap<string, Manifest>): string[] {
  const needed = new Set([name]);
  for (const each of needed) {
    for (const dependency of Object.keys(packages.get(each)?.dependencies ?? {})) {
      if (packages.has(dependency)) needed.add(dependency);
    }
  }
  return [...needed];
}

/** What can be imported of a package, but for its JSON files. */
export function entryPoints({ name, exports }: Manifest): string[] {
  return Object.keys(exports)
    .filter((path) => !path.endsWith('.json'))
    .map((path) => name + path.slice(1));
}

/** Entry points that need a peer which a team installs only when it wants them, and that peer. */
export const optionalPeers: Readonly<Record<string, string>> = { '@aoai/testing/vitest': 'vitest' };

/** Packs every published package as `pnpm publish` would; returns the tarball of each. */
export function packAll(packages: ReadonlyMap<string, Manifest>, destination: string): Map<string, string> {
  const tarballs = new Map<string, string>();
  for (const { name, version } of packages.values()) {
    execFileSync('pnpm', ['--filter', name, 'pack', '--pack-destination', destination], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    tarballs.set(name, join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`));
  }
  return tarballs;
}
