import { filesOfSample } from './samples.ts';
import type { SampleFiles } from './sample-files.ts';

/** A sample as it is copied into your folder. */
export interface CopyOptions {
  readonly sample: string;
  /** Version of the package that the sample comes from. */
  readonly version: string;
  /** Name of the new package. */
  readonly packageName: string;
}

/** The files of a copy: those of the sample, under its own name, with what every copy has. */
export async function filesOfCopy({ sample, ...options }: CopyOptions): Promise<SampleFiles> {
  return asCopy(await filesOfSample(sample), { sample, ...options });
}

/** The same for a sample that was read from elsewhere, such as an older version of the package. */
export function asCopy(files: SampleFiles, { sample, version, packageName }: CopyOptions): SampleFiles {
  const copy = new Map(files);
  const manifest = JSON.parse(files.get('package.json')?.toString() ?? '{}') as Record<string, unknown>;
  copy.set('package.json', text(JSON.stringify({ ...manifest, name: packageName }, null, 2)));
  copy.set('UPGRADING.md', text(upgrading(sample, version)));
  if (!copy.has('.gitignore')) copy.set('.gitignore', text('node_modules\ndist\n.data\n.env'));
  return copy;
}

function text(content: string): Buffer {
  return Buffer.from(`${content}\n`);
}

function upgrading(sample: string, version: string): string {
  return `# Upgrading

This app was copied from the sample \`${sample}\` of @aoai/cli ${version}. It is yours: nothing changes it but you.

- **Packages**: \`npm outdated\`, then \`npm install @aoai/client@latest\` and so on. Each has a changelog that says what changed and what to do.
- **The sample itself**: \`npx @aoai/cli@latest new --diff\` shows what changed in the sample since your copy, and what you changed;
  \`npx @aoai/cli@latest new --update\` applies it, with conflicts marked as git does. \`.aoai/sample.json\` remembers what was copied.
- **Azure**: \`npx @aoai/cli@latest config check\` names models and api-versions that retire, and \`npx @aoai/cli@latest doctor\` finds what
  no longer works.`;
}
