import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { parseEnv } from 'node:util';

/** A mock that runs, and the variables that lead a program to it. */
export interface RunningMock {
  readonly env: Readonly<Record<string, string>>;
  readonly stop: () => void;
}

/** Starts the `aoai-mock` that is installed in a project. */
export function startMock(cwd: string, signIn: 'key' | 'entra-id'): Promise<RunningMock> {
  const program = join(cwd, 'node_modules', '.bin', 'aoai-mock');
  const mock = spawn(process.execPath, [program, '--port', '0', '--json', '--sign-in', signIn], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => mock.kill());
  let printed = '';
  return new Promise((resolve, reject) => {
    // It goes on printing what it is asked, which has to be read.
    mock.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
      const lines = printed.match(/^export .*\n/gm) ?? [];
      // The last of the variables.
      if (!lines.some((line) => line.startsWith('export MICROSOFT_GRAPH_ENDPOINT='))) return;
      const env = parseEnv(lines.join('')) as Record<string, string>;
      resolve({ env, stop: () => mock.kill('SIGTERM') });
    });
    mock.on('error', reject);
    mock.on('exit', () => {
      reject(new Error(`The mock ended before it said where it is. It printed:\n${printed}`));
    });
  });
}
