import type { Config } from '@aoai/config';
import { byStrict } from '../strict.ts';
import { table } from '../table.ts';
import { paint, type Colour } from '../paint.ts';
import { oneLine } from '../printable.ts';
import { line, plural, type Terminal } from '../terminal.ts';
import type { CheckResult, Report } from './result.ts';

/** A report, and which parts of it are shown. */
export interface ShownReport {
  readonly report: Report;
  readonly config: Config;
  /** Shows successful and skipped checks too, one line each. */
  readonly verbose: boolean;
}

type Status = CheckResult['status'];

const signs: Readonly<Record<Status, readonly [string, Colour]>> = {
  error: ['✗', 'red'],
  warning: ['!', 'yellow'],
  info: ['i', 'cyan'],
  skipped: ['-', 'dim'],
  ok: ['✓', 'green'],
};

const columns = {
  resources: ['config', 'dns', 'tcp', 'tls', 'clock', 'sign-in', 'account'],
  deployments: ['config', 'call', 'deployment', 'model', 'sku', 'quota', 'lifecycle', 'latency'],
} as const;

/** Prints a table of what was checked, then each finding with its fix, then the count. */
export function printReport(terminal: Terminal, shown: ShownReport): void {
  const { out, env } = terminal;
  const { report, config, verbose } = shown;
  const colour = paint(out, env);
  for (const section of ['resources', 'deployments'] as const) {
    const names = Object.keys(config[section]);
    if (names.length === 0) continue;
    const heading = [section.toUpperCase(), ...columns[section].map((check) => check.toUpperCase())];
    const rows = names.map((name) => [
      name,
      ...columns[section].map((check) => cell(report, `${section}.${name}`, check)),
    ]);
    line(out, coloured(table(heading, rows), colour));
    line(out);
  }
  const said = report.results.filter(({ status }) => verbose || (status !== 'ok' && status !== 'skipped'));
  for (const { subjects, result } of together(said)) {
    const { status, check, cause, fix } = result;
    const [sign, tint] = signs[status];
    line(
      out,
      `${colour(tint, sign)} ${colour('bold', oneLine(subjects.join(', ')))} ${check}: ${oneLine(cause)}`,
    );
    if (fix !== undefined) line(out, `    ${colour('cyan', 'fix')} ${oneLine(fix)}`);
  }
  if (said.length > 0) line(out);
  const count = (status: Status) => report.results.filter((result) => result.status === status).length;
  const summary = `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}, ${count('ok')} fine, ${count('skipped')} not checked`;
  const hint = verbose ? '' : colour('dim', ' (--verbose shows all)');
  const failed = count('error') > 0 ? summary : `${summary}: ${byStrict}`;
  line(out, `${report.ok ? colour('green', summary) : colour('red', failed)}${hint}`);
}

interface Said {
  readonly result: CheckResult;
  readonly subjects: string[];
}

/** The same result for several deployments is printed once, with all their names. */
function together(results: readonly CheckResult[]): readonly Said[] {
  const groups = new Map<string, Said>();
  for (const result of results) {
    const key = JSON.stringify([result.status, result.check, result.cause, result.fix]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { result, subjects: [result.subject] });
    else group.subjects.push(result.subject);
  }
  return [...groups.values()];
}

/** The worst result of a check for a subject, or its measurement; nothing when the check was not made. */
function cell({ results }: Report, subject: string, check: string): string {
  const order: readonly Status[] = ['error', 'warning', 'info', 'ok', 'skipped'];
  const found = results.filter(
    (result) =>
      result.check === check && (result.subject === subject || result.subject.startsWith(`${subject}.`)),
  );
  const [measured] = found.flatMap(({ latency }) => latency ?? []);
  if (measured !== undefined) return `${measured.p50Ms} / ${measured.p95Ms} ms`;
  const worst = order.find((status) => found.some((result) => result.status === status));
  return worst === undefined ? '' : signs[worst][0];
}

/** Colours the signs after the columns were measured: colour codes have a length but no width. */
function coloured(text: string, colour: ReturnType<typeof paint>): string {
  const [heading = '', ...rows] = text.split('\n');
  const tinted = rows.map((row) =>
    row.replaceAll(/(?<=\s)[✗!i✓-](?=\s|$)/g, (sign) => {
      const entry = Object.values(signs).find(([known]) => known === sign);
      return entry === undefined ? sign : colour(entry[1], sign);
    }),
  );
  return [colour('bold', heading), ...tinted].join('\n');
}
