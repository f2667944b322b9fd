import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the workspace. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** A step that failed, with the remedy to print below it. */
export class StepError extends Error {
  constructor(message, remedy, exitCode = 1) {
    super(message);
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}

/**
 * Runs a command, in the root unless `cwd` says otherwise, and resolves to its exit code.
 * Signals go to the child, which ends first. `quiet` holds the output back unless the command fails.
 */
export function run([command, ...args], { quiet = false, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      // The lockfile is part of the commit: no need to ask the registry about the age of each entry again.
      env: { pnpm_config_trust_lockfile: 'true', ...process.env },
      shell: process.platform === 'win32' && command === 'pnpm',
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    });
    const held = [];
    child.stdout?.on('data', (chunk) => held.push(chunk));
    child.stderr?.on('data', (chunk) => held.push(chunk));
    // Ctrl-C in a terminal reaches the whole process group: a second one would cut the child's clean-up short.
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    child.on('error', (error) => {
      reject(
        new StepError(
          `cannot start ${command}: ${error.message}`,
          `Install ${command} or run \`npm start\`.`,
        ),
      );
    });
    child.on('close', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      const exitCode = code ?? 128 + (signal === 'SIGINT' ? 2 : 15);
      if (quiet && exitCode !== 0) process.stderr.write(Buffer.concat(held));
      resolve(exitCode);
    });
  });
}
