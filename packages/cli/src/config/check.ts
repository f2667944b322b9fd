import { ConfigError, lint } from '@aoai/config';
import type { Finding } from '@aoai/config';
import { exitCode, type ExitCode } from '../exit-code.ts';
import { paint, type Colour } from '../paint.ts';
import { oneLine } from '../printable.ts';
import { byStrict } from '../strict.ts';
import { json, line, plural, type Terminal } from '../terminal.ts';
import { useConfig } from '../use-config.ts';

/** Options of `aoai config check`. */
export interface CheckOptions {
  readonly json?: boolean;
  /** Fails on warnings too. */
  readonly strict?: boolean;
}

/** Checks and lints a config, and says what to do about each finding. */
export async function checkConfig(
  terminal: Terminal,
  path: string | undefined,
  options: CheckOptions,
): Promise<ExitCode> {
  const findings = await findingsOf(terminal, path);
  const isBad = findings.some(
    ({ severity }) => severity === 'error' || (options.strict === true && severity === 'warning'),
  );
  if (options.json === true) json(terminal.out, { ok: !isBad, findings });
  else print(terminal, findings, isBad);
  return isBad ? exitCode.failed : exitCode.ok;
}

interface Found {
  readonly rule: Finding['rule'] | 'invalid';
  readonly severity: Finding['severity'];
  readonly path: string;
  readonly message: string;
}

async function findingsOf(terminal: Terminal, path: string | undefined): Promise<readonly Found[]> {
  try {
    return lint(await useConfig(terminal, path), { now: terminal.now });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map((issue) => ({ rule: 'invalid', severity: 'error', ...issue }));
  }
}

const colours: Readonly<Record<Finding['severity'], Colour>> = {
  error: 'red',
  warning: 'yellow',
  info: 'cyan',
};

function print({ out, env }: Terminal, findings: readonly Found[], isBad: boolean): void {
  const colour = paint(out, env);
  for (const { severity, path, message, rule } of findings) {
    line(
      out,
      `${colour(colours[severity], severity)} ${path === '' ? '' : `${colour('bold', oneLine(path))}: `}${oneLine(message)} ${colour('dim', `(${rule})`)}`,
    );
  }
  const count = (severity: Finding['severity']) =>
    findings.filter((finding) => finding.severity === severity).length;
  if (findings.length === 0) {
    line(out, colour('green', 'The config is fine.'));
    return;
  }
  const why = isBad && count('error') === 0 ? `: ${byStrict}` : '';
  line(out, `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}${why}.`);
}
