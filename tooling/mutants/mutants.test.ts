import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { changedLines, readDiff } from './changed-lines.ts';
import type { Mutant } from './mutant.ts';
import { percent, scores, survivors } from './score.ts';

const diff = `diff --git a/packages/auth/src/scope.ts b/packages/auth/src/scope.ts
--- a/packages/auth/src/scope.ts
+++ b/packages/auth/src/scope.ts
@@ -3,0 +4,2 @@ export
+one
+two
@@ -9 +11 @@ export
-three
+four
@@ -20,2 +21,0 @@ export
-five
-six
diff --git a/packages/auth/src/scope.test.ts b/packages/auth/src/scope.test.ts
--- a/packages/auth/src/scope.test.ts
+++ b/packages/auth/src/scope.test.ts
@@ -1 +1 @@
-one
+two
diff --git a/packages/config/src/policy.ts b/packages/config/src/policy.ts
deleted file mode 100644
--- a/packages/config/src/policy.ts
+++ /dev/null
@@ -1 +0,0 @@
-one
diff --git a/packages/client/src/call/send.ts b/packages/client/src/call/send.ts
--- a/packages/client/src/call/send.ts
+++ b/packages/client/src/call/send.ts
@@ -1 +1 @@
-one
+two
`;

test('changes the lines that a change has added, in sources and nowhere else', () => {
  expect(Object.fromEntries(readDiff(diff))).toEqual({
    auth: ['src/scope.ts:4-5', 'src/scope.ts:11-11'],
    client: ['src/call/send.ts:1-1'],
  });
});

test('reads from git what has changed since a commit, committed or not', ({ onTestFinished }) => {
  const root = mkdtempSync(join(tmpdir(), 'aoai-mutants-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, stdio: 'pipe' });
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const commit = (message: string) => {
    git('add', '.');
    git('-c', 'user.name=A', '-c', 'user.email=a@example.com', 'commit', '--quiet', '--message', message);
  };
  git('init', '--quiet', '--initial-branch=main');
  write('packages/auth/src/token/flight.ts', 'one\ntwo\n');
  commit('First');
  git('checkout', '--quiet', '-b', 'change');
  write('packages/auth/src/scope.ts', 'one\n');
  write('packages/auth/test/scope.ts', 'one\n');
  write('apps/quickstart/src/main.ts', 'one\n');
  commit('Second');
  write('packages/auth/src/token/flight.ts', 'one\ntwo\nthree\nfour\n');
  expect(Object.fromEntries(changedLines('main', root))).toEqual({
    auth: ['src/scope.ts:1-1', 'src/token/flight.ts:3-4'],
  });
});

function mutant(changes: Partial<Mutant>): Mutant {
  const file = 'packages/auth/src/token/flight.ts';
  return { file, line: 1, text: 'a < b', replacement: 'a <= b', status: 'killed', ...changes };
}

test('counts by package and by room', () => {
  const found = scores(
    [
      mutant({}),
      mutant({ status: 'survived' }),
      mutant({ status: 'not-covered' }),
      mutant({ status: 'invalid' }),
      mutant({ status: 'ignored' }),
      mutant({ file: 'packages/auth/src/scope.ts' }),
    ],
    [],
  );
  expect(Object.fromEntries(found)).toEqual({
    auth: { killed: 2, survived: 1, notCovered: 1, equivalent: 0 },
    'auth (no room)': { killed: 1, survived: 0, notCovered: 0, equivalent: 0 },
    'auth token': { killed: 1, survived: 1, notCovered: 1, equivalent: 0 },
  });
});

test('leaves out what is listed as equivalent, and only that', () => {
  const { file, text } = mutant({});
  const mutants = [
    mutant({ status: 'survived' }),
    mutant({ status: 'survived', replacement: 'true' }),
    mutant({ status: 'survived', text: 'a < b + 1' }),
    mutant({ status: 'survived', file: 'packages/auth/src/token/held-token.ts' }),
  ];
  const equivalents = [{ file, text, replacements: ['a <= b'], why: 'They are never equal.' }];
  expect(scores(mutants, equivalents).get('auth')).toMatchObject({ survived: 3, equivalent: 1 });
  expect(survivors(mutants, equivalents)).toEqual([mutants[1], mutants[2], mutants[3]]);
});

test.each([
  [{ killed: 17, survived: 2, notCovered: 1, equivalent: 5 }, 85],
  [{ killed: 2, survived: 1, notCovered: 0, equivalent: 0 }, 66],
  [{ killed: 0, survived: 0, notCovered: 0, equivalent: 3 }, undefined],
])('never rounds a score up: %j', (score, expected) => {
  expect(percent(score)).toBe(expected);
});
