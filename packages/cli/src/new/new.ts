import { readdir, readFile, writeFile } from 'node:fs/promises';
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
  if (!(await isEmpty(target))) {
    throw new UsageError(
      `Cannot copy to ${JSON.stringify(folder ?? sample)}: it is not empty. Name a new folder.`,
    );
  }
  await copySample(sample, target);
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

async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
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
