import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, StepError } from './run-step.mjs';

const defaultApp = 'quickstart';

/** The apps of the workspace: folder name and description. */
function apps() {
  return readdirSync(join(root, 'apps'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'apps', entry.name, 'package.json')))
    .map(({ name }) => ({
      name,
      description:
        JSON.parse(readFileSync(join(root, 'apps', name, 'package.json'), 'utf8')).description ?? '',
    }));
}

/** The apps as a table for people. */
export function listApps() {
  const rows = apps();
  const width = Math.max(...rows.map(({ name }) => name.length));
  return rows.map(({ name, description }) => `${name.padEnd(width)}  ${description}`).join('\n');
}

/**
 * The commands of an app's own `start` script, one after the other, on the sources of the workspace. They are run without a
 * shell and without pnpm, so that a signal reaches the app itself.
 */
export function startApp([name = defaultApp, ...args]) {
  const known = apps().map((app) => app.name);
  if (!known.includes(name)) {
    throw new StepError(
      `there is no app ${JSON.stringify(name)}`,
      `Known apps: ${known.map((app) => JSON.stringify(app)).join(', ')}. \`npm start -- --list\` describes them.`,
      2,
    );
  }
  const cwd = join(root, 'apps', name);
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const commands = scripts.start.split(' && ').map((command) => onSources(command.split(' ')));
  return { cwd, commands: [...commands.slice(0, -1), [...(commands.at(-1) ?? []), ...args]] };
}

function onSources([program, ...args]) {
  if (program === 'node') return ['node', '--conditions=@aoai/source', ...args];
  if (program === 'vite') return ['node', 'node_modules/vite/bin/vite.js', ...args];
  throw new StepError(
    `cannot run ${JSON.stringify(program)}`,
    'A start script runs node and vite, nothing else.',
  );
}
