import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { root } from './workspace.ts';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let free = availableParallelism();
const waiting: (() => void)[] = [];
let failures = 0;

/** Where a program runs. */
export interface Place {
  /** @default the root of the repository */
  readonly cwd?: string;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program as a user would: without the source condition of this workspace, as many at a time as there are processors. */
export async function runProgram(
  [command = '', ...args]: readonly string[],
  { cwd = root, env = {} }: Place = {},
): Promise<Outcome> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free -= 1;
  try {
    return await new Promise((resolve) => {
      const child = spawn(command, args, {
        cwd,
        env: { ...userEnv(), ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
      child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
      child.on('error', (error) => {
        resolve({ status: null, stdout, stderr: `${stderr}${error.message}` });
      });
      child.on('close', (status) => {
        resolve({ status, stdout, stderr });
      });
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

/** Runs a program, which has to end with 0, and prints one line; its output too when it fails. */
export async function check(name: string, command: readonly string[], place?: Place): Promise<boolean> {
  const { status, stdout, stderr } = await runProgram(command, place);
  return report(name, status === 0, `${stdout}\n${stderr}`);
}

/** Prints the outcome of a check, and makes the process end with 1 when one has failed. */
export function report(name: string, passed: boolean, output: string): boolean {
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name}`);
  if (!passed) {
    failures += 1;
    process.exitCode = 1;
    console.log(output);
  }
  return passed;
}

/** How many checks have failed. */
export function failed(): number {
  return failures;
}

function userEnv(): NodeJS.ProcessEnv {
  const env = { ...process.env };
  delete env['NODE_OPTIONS'];
  return env;
}
