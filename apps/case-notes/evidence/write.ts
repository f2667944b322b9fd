// npm run evidence: runs the tests behind each control and writes evidence/report.html and report.json.
// node evidence/write.ts --controls writes docs/controls.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controls } from './controls.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export function controlsPage(): string {
  const sections = controls.map(
    ({ name, clauses, tests, remains }) => `## ${name}

Supports ${clauses.join(', ')}.

${tests.map((title) => `- ${title}`).join('\n')}

**Remains with the operator**: ${remains}
`,
  );
  return `# Controls

What this sample does, the clauses it supports, the tests that show it, and what remains with whoever runs it.
\`npm run evidence\` runs these tests and writes a report. A control supports a clause; no program alone makes anybody
compliant.

**Placeholders are not Safe Harbor de-identification.** The server keeps the way back (45 CFR 164.514(c)), so what is sent
stays protected health information and personal data. The basis for sending it is the agreement with the provider; the
placeholders are data minimisation. Names that no rule sees can remain in the text: the README says how many were found
in notes that the rules were not made with.

${sections.join('\n')}`;
}

interface VitestReport {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

function runTests(): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'case-notes-evidence-'));
  const file = join(folder, 'tests.json');
  try {
    const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
    spawnSync(process.execPath, [vitest, 'run', '--reporter=json', `--outputFile=${file}`], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
    return new Map(
      testResults.flatMap(({ assertionResults }) =>
        assertionResults.map(({ title, status }) => [title, status]),
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function report() {
  const statuses = runTests();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    at: new Date().toISOString(),
    versions: { app: version, node: process.version, platform: `${process.platform} ${process.arch}` },
    controls: controls.map(({ tests, ...control }) => ({
      ...control,
      tests: tests.map((title) => ({ title, status: statuses.get(title) ?? 'missing' })),
    })),
  };
}

function asHtml({ at, versions, controls: list }: ReturnType<typeof report>): string {
  const escape = (text: string) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  const sections = list.map(
    ({ name, clauses, tests, remains }) =>
      `<section><h2>${escape(name)}</h2><p>${clauses.map(escape).join(' · ')}</p><ul>${tests
        .map(
          ({ title, status }) =>
            `<li class="${status}">${status === 'passed' ? '✓' : '✗'} ${escape(title)} <small>${escape(status)}</small></li>`,
        )
        .join('')}</ul><p><strong>Remains with the operator:</strong> ${escape(remains)}</p></section>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Evidence of controls</title><meta name="viewport" content="width=device-width">
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:52rem;margin:2rem auto;padding:0 1rem}li{list-style:none}.failed,.missing{color:light-dark(#a40000,#ff9d9d);font-weight:600}small{opacity:.75}</style></head>
<body><h1>Evidence of controls</h1><p>${escape(at)} · case-notes ${escape(versions.app)} · Node ${escape(versions.node)} · ${escape(versions.platform)}</p>${sections.join('')}</body></html>
`;
}

function main(): void {
  if (process.argv.includes('--controls')) {
    writeFileSync(join(root, 'docs/controls.md'), controlsPage());
    return;
  }
  const result = report();
  writeFileSync(join(root, 'evidence/report.json'), `${JSON.stringify(result, null, 2)}\n`);
  writeFileSync(join(root, 'evidence/report.html'), asHtml(result));
  for (const { name, tests } of result.controls) {
    const passed = tests.filter(({ status }) => status === 'passed').length;
    console.log(`${passed === tests.length ? '✓' : '✗'} ${name} (${passed} of ${tests.length})`);
    if (passed < tests.length) process.exitCode = 1;
  }
  console.log('Wrote evidence/report.html and evidence/report.json');
}

if (import.meta.main) main();
