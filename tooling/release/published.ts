import { report } from './checks.ts';

/** What a registry says of one version of a package. */
export interface PublishedManifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** All versions of a package in a registry, and its dist-tags. */
export interface PublishedPackage {
  readonly versions: Readonly<Record<string, PublishedManifest>>;
  readonly 'dist-tags': Readonly<Record<string, string>>;
}

export async function publishedPackage(registry: string, name: string): Promise<PublishedPackage> {
  const response = await fetch(`${registry}${name.replace('/', '%2f')}`);
  if (!response.ok) throw new Error(`${name} was not published: the registry says ${response.status}.`);
  return (await response.json()) as PublishedPackage;
}

/**
 * A published manifest says nothing that only this workspace understands, wants the versions of our own packages that
 * were published with it, and says where it comes from.
 */
export function checkManifest(manifest: PublishedManifest, versions: ReadonlyMap<string, string>): void {
  const { name, version } = manifest;
  const dependencies = { ...manifest.dependencies, ...manifest.peerDependencies };
  const foreign = Object.entries(dependencies).filter(([, range]) =>
    /^(workspace|catalog|file|link):/.test(range),
  );
  report(`${name}@${version}: every dependency is a range`, foreign.length === 0, JSON.stringify(foreign));
  const wrong = Object.entries(dependencies).filter(([dependency, range]) => {
    const published = versions.get(dependency);
    return published !== undefined && range !== `^${published}`;
  });
  report(`${name}@${version}: wants what was published with it`, wrong.length === 0, JSON.stringify(wrong));
  const missing = ['repository', 'homepage', 'bugs', 'keywords', 'license', 'engines'].filter(
    (field) => manifest[field] === undefined,
  );
  report(
    `${name}@${version}: says where it comes from`,
    missing.length === 0,
    `Missing: ${missing.join(', ')}.`,
  );
}
