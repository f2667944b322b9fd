import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { configJsonSchema, ConfigError } from '@aoai/config';
import type { ChatOptions } from './chat.ts';
import type { DiffOptions } from './config/diff.ts';
import type { PullOptions } from './config/pull.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import type { InitOptions } from './init/init.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { messageOf } from './message-of.ts';
import { safeTerminal, unmaskedTerminal } from './safe-terminal.ts';
import { json, line, type Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Runs `aoai` with the arguments after its name. Resolves to the exit code; it changes nothing but the terminal. */
export async function run(args: readonly string[], given: Terminal): Promise<ExitCode> {
  // The mock prints its own keys on purpose.
  const terminal = args[0] === 'mock' ? unmaskedTerminal(given) : safeTerminal(given);
  let code: ExitCode = exitCode.ok;
  const program = createProgram({ ...terminal, env: given.env }, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, terminal);
  } finally {
    terminal.flush();
  }
}

function explain(error: unknown, { err, signal }: Terminal): ExitCode {
  if (signal.aborted) return exitCode.interrupted;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  line(err, messageOf(error));
  return error instanceof ConfigError || error instanceof UsageError ? exitCode.usage : exitCode.failed;
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

function createProgram(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command('aoai');
  program
    .description(
      'Azure OpenAI from the terminal: check a config, find out why a call fails, talk to a deployment, run a mock.',
    )
    .version(version(), '-v, --version')
    .showHelpAfterError('(add --help for help)')
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
    .enablePositionalOptions()
    .exitOverride();
  // Each command is loaded when it is called: `aoai --help` needs none of them.
  addInit(program, terminal, finish);
  addConfig(program, terminal, finish);
  addDoctor(program, terminal, finish);
  addChat(program, terminal, finish);
  addMock(program, terminal, finish);
  addNew(program, terminal, finish);
  return program;
}

function addInit(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withManagement(program.command('init'))
    .description(
      'write aoai.config.ts and .env.example for a resource that you choose, and make a first call',
    )
    .option('--resource <name>', 'account to use (default: the only one, or ask)')
    .option('--deployment <names...>', 'deployments to use (default: all, or ask)')
    .option('-y, --yes', 'do not ask: choose where there is only one choice, else stop')
    .option('--force', 'replace existing files')
    .action(async (options: InitOptions) => {
      const { init } = await import('./init/init.ts');
      finish(await init(terminal, options));
    });
}

function addConfig(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  const config = program.command('config').description('check, show, pull and compare configs');
  config
    .command('check')
    .description('find problems of a config, present and coming')
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
  withManagement(config.command('pull').description('print a config of everything in a subscription'))
    .addOption(new Option('--format <format>', 'how to write it').choices(['ts', 'json', 'yaml']))
    .option('-o, --out <file>', 'write a new file instead of printing')
    .action(async (options: PullOptions) => {
      const { pullConfig } = await import('./config/pull.ts');
      finish(await pullConfig(terminal, options));
    });
  withManagement(
    config.command('diff').description('print the differences between a config and a subscription'),
  )
    .argument('[path]', 'config file')
    .option('--json', 'print the differences as JSON')
    .action(async (path: string | undefined, options: DiffOptions) => {
      const { diffConfig } = await import('./config/diff.ts');
      finish(await diffConfig(terminal, path, options));
    });
  config
    .command('schema')
    .description('print the JSON Schema of config files, for editors')
    .action(() => {
      json(terminal.out, configJsonSchema());
    });
}

function addDoctor(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  withManagement(program.command('doctor'))
    .description('find out what is wrong with every resource and deployment of a config, and how to fix it')
    .argument('[path]', 'config file (default: the nearest aoai.config.*, else the environment)')
    .option('--json', 'print the results as JSON')
    .option('--strict', 'fail on warnings too')
    .option('--verbose', 'show successful checks too')
    .option(
      '--calls <count>',
      'how often to call each deployment (default: 3; a call takes a few tokens)',
      positive,
    )
    .option('--no-calls', 'do not call deployments')
    .option('--timeout <ms>', 'how long to wait for each answer', positive)
    .action(async (path: string | undefined, options: DoctorOptions) => {
      const { doctor } = await import('./doctor/doctor.ts');
      finish(await doctor(terminal, path, options));
    });
}

function addChat(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  program
    .command('chat')
    .description('talk to a deployment or pool; without a prompt, standard input or a conversation')
    .argument('<name>', 'deployment or pool of the config')
    .argument('[prompt...]', 'what to ask; "-" stands for standard input')
    .option('-c, --config <path>', 'config file')
    .option('-s, --system <text>', 'system message')
    .option('--max-tokens <count>', 'longest answer', positive)
    .option('--json', 'print answer, usage and cost as JSON')
    .action(async (name: string, prompt: readonly string[], options: ChatOptions) => {
      const { chat } = await import('./chat.ts');
      finish(await chat(terminal, [name, ...prompt], options));
    });
}

function addMock(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  program
    .command('mock')
    .description('run a mock Azure OpenAI for this config (the options are those of aoai-mock)')
    .argument('[options...]', 'see aoai mock --help')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(async (args: readonly string[]) => {
      const { mock } = await import('./mock.ts');
      finish(await mock(terminal, args));
    });
}

function addNew(program: Command, terminal: Terminal, finish: (code: ExitCode) => void): void {
  program
    .command('new')
    .description('copy a sample out, ready to install; without arguments, list them')
    .argument('[sample]', 'name of the sample')
    .argument('[folder]', 'new folder (default: the name of the sample)')
    .addOption(
      new Option(
        '--diff [folder]',
        'show what changed in the sample since it was copied to this folder, and what you changed',
      ).conflicts('update'),
    )
    .option('--update [folder]', 'merge what changed in the sample into the copy in this folder')
    .option('--json', 'with --diff: print JSON')
    .action(async (sample: string | undefined, folder: string | undefined, options: NewFlags) => {
      const folderOf = (flag: string | true) => (flag === true ? sample : flag);
      const { diff, update } = options;
      if (diff !== undefined) {
        const { showDiff } = await import('./new/diff.ts');
        const asJson = options.json === true;
        finish(await showDiff(terminal, { folder: folderOf(diff), version: version(), asJson }));
        return;
      }
      if (update !== undefined) {
        const { updateCopy } = await import('./new/update.ts');
        finish(await updateCopy(terminal, { folder: folderOf(update), version: version() }));
        return;
      }
      const { createNew } = await import('./new/new.ts');
      finish(await createNew(terminal, { sample, folder, version: version() }));
    });
}

interface NewFlags {
  readonly diff?: string | true;
  readonly update?: string | true;
  readonly json?: boolean;
}

/** The options of commands that read the Management API. */
function withManagement(command: Command): Command {
  return command
    .option('--subscription <id>', 'subscription to read (default: AZURE_SUBSCRIPTION_ID)')
    .option('--resource-group <name>', 'only the accounts of this resource group')
    .option(
      '--management <url>',
      'endpoint of the Management API (default: AZURE_RESOURCE_MANAGER_ENDPOINT, else that of the cloud of the config)',
    );
}

/** A whole number above 0, as an argument. */
function positive(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('Give a whole number above 0.');
}
