import { defineConfig } from '@aoai/config';
import { expect, test } from 'vitest';
import { unmarked } from '../paint.ts';
import { fakeTerminal } from '../terminal.fake.ts';
import { printReport } from './print-report.ts';
import type { CheckResult, Report } from './result.ts';

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://contoso-se.openai.azure.com' } },
  deployments: {
    chat: { resource: 'sweden', deployment: 'chat' },
    chat2: { resource: 'sweden', deployment: 'chat2' },
  },
});

const subject = 'deployments.chat';

function printed(
  results: readonly CheckResult[],
  {
    verbose = false,
    isTTY = false,
    of = config,
    ok = results.every(({ status }) => status !== 'error'),
  } = {},
): readonly string[] {
  const terminal = fakeTerminal({ isTTY });
  const report: Report = { ok, results };
  printReport(terminal, { report, config: of, verbose });
  return unmarked(terminal.output()).split('\n');
}

/** The cells of a row, by their heading. */
function row(lines: readonly string[], name: string): Record<string, string> {
  const at = lines.findIndex((text) => text.startsWith(`${name} `) || text === name);
  const heading = lines.slice(0, at).findLast((text) => /^[A-Z]+ /.test(text)) ?? '';
  const starts = [...heading.matchAll(/\S+/g)].map(({ index, 0: text }) => [index, text] as const);
  return Object.fromEntries(
    starts.flatMap(([from, text], index) => {
      const cell = lines[at]?.slice(from, starts[index + 1]?.[0]).trim() ?? '';
      return index === 0 || cell === '' ? [] : [[text, cell]];
    }),
  );
}

test('a cell shows the worst that a check found about a subject, and nothing where it was not made', () => {
  const found = (...statuses: readonly CheckResult['status'][]) =>
    row(printed(statuses.map((status) => ({ check: 'model', status, subject, cause: 'It is.' }))), 'chat');
  expect(found()).toEqual({});
  expect(found('skipped')).toEqual({ MODEL: '-' });
  expect(found('skipped', 'ok')).toEqual({ MODEL: '✓' });
  expect(found('ok', 'info')).toEqual({ MODEL: 'i' });
  expect(found('info', 'warning')).toEqual({ MODEL: '!' });
  expect(found('warning', 'error', 'ok')).toEqual({ MODEL: '✗' });
});

test('a finding about a part of a subject is in its row, one about a longer name is not', () => {
  const lines = printed([
    { check: 'config', status: 'warning', subject: 'deployments.chat.model', cause: 'It ends.' },
    { check: 'call', status: 'error', subject: 'deployments.chat2', cause: 'It does not.' },
    { check: 'tcp', status: 'ok', subject: 'resources.sweden', cause: 'It does.' },
  ]);
  expect(row(lines, 'chat')).toEqual({ CONFIG: '!' });
  expect(row(lines, 'chat2')).toEqual({ CALL: '✗' });
  expect(row(lines, 'sweden')).toEqual({ TCP: '✓' });
});

test('the column of latency has the two numbers', () => {
  const latency = { kind: 'chat/completions', calls: 3, p50Ms: 12, p95Ms: 345 };
  const lines = printed([{ check: 'latency', status: 'ok', subject, cause: 'Quick.', latency }]);
  expect(row(lines, 'chat')).toEqual({ LATENCY: '12 / 345 ms' });
});

const several: readonly CheckResult[] = [
  { check: 'call', status: 'ok', subject, cause: 'The deployment answers.' },
  { check: 'tls', status: 'skipped', subject: 'resources.sweden', cause: 'No certificate.' },
  { check: 'quota', status: 'warning', subject, cause: 'Out of\nquota.', fix: 'Wait\nfor it.' },
  { check: 'sku', status: 'info', subject, cause: 'It is new.' },
];

test('findings are printed with their fix, on lines of their own, and what is fine only with --verbose', () => {
  const sentences = (verbose: boolean) => {
    const lines = printed(several, { verbose });
    return lines.slice(lines.findIndex((text) => /^[✗!i✓-] /.test(text)));
  };
  expect(sentences(false)).toEqual([
    '! deployments.chat quota: Out of quota.',
    '    fix Wait for it.',
    'i deployments.chat sku: It is new.',
    '',
    '0 errors, 1 warning, 1 fine, 1 not checked (--verbose shows all)',
    '',
  ]);
  expect(sentences(true)).toEqual([
    '✓ deployments.chat call: The deployment answers.',
    '- resources.sweden tls: No certificate.',
    '! deployments.chat quota: Out of quota.',
    '    fix Wait for it.',
    'i deployments.chat sku: It is new.',
    '',
    '0 errors, 1 warning, 1 fine, 1 not checked',
    '',
  ]);
});

test('where there is nothing to say, the count follows the tables', () => {
  expect(printed([]).slice(-4)).toEqual([
    'chat2',
    '',
    '0 errors, 0 warnings, 0 fine, 0 not checked (--verbose shows all)',
    '',
  ]);
});

test('a config without deployments has no table of them', () => {
  const lines = printed([], { of: { ...config, deployments: {} } });
  expect(lines.filter((text) => /^[A-Z]+ /.test(text)).map((text) => text.split(' ')[0])).toEqual([
    'RESOURCES',
  ]);
});

test('only what is the same in status, check, cause and fix is printed once', () => {
  const first: CheckResult = { check: 'quota', status: 'warning', subject, cause: 'Low.', fix: 'Raise it.' };
  const shown = (changes: Partial<CheckResult>) =>
    printed([first, { ...first, subject: 'deployments.chat2', ...changes }]).filter((text) =>
      /^[!✗] /.test(text),
    );
  expect(shown({})).toEqual(['! deployments.chat, deployments.chat2 quota: Low.']);
  for (const changes of [
    { status: 'error' },
    { check: 'call' },
    { cause: 'Lower.' },
    { fix: 'Wait.' },
  ] satisfies Partial<CheckResult>[])
    expect(shown(changes)).toHaveLength(2);
});

test('on a terminal signs have their colour, headings are bold, and the count is red or green', () => {
  const [red, yellow, green, cyan] = [31, 33, 32, 36].map((code) => `\u001b[${code}m`);
  const reset = '\u001b[39m';
  const lines = printed([...several, { check: 'call', status: 'error', subject, cause: 'No.' }], {
    isTTY: true,
  });
  expect(lines[0]?.startsWith('\u001b[1mRESOURCES ')).toBe(true);
  expect(lines[0]?.endsWith('\u001b[22m')).toBe(true);
  expect(lines[4]).toContain(`${red}✗${reset}`);
  expect(lines[4]).toContain(`${yellow}!${reset}`);
  expect(lines).toContainEqual(expect.stringContaining(`    ${cyan}fix${reset} Wait for it.`));
  expect(lines.at(-2)).toBe(
    `${red}1 error, 1 warning, 1 fine, 1 not checked${reset}\u001b[2m (--verbose shows all)\u001b[22m`,
  );
  expect(printed(several, { isTTY: true, verbose: true }).at(-2)).toBe(
    `${green}0 errors, 1 warning, 1 fine, 1 not checked${reset}`,
  );
});

test('a report that fails by its warnings says so, in red', () => {
  const said = printed(several, { isTTY: true, verbose: true, ok: false }).at(-2);
  expect(said).toBe(
    '\u001b[31m0 errors, 1 warning, 1 fine, 1 not checked: failed, as `--strict` counts warnings\u001b[39m',
  );
  const error: CheckResult = { check: 'call', status: 'error', subject, cause: 'No.' };
  expect(printed([...several, error], { ok: false }).at(-2)).not.toContain('--strict');
});

test('a sign in a name is not coloured', () => {
  const named = { ...config, deployments: { 'a-i': config.deployments['chat'] } } as typeof config;
  const lines = printed([], { isTTY: true, of: named });
  expect(lines).toContain('a-i');
});
