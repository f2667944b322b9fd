import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../documents.ts';

const run = promisify(execFile);

/** Every command of `aoai` and `aoai-mock`, as its own `--help` says it. */
export async function cliPage(): Promise<string> {
  const commands = await subcommands([]);
  const sections = await Promise.all(
    commands.map(async (command) => `## aoai ${command.join(' ')}\n\n${fenced(await help(command))}`),
  );
  return [
    '# Command line',
    'The package `@aoai/cli` brings the command `aoai`. Each command explains itself with `--help`; this page is what they print.',
    `## aoai\n\n${fenced(await help([]))}`,
    ...sections,
  ].join('\n\n');
}

function fenced(text: string): string {
  return `\`\`\`text\n${text.trim()}\n\`\`\``;
}

/** The commands that do something: those of the help, and of the help of commands that only hold others. */
async function subcommands(path: readonly string[]): Promise<readonly (readonly string[])[]> {
  const commands = (await help(path)).split(/^Commands:$/m)[1] ?? '';
  const names = [...commands.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
  const found = await Promise.all(
    names
      .filter((name) => name !== 'help')
      .map(async (name) => {
        const below = await subcommands([...path, name]);
        return below.length > 0 ? below : [[...path, name]];
      }),
  );
  return found.flat();
}

async function help(command: readonly string[]): Promise<string> {
  const program = join(root, 'packages/cli/src/bin.ts');
  const options = { env: { ...process.env, NO_COLOR: '1', COLUMNS: '90' } };
  const { stdout } = await run(
    process.execPath,
    ['--conditions=@aoai/source', program, ...command, '--help'],
    options,
  );
  return stdout;
}
