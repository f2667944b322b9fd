import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root, StepError } from './run-step.mjs';

const defaultApp = 'quickstart';

/** What can be started: the apps of the workspace, and its documentation. Name, folder and description. */
function apps() {
  const samples = readdirSync(join(root, 'apps'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'apps', entry.name, 'package.json')))
    .map(({ name }) => ({ name, folder: join('apps', name) }));
  return [...samples, { name: 'docs', folder: join('tooling', 'docs') }].map((app) => ({
    ...app,
    description: JSON.parse(readFileSync(join(root, app.folder, 'package.json'), 'utf8')).description ?? '',
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
  if (name.endsWith('.ts')) return startFile(name, args);
  const known = apps();
  const app = known.find((each) => each.name === name);
  if (app === undefined) {
    throw new StepError(
      `there is no app ${JSON.stringify(name)}`,
      `Known apps: ${known.map((each) => JSON.stringify(each.name)).join(', ')}. \`npm start -- --list\` describes them.`,
      2,
    );
  }
  const cwd = join(root, app.folder);
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const commands = scripts.start.split(' && ').map((command) => onSources(command.split(' ')));
  return { cwd, commands: [...commands.slice(0, -1), [...(commands.at(-1) ?? []), ...args]] };
}

/** One file of the workspace, such as a first try beside a sample. It imports what its package has. */
function startFile(path, args) {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new StepError(`there is no file ${JSON.stringify(path)}`, 'Name a file as seen from here.', 2);
  }
  return { cwd: root, commands: [onSources(['node', file, ...args])] };
}

function onSources([program, ...args]) {
  if (program === 'node') return ['node', '--conditions=@aoai/source', ...args];
  if (program === 'vite') return ['node', 'node_modules/vite/bin/vite.js', ...args];
  throw new StepError(
    `cannot run ${JSON.stringify(program)}`,
    'A start script runs node and vite, nothing else.',
  );
}
