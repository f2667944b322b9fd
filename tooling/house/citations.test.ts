import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { danglingCitations } from './citations.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function tracked(...patterns: string[]): string[] {
  const options = ['--cached', '--others', '--exclude-standard'];
  const listed = execFileSync('git', ['ls-files', ...options, '--', ...patterns], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((path) => path !== '' && existsSync(join(root, path)));
}

test('each document that a comment cites is in the repository, and each section on its page', () => {
  const sources = tracked('*.ts', '*.tsx', '*.js', '*.mjs').filter(
    (path) => !path.includes('citations.test'),
  );
  expect(sources.length).toBeGreaterThan(500);
  const dangling = sources.flatMap((path) =>
    danglingCitations(root, path, readFileSync(join(root, path), 'utf8')).map(
      ({ cited, why }) => `${path}: ${cited}: ${why}`,
    ),
  );
  expect(dangling).toEqual([]);
});

test('only the optional specifications are looked for beside the repository', () => {
  const outside = tracked('*')
    .filter((path) => !/\.(?:png|svg|woff2?|wav|pdf|lock)$|pnpm-lock|citations\.test/.test(path))
    .filter((path) => readFileSync(join(root, path), 'utf8').includes('../shared/'));
  expect(outside).toEqual(['.ci/run', 'packages/testing/test/spec.ts']);
});

test('each section of the wire has its number as an anchor, on one page', () => {
  const sections = tracked('docs/wire/*.md').flatMap((path) => {
    const page = readFileSync(join(root, path), 'utf8');
    const anchors = [...page.matchAll(/^<a id="([\d.]+)"><\/a>$/gm)].map(([, id = '']) => id);
    const headings = [...page.matchAll(/^#{1,4} (\d+(?:\.\d+)?) /gm)].map(([, number = '']) => number);
    expect([path, anchors]).toEqual([path, headings]);
    return anchors;
  });
  expect(sections.length).toBeGreaterThan(50);
  expect(new Set(sections).size).toBe(sections.length);
});

describe('danglingCitations', () => {
  const of = (comment: string) =>
    danglingCitations(root, 'packages/client/src/x.ts', comment).map(({ why }) => why);

  test.each([
    ['// as design.md says', 'no such file in the repository'],
    ['/** The limits (wire.md 7). */', 'no such file in the repository'],
    ['// docs/wire/nothing.md#1', 'no such file in the repository'],
    ['// docs/wire/errors.md', 'names no section'],
    ['// docs/wire/errors.md#4.99', 'no such section on the page'],
    ['/*\n * docs/wire/errors.md#7.1\n */', 'no such section on the page'],
  ])('finds %j', (comment, why) => {
    expect(of(comment)).toEqual([why]);
  });

  test.each([
    '// docs/wire/errors.md#4.3 and docs/wire/limits.md#7.1.',
    '/** See docs/architecture.md. */',
    '// the README.md of this package',
    "const name = 'handbook.md';",
    '// https://github.com/fernet/spec/blob/master/Spec.md',
  ])('leaves %j alone', (text) => {
    expect(of(text)).toEqual([]);
  });
});
