/** The versions that `workspace:` and `catalog:` stand for, for samples that leave the workspace. */
export interface Versions {
  /** Our packages by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** Everything else by name. */
  readonly catalog: Readonly<Record<string, string>>;
}

type Manifest = Readonly<Record<string, unknown>>;

/** The manifest of a sample as it stands outside the workspace: every version written out. */
export function standaloneManifest(manifest: Manifest, versions: Versions): Manifest {
  const sections = ['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'];
  return Object.fromEntries(
    Object.entries(manifest).map(([key, value]) => [
      key,
      sections.includes(key) ? resolved(value as Dependencies, versions) : value,
    ]),
  );
}

type Dependencies = Readonly<Record<string, string>>;

function resolved(dependencies: Dependencies, versions: Versions): Dependencies {
  return Object.fromEntries(
    Object.entries(dependencies).map(([name, range]) => {
      if (range.startsWith('workspace:')) return [name, `^${known(versions.packages, name)}`];
      return [name, range.startsWith('catalog:') ? known(versions.catalog, name) : range];
    }),
  );
}

function known(versions: Readonly<Record<string, string>>, name: string): string {
  const version = versions[name];
  if (version === undefined)
    throw new RangeError(`Cannot write out the version of ${JSON.stringify(name)}: it is in no catalog.`);
  return version;
}

/** Whether a file of a sample is copied: not one of the workspace, not generated, not secret. */
export function belongsToSample(path: string): boolean {
  const parts = path.split(/[\\/]/);
  const isWorkspace = /^(?:turbo\.json|eslint\.config\.js)$/.test(path);
  const isMade =
    parts.some((part) => /^(?:node_modules|dist|coverage|\.turbo|\.data|test-results)$/.test(part)) ||
    /\.db(?:-wal|-shm)?$/.test(path) ||
    /^evidence[\\/]report\./.test(path);
  const isSecret = /^\.env(?:\..+)?$/.test(parts.at(-1) ?? '') && parts.at(-1) !== '.env.example';
  return !isWorkspace && !isMade && !isSecret;
}
