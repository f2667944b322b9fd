import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** How a package manager installs, and how it runs a file with Node.js. */
export interface PackageManager {
  readonly name: string;
  prepare?(cwd: string): void;
  add(packages: readonly string[]): readonly string[];
  node(file: string): readonly string[];
  /** Runs a program of an installed package. */
  program(name: string, args: readonly string[]): readonly string[];
}

/** The package managers that a team may have; `bin` is where those of npm are installed. */
export function packageManagers(bin: string): readonly PackageManager[] {
  const yarn = join(bin, 'yarn');
  const bun = join(bin, 'bun');
  const plain = (file: string) => [process.execPath, file];
  return [
    {
      name: 'npm',
      add: (packages) => ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', ...packages],
      node: plain,
      program: (name, args) => ['npx', '--no-install', name, ...args],
    },
    {
      name: 'pnpm',
      // Packages that were published a minute ago are what is tried here.
      add: (packages) => ['pnpm', 'add', '--config.minimum-release-age=0', '--ignore-workspace', ...packages],
      node: plain,
      program: (name, args) => ['pnpm', '--ignore-workspace', 'exec', name, ...args],
    },
    {
      // With Plug'n'Play, its default: what a package does not declare, it cannot import.
      name: 'Yarn 4',
      prepare: (cwd) => {
        writeFileSync(join(cwd, 'yarn.lock'), '');
        writeFileSync(join(cwd, '.yarnrc.yml'), 'enableGlobalCache: true\nnpmMinimalAgeGate: 0\n');
      },
      add: (packages) => [yarn, 'add', ...packages],
      node: (file) => [yarn, 'node', file],
      program: (name, args) => [yarn, 'run', name, ...args],
    },
    {
      name: 'Bun',
      add: (packages) => [bun, 'add', ...packages],
      node: (file) => [bun, file],
      program: (name, args) => [bun, 'x', '--no-install', name, ...args],
    },
  ];
}

/** What has to be installed for `packageManagers`. */
export const managersOfNpm: readonly string[] = ['@yarnpkg/cli-dist@4', 'bun@1'];
