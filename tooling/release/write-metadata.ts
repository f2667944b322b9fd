// Makes the manifests and READMEs of the packages ready to be published: writes where they come from, and leads relative
// links to the repository. Changes files that a release publishes and nobody commits. `pnpm release` runs it.
// `--no-provenance` for a registry that cannot verify where a package was built.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { metadataOf, relativeLinks, repositoryAddress, withAbsoluteLinks } from './metadata.ts';
import { publishedPackages, root } from './workspace.ts';

const { values } = parseArgs({
  options: { provenance: { type: 'boolean', default: true } },
  allowNegative: true,
});
const address = repositoryAddress(readJson('package.json'));
const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();

for (const name of publishedPackages().keys()) {
  const directory = `packages/${name.slice('@aoai/'.length)}`;
  const manifest = readJson(`${directory}/package.json`);
  for (const field of ['description', 'keywords', 'license']) {
    if (manifest[field] === undefined) throw new Error(`Cannot release ${name} without \`${field}\`.`);
  }
  const published = {
    ...manifest,
    ...metadataOf(address, directory),
    publishConfig: { ...(manifest['publishConfig'] as object), provenance: values.provenance },
  };
  writeFileSync(join(root, directory, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  const readme = join(root, directory, 'README.md');
  const page = readFileSync(readme, 'utf8');
  for (const link of relativeLinks(page)) {
    if (!existsSync(join(root, directory, link)))
      throw new Error(
        `Cannot release ${name}: its README links to ${JSON.stringify(link)}, which does not exist.`,
      );
  }
  writeFileSync(readme, withAbsoluteLinks(page, { address, commit, directory }));
  console.log(`${name}: from ${address}/tree/main/${directory}`);
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;
}
