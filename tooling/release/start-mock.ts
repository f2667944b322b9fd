import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';

/** A mock that runs, and how to call it. */
export interface RunningMock {
  readonly endpoint: string;
  readonly apiKey: string;
  stop(): void;
}

/** Starts the `aoai-mock` that is installed in a project. */
export function startMock(cwd: string): Promise<RunningMock> {
  const program = join(cwd, 'node_modules', '.bin', 'aoai-mock');
  const mock = spawn(process.execPath, [program, '--port', '0', '--json', '--sign-in', 'key'], {
    cwd,
    env: { ...process.env, NODE_OPTIONS: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  const variable = (name: string): string | undefined =>
    new RegExp(`^export ${name}=(.*)$`, 'm').exec(printed)?.[1];
  return new Promise((resolve, reject) => {
    // It goes on printing what it is asked, which has to be read.
    mock.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
      const endpoint = variable('AZURE_OPENAI_ENDPOINT');
      const apiKey = variable('AZURE_OPENAI_API_KEY');
      if (endpoint === undefined || apiKey === undefined) return;
      resolve({ endpoint, apiKey, stop: () => mock.kill('SIGTERM') });
    });
    mock.on('error', reject);
    mock.on('exit', () => {
      reject(new Error(`The mock ended before it said where it is. It printed:\n${printed}`));
    });
  });
}
