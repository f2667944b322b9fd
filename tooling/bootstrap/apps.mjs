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

/** The command that runs an app on the sources of the workspace. */
export function startApp([name = defaultApp, ...args]) {
  const known = apps().map((app) => app.name);
  if (!known.includes(name)) {
    throw new StepError(
      `there is no app ${JSON.stringify(name)}`,
      `Known apps: ${known.map((app) => JSON.stringify(app)).join(', ')}. \`npm start -- --list\` describes them.`,
      2,
    );
  }
  return ['node', '--conditions=@aoai/source', `apps/${name}/src/main.ts`, ...args];
}
