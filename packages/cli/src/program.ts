import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { configJsonSchema, ConfigError } from '@aoai/config';
import { CredentialError } from '@aoai/auth';
import { exitCode, type ExitCode } from './exit-code.ts';
import { json, line, type Terminal } from './terminal.ts';

/** Runs `aoai` with the arguments after its name. Resolves to the exit code; nothing but the terminal is touched. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCode.ok;
  const program = createProgram(terminal, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return terminal.signal.aborted ? exitCode.interrupted : code;
  } catch (error) {
    return explain(error, terminal);
  }
}

function explain(error: unknown, { err, signal }: Terminal): ExitCode {
  if (signal.aborted) return exitCode.interrupted;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  line(err, error instanceof Error ? error.message : String(error));
  return error instanceof ConfigError || error instanceof CredentialError ? exitCode.usage : exitCode.failed;
}

function createProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command('aoai');
  program
    .description(
      'Azure OpenAI from the terminal: check a config, find out why a call fails, talk to a deployment, run a mock.',
    )
    .showHelpAfterError('(add --help for what there is)')
    .configureOutput({
      writeOut: (text) => {
        terminal.out.write(text);
      },
      writeErr: (text) => {
        terminal.err.write(text);
      },
      getOutHasColors: () => terminal.out.isTTY,
      getErrHasColors: () => terminal.err.isTTY,
    })
    .exitOverride();
  // Each command is loaded when it is called: `aoai --help` needs none of them.
  addConfig(program, terminal, finish);
  return program;
}

function addConfig(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const config = program.command('config').description('check, show, pull and compare configs');
  config
    .command('check')
    .description('find what is wrong with a config, or soon will be')
    .argument('[path]', 'config file (default: the nearest aoai.config.*, else the environment)')
    .option('--json', 'print the findings as JSON')
    .option('--strict', 'fail on warnings too')
    .action(async (path: string | undefined, options: { json?: boolean; strict?: boolean }) => {
      const { checkConfig } = await import('./config/check.ts');
      finish(await checkConfig(terminal, path, options));
    });
  config
    .command('show')
    .description('print a config as it is used, with variables read and defaults filled in')
    .argument('[path]', 'config file')
    .option('--json', 'print it as JSON')
    .action(async (path: string | undefined, options: { json?: boolean }) => {
      const { showConfig } = await import('./config/show.ts');
      finish(await showConfig(terminal, path, options));
    });
  config
    .command('schema')
    .description('print the JSON Schema of config files, for editors')
    .action(() => {
      json(terminal.out, configJsonSchema());
    });
}

/** A whole number above 0, as an argument. */
export function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a whole number above 0.');
}
