// The public types of each entry point, as reports that are reviewed and kept in git: `packages/*/api/*.api.md`.
//
//   pnpm --filter @aoai/release api                     writes the reports; look at their differences, then commit them
//   pnpm --filter @aoai/release api --check             fails when a report is not what the build says, or when it has changed
//                                                       since the last release without a changeset of the right size
//   pnpm --filter @aoai/release api --check --since REF the same since a commit, such as the base of a pull request
//
// Needs a build.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { isEnough, neededSize, sizeOf, sizesOf } from './api-change.ts';
import { apiReport } from './api-report.ts';
import { report } from './checks.ts';
import { changesets, fileAt, lastRelease } from './history.ts';
import { entryPoints, publishedPackages, root, type Manifest } from './workspace.ts';

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, since: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'aoai-api-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

for (const manifest of publishedPackages().values()) {
  const reports = entryPoints(manifest).map((entry) => {
    const name = entry === manifest.name ? 'index' : entry.slice(manifest.name.length + 1);
    const path = join(folderOf(manifest.name), 'api', `${name}.api.md`);
    return { entry, path, text: apiReport({ project: folderOf(manifest.name), entry: name }, folder) };
  });
  if (values.check) {
    for (const each of reports) checkReport(each);
    checkSize(manifest, reports);
  } else {
    for (const { path, text } of reports) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  }
}

interface Report {
  readonly entry: string;
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

function checkReport({ entry, path, text }: Report): void {
  report(
    `${entry}: its public types are those of ${path}`,
    textOf(path) === text,
    'They have changed. Run `pnpm --filter @aoai/release api` and look at the difference.',
  );
}

/** Whoever changes the public types says so in a changeset, and says how much it matters. */
function checkSize({ name, version }: Manifest, reports: readonly Report[]): void {
  const since = values.since ?? lastRelease(folderOf(name));
  const change = sizeOf(
    reports.map(({ path, text }) => ({
      before: since === undefined ? '' : (fileAt(since, path) ?? ''),
      after: text,
    })),
  );
  const needed = neededSize(change, version);
  const found = sizesOf(name, changesets(values.since));
  report(
    `${name}: a changeset says what has changed since ${since ?? 'the beginning'}`,
    isEnough(found, needed),
    `Its public types have ${change === 'breaking' ? 'changed or lost something' : 'gained something'}. ` +
      `Add a changeset with '${name}': ${needed ?? ''} (\`pnpm changeset\`).`,
  );
}

function folderOf(name: string): string {
  return join('packages', name.slice('@aoai/'.length));
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
