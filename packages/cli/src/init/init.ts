import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defineConfig, type Config, type ConfigInput } from '@aoai/config';
import type { Account } from '../arm/account.ts';
import { configSource } from '../arm/config-source.ts';
import { accessFor, subscriptionOf, type ManagementFlags } from '../arm/management.ts';
import { pulledConfig } from '../arm/pulled-config.ts';
import { nothingFound, readAccounts } from '../arm/read-accounts.ts';
import { readSubscriptions } from '../arm/read-subscriptions.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { messageOf } from '../message-of.ts';
import { packageManagerOf } from '../package-manager.ts';
import { line, plural, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { envExample } from './env-example.ts';
import { callable, firstCall } from './first-call.ts';
import { pickOne, pickSome } from './pick.ts';
import { atKeyboard, Cancelled, unasked, type Questions } from './questions.ts';
import { writeAll } from './write-all.ts';

/** Options of `aoai init`. */
export interface InitOptions extends ManagementFlags {
  readonly resource?: string;
  readonly deployment?: readonly string[];
  /** Asks nothing. */
  readonly yes?: boolean;
  /** Replaces files without asking. */
  readonly force?: boolean;
}

const configFile = 'aoai.config.ts';
const envFile = '.env.example';

/** Writes the config of a resource and its deployments, and makes a call with it. */
export async function init(terminal: Terminal, options: InitOptions): Promise<ExitCode> {
  const { err, cwd, signal } = terminal;
  const questions = questionsFor(terminal, options);
  let chosen: Chosen;
  try {
    const keepsEnv = await mustKeepEnv(cwd, questions);
    chosen = await choose(terminal, options, questions);
    const files = {
      [configFile]: chosen.source,
      ...(!keepsEnv && { [envFile]: envExample(chosen.subscription) }),
    };
    await writeAll(cwd, files, signal);
    line(err, `Wrote ${Object.keys(files).join(' and ')}${keepsEnv ? `; ${envFile} stays as it is` : ''}.`);
  } catch (error) {
    if (!(error instanceof Cancelled) && !signal.aborted) throw error;
    line(err, 'Nothing was written.');
    return exitCode.interrupted;
  }
  return tryIt(terminal, chosen.config);
}

function questionsFor(terminal: Terminal, { yes = false, force = false }: InitOptions): Questions {
  if (yes) return unasked({ force });
  if (terminal.keyboard === undefined) {
    throw new UsageError(
      'Cannot ask: this is not a terminal. Give `--yes`, with `--subscription <id>`, `--resource <name>` and `--deployment <name…>` where there are several, and `--force` to replace files.',
    );
  }
  const questions = atKeyboard({ ...terminal.keyboard, signal: terminal.signal });
  return force ? { ...questions, mayReplace: async () => true } : questions;
}

/**
 * Whether `.env.example` is there and stays.
 * @throws UsageError when a config file is there and stays
 */
async function mustKeepEnv(folder: string, questions: Questions): Promise<boolean> {
  const names = await readdir(folder);
  // The one that would be replaced is named, whatever else is there.
  const there = names.includes(configFile)
    ? configFile
    : names.find((name) => /^aoai\.config\.\w+$/.test(name));
  if (there !== undefined) {
    const what = there === configFile ? there : `${there} with ${configFile} (the other file stays, unused)`;
    if (!(await questions.mayReplace(what))) {
      throw new UsageError(`Nothing was written: ${there} is there. Give \`--force\` to replace it.`);
    }
  }
  return names.includes(envFile) && !(await questions.mayReplace(envFile));
}

interface Chosen {
  readonly subscription: string;
  readonly config: Config;
  readonly source: string;
}

async function choose(terminal: Terminal, options: InitOptions, questions: Questions): Promise<Chosen> {
  const { err } = terminal;
  const access = accessFor(terminal, options);
  let subscription = subscriptionOf(terminal, options);
  if (subscription === '') {
    line(err, 'Signing in and reading your subscriptions …');
    const subscriptions = await readSubscriptions(access);
    subscription = await pickOne(questions, {
      message: 'Which subscription?',
      option: '--subscription <id>',
      choices: subscriptions.map(({ id, name }) => ({ value: id, label: name, hint: id })),
      none: 'No subscription found: this identity can see none. Sign in with another one, or ask for the role "Reader".',
    });
  }
  line(err, `Reading what subscription ${subscription} has …`);
  const { resourceGroup } = options;
  const accounts = await readAccounts({
    ...access,
    subscriptionId: subscription,
    ...(resourceGroup !== undefined && { resourceGroup }),
  });
  const account = await pickAccount(accounts, options, questions);
  const names = await pickSome(questions, {
    message: 'Which deployments?',
    option: '--deployment',
    named: options.deployment,
    choices: account.deployments.map(({ name, model, sku }) => ({
      value: name,
      label: name,
      hint: `${model}, ${sku}`,
    })),
    none: `Account ${JSON.stringify(account.name)} has no deployment. Deploy a model first, in the Azure portal or with \`az cognitiveservices account deployment create\`.`,
  });
  const deployments = account.deployments.filter(({ name }) => names.includes(name));
  const pulled = pulledConfig([{ ...account, deployments }]);
  return {
    subscription,
    // Its shape is that of the input; what it says is checked here as it is when the file is loaded.
    config: defineConfig(pulled as ConfigInput),
    source: configSource(pulled, 'ts'),
  };
}

async function pickAccount(
  accounts: readonly Account[],
  { resource }: InitOptions,
  questions: Questions,
): Promise<Account> {
  const picked = await pickOne(questions, {
    message: 'Which resource?',
    option: '--resource <name>',
    named: resource,
    choices: accounts.map(({ name, region, deployments }) => ({
      value: name,
      label: name,
      hint: `${region}, ${plural(deployments.length, 'deployment')}`,
    })),
    none: nothingFound,
  });
  const account = accounts.find(({ name }) => name === picked);
  if (account === undefined) throw new UsageError(`Cannot use the resource ${JSON.stringify(picked)}.`);
  return account;
}

/** One call, so that whoever set it up knows that it works, and what to type next. */
async function tryIt(terminal: Terminal, config: Config): Promise<ExitCode> {
  const { out, err, cwd, env, signal } = terminal;
  const name = callable(config);
  let works = true;
  if (name === undefined) {
    line(err, 'No call was made: a call to any of these deployments would be expensive.');
  } else {
    line(err, `Calling ${name} …`);
    try {
      line(err, `${name} answers: ${await firstCall(terminal, config, name)}`);
    } catch (error) {
      if (signal.aborted) throw error;
      works = false;
      line(err, `${name} cannot be called yet: ${messageOf(error)}`);
    }
  }
  const { add, exec } = packageManagerOf(env);
  const needed = ['@aoai/cli', '@aoai/config'];
  const setUp = needed.every((each) => isInstalled(each, cwd))
    ? []
    : [`${add} @aoai/cli @aoai/client @aoai/config openai`];
  const chat = works && name !== undefined ? [`${exec} aoai chat ${name}`] : [];
  const next = [...setUp, ...(works && setUp.length > 0 ? [] : [`${exec} aoai doctor`]), ...chat];
  line(out, `Next:\n${next.map((command) => `  ${command}`).join('\n')}`);
  return works ? exitCode.ok : exitCode.failed;
}

/** Whether a package is installed for the programs of this folder. */
function isInstalled(name: string, folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'node_modules', name, 'package.json'))) return true;
    if (at === dirname(at)) return false;
  }
}
