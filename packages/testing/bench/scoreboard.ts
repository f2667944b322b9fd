// `pnpm scoreboard`: runs the public suites that npm brings against this mock and against aimock, prints what came of it, and writes
// docs/benchmarks/scoreboard.md.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startMockAzure } from '@aoai/testing';
import { LLMock } from '@copilotkit/aimock';

/** A server that the suites are run against. */
interface Subject {
  readonly name: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  stop(): Promise<unknown>;
}

/** The part of a report of compatcanary (`compatcanary.report.v1`) that is read here. */
interface Report {
  readonly score: number;
  readonly results: readonly { readonly name: string; readonly status: string; readonly summary: string }[];
}

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const model = 'gpt-4.1';
const manifestOf = (name: string): string =>
  join(root, 'packages', 'testing', 'node_modules', name, 'package.json');
const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(manifestOf(name), 'utf8')) as { readonly version: string }).version;

async function ours(): Promise<Subject> {
  const azure = await startMockAzure();
  const { apiKey, endpoint } = azure;
  return { name: '@aoai/testing', baseUrl: `${endpoint}/openai/v1`, apiKey, stop: () => azure.close() };
}

/** It answers nothing that it was not given: here, one text for every question. */
async function aimockWithText(): Promise<Subject> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  mock.on({}, { content: 'CANARY_OK' });
  return started(mock, 'aimock, one text for all');
}

/** The same with what each question of the suite wants. */
async function aimockWithFixtures(): Promise<Subject> {
  const mock = new LLMock({ port: 0, logLevel: 'silent' });
  const tool = { name: 'compatcanary_echo', arguments: '{"value":"CANARY_OK"}' };
  mock.on({ userMessage: 'Call the provided tool' }, { toolCalls: [tool] });
  mock.on({ userMessage: 'CANARY_OK' }, { content: 'CANARY_OK' });
  mock.on({ userMessage: 'Return the requested' }, { content: '{"status":"ok"}' });
  return started(mock, 'aimock, a fixture for each');
}

async function started(mock: LLMock, name: string): Promise<Subject> {
  await mock.start();
  return { name, baseUrl: `${mock.url}/v1`, apiKey: 'key', stop: () => mock.stop() };
}

async function compatcanary({ baseUrl, apiKey }: Subject): Promise<Report> {
  const program = join(dirname(manifestOf('compatcanary')), 'src', 'cli.js');
  const options = ['--base-url', baseUrl, '--model', model, '--format', 'json', '--fail-on', 'never'];
  const { stdout } = await run(process.execPath, [program, 'scan', ...options], {
    env: { ...process.env, NODE_OPTIONS: '', OPENAI_API_KEY: apiKey },
  });
  return JSON.parse(stdout) as Report;
}

function pageOf(reports: ReadonlyMap<string, Report>): string {
  const [first] = reports.values();
  const names = first?.results.map(({ name }) => name) ?? [];
  const statusOf = (report: Report, name: string): string =>
    report.results.find((result) => result.name === name)?.status ?? '';
  const rows = names.map((name) => [name, ...[...reports.values()].map((report) => statusOf(report, name))]);
  const scores = ['score of 100', ...[...reports.values()].map(({ score }) => String(score))];
  const remarks = [...reports].flatMap(([subject, { results }]) =>
    results
      .filter(({ status }) => status !== 'pass')
      .map(({ name, status, summary }) => `- ${subject}, ${name}: ${status}. ${summary}.`),
  );
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return `# Scoreboard of mocks

[compatcanary](https://www.npmjs.com/package/compatcanary) ${versionOf('compatcanary')} asks an endpoint whether it behaves like the OpenAI API. Here it asks
\`@aoai/testing\`, as it starts and without a script, and [aimock](https://www.npmjs.com/package/@copilotkit/aimock) ${versionOf('@copilotkit/aimock')}, which answers
what it is given. Made on ${new Date().toISOString().slice(0, 10)} by \`pnpm scoreboard\`, on Node.js ${process.versions.node}.

${line(['', ...reports.keys()])}
${line(['---', ...[...reports].map(() => '---')])}
${[...rows, scores].map(line).join('\n')}

${remarks.join('\n')}

The warning of \`@aoai/testing\` about streams is Azure's own first event: it carries \`prompt_filter_results\` and an empty \`object\`
([streams on the wire](../wire/streams.md)). A mock without it would be rated higher and be further from the service.

The acceptance tests of [Open Responses](https://www.openresponses.org/compliance) are not on npm, and so not part of this table.
`;
}

const reports = new Map<string, Report>();
for (const start of [ours, aimockWithText, aimockWithFixtures]) {
  const subject = await start();
  try {
    reports.set(subject.name, await compatcanary(subject));
  } finally {
    await subject.stop();
  }
}
for (const [name, { score, results }] of reports) {
  const problems = results
    .filter(({ status }) => status !== 'pass')
    .map((result) => `${result.name}: ${result.status}`);
  console.log(`${name.padEnd(28)} ${score} of 100  ${problems.join(', ')}`);
}
const page = join(root, 'docs', 'benchmarks', 'scoreboard.md');
writeFileSync(page, pageOf(reports));
await run('pnpm', ['exec', 'prettier', '--write', page], { cwd: root });
// What the service does is not a matter of points, but nothing that it does may fail.
if (reports.get('@aoai/testing')?.results.some(({ status }) => status === 'fail') !== false)
  process.exitCode = 1;
