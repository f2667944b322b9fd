import { parseArgs } from 'node:util';
import type { Latency } from '../latency.ts';
import type { HeaderEra } from '../limits/rate-limit-headers.ts';
import type { Shell } from './environment-lines.ts';
import { UsageError } from './usage-error.ts';

/** How a client that reads the printed variables signs in. */
export type SignIn = 'entra-id' | 'key' | 'both';

/** The options of the command line. */
export interface MockCommandOptions {
  readonly host: string;
  readonly port: number;
  readonly config: string | undefined;
  readonly identity: string | undefined;
  readonly https: boolean;
  readonly latency: Latency;
  readonly timeScale: number;
  readonly seed: string | undefined;
  readonly faults: string | undefined;
  readonly replay: string | undefined;
  readonly apiKey: string | undefined;
  readonly signIn: SignIn;
  readonly cors: boolean;
  readonly anyDeployment: boolean;
  readonly defaultModel: string;
  readonly headers: HeaderEra;
  readonly json: boolean;
  readonly page: boolean;
  readonly quiet: boolean;
  readonly shell: Shell;
  readonly envFile: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

const flags = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', short: 'p', default: '8080' },
  config: { type: 'string', short: 'c' },
  identity: { type: 'string', short: 'i' },
  https: { type: 'boolean', default: false },
  latency: { type: 'string', default: 'instant' },
  'time-scale': { type: 'string', default: '1' },
  seed: { type: 'string' },
  faults: { type: 'string' },
  replay: { type: 'string' },
  'api-key': { type: 'string' },
  'sign-in': { type: 'string', default: 'entra-id' },
  cors: { type: 'boolean', default: false },
  'any-deployment': { type: 'boolean', default: false },
  'default-model': { type: 'string', default: 'gpt-4.1' },
  headers: { type: 'string', default: '2026' },
  json: { type: 'boolean', default: false },
  'no-page': { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
  shell: { type: 'string', default: 'sh' },
  // Node handles `--env-file` itself, even after the name of the program, and fails when the file does not exist yet.
  'env-file': { type: 'string', short: 'e' },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const;

/** Reads the command line. @throws {UsageError} for unknown options or values. */
export function readOptions(args: readonly string[]): MockCommandOptions {
  const values = parse(args);
  return {
    host: values.host,
    port: number('port', values.port, { min: 0, max: 65_535, whole: true }),
    config: values.config,
    identity: values.identity,
    https: values.https,
    latency: latency(values.latency),
    timeScale: number('time-scale', values['time-scale'], { min: 0.001, max: 1_000_000 }),
    seed: values.seed,
    faults: values.faults,
    replay: values.replay,
    apiKey: apiKey(values['api-key']),
    signIn: oneOf('sign-in', values['sign-in'], ['entra-id', 'key', 'both']),
    cors: values.cors,
    anyDeployment: values['any-deployment'],
    defaultModel: values['default-model'],
    headers: oneOf('headers', values.headers, ['2024', '2025', '2026']),
    json: values.json,
    page: !values['no-page'],
    quiet: values.quiet,
    shell: oneOf('shell', values.shell, ['sh', 'bash', 'zsh', 'fish', 'powershell', 'cmd']),
    envFile: values['env-file'],
    help: values.help,
    version: values.version,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(explain(error), { cause: error });
  }
}

/** Shortens Node's messages, which explain positional arguments at length. */
function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const quoted = message.replace(/^[^']*'|'[^']*$/g, '');
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const close = Object.keys(flags).find((name) => isClose(`--${name}`, quoted));
    const hint = close === undefined ? '.' : `: did you mean "--${close}"?`;
    return `Unknown option ${JSON.stringify(quoted)}${hint}`;
  }
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') {
    return `Unexpected argument ${JSON.stringify(quoted)}: options start with "--".`;
  }
  // Some end in a full stop, some have more lines.
  return message.replace(/\.?(?:\n.*)?$/s, '.').replaceAll("'", '"');
}

/** Whether two options are nearly the same: one letter more or less, or one is the beginning of the other. */
function isClose(name: string, typed: string): boolean {
  if (typed.length > 4 && name.startsWith(typed)) return true;
  const letters = (text: string) => Array.from(text).sort().join('');
  if (letters(name) === letters(typed)) return true;
  const [long, short] = name.length >= typed.length ? [name, typed] : [typed, name];
  const at = Array.from(long).findIndex((letter, index) => letter !== short[index]);
  return long.slice(at + 1) === short.slice(at + (long.length === short.length ? 1 : 0));
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

function number(name: string, text: string, { min, max, whole = false }: Range): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new UsageError(
    `Invalid \`--${name}\`: ${JSON.stringify(text)}. Give a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`,
  );
}

/** Keys that look like a forgotten placeholder: `@aoai/auth` refuses them. */
const placeholder =
  /^(?:<.*>|\[.*\]|\{.*\}|\$\{?\w+\}?|%\w+%|["'].*["']|x{3,}|\*+|\.{3}|undefined|null|none|todo|change[-_]?me|secret|dummy|placeholder|(?:your|my|insert|enter|put|paste|the)?[-_]*(?:azure)?[-_]*(?:openai|aoai)?[-_]*(?:resource)?[-_]*(?:api|subscription|account)?[-_]*key(?:[-_]?\d)?(?:[-_]*(?:here|goes[-_]here|value))?)$/i;

/** A key that every client can send: no white space, nothing but visible ASCII, and neither a placeholder nor a token. */
function apiKey(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const isKey = /^[!-~]+$/.test(text) && !placeholder.test(text) && !/^eyJ[\w-]+\.[\w-]+\./.test(text);
  if (isKey) return text;
  throw new UsageError(
    `Invalid \`--api-key\`: ${JSON.stringify(text)}. Give letters, digits and signs without white space, and no placeholder: clients refuse others.`,
  );
}

function oneOf<Value extends string>(name: string, text: string, values: readonly Value[]): Value {
  const found = values.find((value) => value === text);
  if (found !== undefined) return found;
  throw new UsageError(
    `Invalid \`--${name}\`: ${JSON.stringify(text)}. Use one of ${values.map((value) => `"${value}"`).join(', ')}.`,
  );
}

/** `instant`, `realistic`, `300` (milliseconds to the first token) or `300,80` (and tokens per second). */
function latency(text: string): Latency {
  if (text === 'instant' || text === 'realistic') return text;
  const [, first, speed] = /^(\d+(?:\.\d+)?)(?:,(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  if (first === undefined || Number(speed ?? 1) === 0) {
    throw new UsageError(
      `Invalid \`--latency\`: ${JSON.stringify(text)}. Use "instant", "realistic", milliseconds to the first token such as "300", or those and tokens per second: "300,80".`,
    );
  }
  return { firstTokenMs: Number(first), ...(speed !== undefined && { tokensPerSecond: Number(speed) }) };
}
