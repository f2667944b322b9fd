import { lstat, readdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { table } from '../table.ts';
import { line, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { copySample, listSamples } from './samples.ts';

/** Copies a sample out, ready to install; without a name, lists them. */
export async function createNew(
  terminal: Terminal,
  {
    sample,
    folder,
    version,
  }: { readonly sample: string | undefined; readonly folder: string | undefined; readonly version: string },
): Promise<ExitCode> {
  const { out, cwd } = terminal;
  const samples = await listSamples();
  if (sample === undefined) {
    line(
      out,
      table(
        ['SAMPLE', 'WHAT IT SHOWS'],
        samples.map(({ name, description }) => [name, description]),
      ),
    );
    return exitCode.ok;
  }
  if (!samples.some(({ name }) => name === sample)) {
    const known = samples.map(({ name }) => JSON.stringify(name)).join(', ');
    throw new UsageError(
      `Cannot copy the sample ${JSON.stringify(sample)}: there is none. Known samples: ${known}.`,
    );
  }
  const target = resolve(cwd, folder ?? sample);
  const obstacle = await obstacleAt(target);
  if (obstacle !== undefined) {
    throw new UsageError(
      `Cannot copy to ${JSON.stringify(folder ?? sample)}: it is ${obstacle}. Name a new folder.`,
    );
  }
  // Of a link to an empty folder, the folder: a copy would take the link for a file.
  await copySample(sample, await realpath(target).catch(() => target));
  await rename(target);
  await writeFile(join(target, '.gitignore'), 'node_modules\n.env\n', { flag: 'wx' }).catch(() => undefined);
  await writeFile(join(target, 'UPGRADING.md'), upgrading(sample, version));
  const inside = relative(cwd, target);
  const shown = inside.startsWith('..') ? target : inside === '' ? '.' : inside;
  line(out, `Copied ${sample} to ${shown}. Next:`);
  line(out, `\n  cd ${shown}\n  npm install\n  npm start\n`);
  line(
    out,
    'It runs on a mock until it finds Azure settings; README.md says which. UPGRADING.md says how to follow later versions.',
  );
  return exitCode.ok;
}

/** Why nothing can be copied to a path; `undefined` when there is nothing, or an empty folder. */
async function obstacleAt(path: string): Promise<string | undefined> {
  try {
    return (await readdir(path)).length === 0 ? undefined : 'not empty';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return 'a file';
    if (code !== 'ENOENT') throw error;
    const isLink = await lstat(path).then(
      () => true,
      () => false,
    );
    return isLink ? 'a link that leads nowhere' : undefined;
  }
}

/** The copy is a package of its own: it carries the name of its folder. */
async function rename(folder: string): Promise<void> {
  const path = join(folder, 'package.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
  const name = basename(folder)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '');
  await writeFile(path, `${JSON.stringify({ ...manifest, name: name === '' ? 'app' : name }, null, 2)}\n`);
}

function upgrading(sample: string, version: string): string {
  return `# Upgrading

This app was copied from the sample \`${sample}\` of @aoai/cli ${version}. It is yours: nothing changes it but you.

- **Packages**: \`npm outdated\`, then \`npm install @aoai/client@latest\` and so on. Each has a changelog that says what changed and what to do.
- **The sample itself**: see what became of it since, and take what you like:

  \`\`\`sh
  npx @aoai/cli@${version} new ${sample} /tmp/${sample}-then
  npx @aoai/cli@latest new ${sample} /tmp/${sample}-now
  git diff --no-index /tmp/${sample}-then /tmp/${sample}-now
  \`\`\`

- **Azure**: \`npx @aoai/cli@latest config check\` names models and api-versions that retire, and \`npx @aoai/cli@latest doctor\` finds what
  no longer works.
`;
}
