import { findConfig } from '@aoai/config';
import { runMock } from '@aoai/testing';
import { exitCode, type ExitCode } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

/** Runs `aoai-mock` with its own options; uses the config of this folder unless another one is given. */
export async function mock(terminal: Terminal, args: readonly string[]): Promise<ExitCode> {
  const { cwd, env, out, err, signal } = terminal;
  const isNamed = args.some((arg) => /^(-c|--config|-h|--help|-v|--version)(=|$)/.test(arg));
  const found = isNamed ? undefined : await findConfig(cwd, { env });
  const all = found === undefined ? args : [...args, '--config', found];
  const code = await runMock(all, { stdout: out, stderr: err, env: { ...env }, stop: signal });
  if (code === 0) return exitCode.ok;
  return code === 2 ? exitCode.usage : exitCode.failed;
}
