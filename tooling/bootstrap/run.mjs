// Entry point of `npm start` and `npm test`.
//
// Works in a bare clone with any Node.js >= 18 and npm: takes the pinned Node.js and pnpm from the npm registry
// when those at hand do not fit, installs the workspace, then runs the task.
// Plain JavaScript without dependencies: it runs before anything is installed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listApps, startApp } from './apps.mjs';
import { root, run, StepError } from './run-step.mjs';
import { missingTools, pathWith } from './tools.mjs';

const usage = `Usage:
  npm start                    run the quickstart
  npm start -- --list          name the apps and the documentation
  npm start -- <app> [args]    run one app
  npm start -- docs            build the documentation and serve it
  npm start -- <file>.ts       run one file on the sources of the workspace
  npm test [-- vitest args]    run the tests of all packages and apps

  node tooling/bootstrap/run.mjs exec <command> [args]
                               run any command with the workspace's own Node.js and pnpm`;

async function main([task, ...rest]) {
  if (!['start', 'test', 'exec'].includes(task) || (task === 'exec' && rest.length === 0))
    return fail(usage, 2);
  if (task === 'start' && (rest[0] === '--help' || rest[0] === '-h')) return say(usage);
  // What can be answered without an installation is.
  if (task === 'start' && rest[0] === '--list') return say(listApps());
  const { commands, cwd } = commandsOf(task, rest);
  await setUp();
  for (const command of commands) {
    process.exitCode = await run(command, { cwd });
    if (process.exitCode !== 0) return;
  }
}

function commandsOf(task, rest) {
  if (task === 'start') return startApp(rest);
  if (task === 'exec') return { commands: [rest] };
  // The closing line is read by scripts too: colours only for people.
  if (!process.stdout.isTTY) process.env.NO_COLOR ??= '1';
  return { commands: [['node', 'node_modules/vitest/vitest.mjs', 'run', ...rest]] };
}

async function setUp() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const nodeVersion = readFileSync(join(root, '.node-version'), 'utf8').trim();
  const missing = missingTools({ packageManager, nodeVersion });
  if (missing.length > 0) {
    console.error(`setup: fetching ${missing.join(' and ')} from the npm registry (once, about 10 s)`);
    pathWith(missing);
  }
  console.error('setup: installing the workspace (pnpm install)');
  const started = Date.now();
  const code = await run(
    ['pnpm', 'install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'],
    {
      quiet: true,
    },
  );
  if (code !== 0) {
    throw new StepError(
      'pnpm install failed; its output is above',
      'Check that the npm registry can be reached, then run the same command again.',
      code,
    );
  }
  console.error(`setup: ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

function say(text) {
  console.log(text);
}

function fail(text, code) {
  console.error(text);
  process.exitCode = code;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  fail(`setup: ${error.message}.\n${error.remedy}`, error.exitCode);
}
