import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { Code, Nodes } from 'mdast';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../documents.ts';

// Does what `docs/start/first-call.md` tells a reader, in a fresh copy of the repository.

const run = promisify(execFile);
const minuteMs = 60_000;
const page = readFileSync(join(root, 'docs/start/first-call.md'), 'utf8');
const [first, second, third] = ['## 1.', '## 2.', '## 3.'].map((heading) => blocksUnder(heading));

let clone: string;
beforeAll(async () => {
  clone = mkdtempSync(join(tmpdir(), 'aoai-first-call-'));
  const listed = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 1e8,
  });
  for (const file of listed.stdout.trim().split('\n')) {
    mkdirSync(dirname(join(clone, file)), { recursive: true });
    cpSync(join(root, file), join(clone, file));
  }
});
afterAll(() => {
  rmSync(clone, { recursive: true, force: true });
});

test(
  'a reader sees it work, and makes a call of their own, in less than five minutes',
  { timeout: 5 * minuteMs },
  async () => {
    await follow(first);
    await follow(second);
  },
);

test('a reader changes a sample, in less than five minutes more', { timeout: 5 * minuteMs }, async () => {
  await follow(third);
});

test('the picture in the README shows what `npm start` prints', { timeout: minuteMs }, async () => {
  const svg = readFileSync(join(root, 'docs/pictures/failover.svg'), 'utf8');
  const shown = [...svg.matchAll(/<text .*?<\/text>/g)].map(([line]) => line.replaceAll(/<[^>]+>/g, ''));
  const program = join(root, 'tooling/bootstrap/run.mjs');
  const { stdout } = await run(process.execPath, [program, 'start'], { cwd: root, env: quiet() });
  const timeless = (line: string) =>
    line.replaceAll('&quot;', '"').replaceAll(/\s*\d+ ms|:\d\d:\d\d:\d\d|\d\d:\d\d:\d\d|:\d{4,5}/g, '');
  expect(shown.slice(1).map(timeless)).toEqual(stdout.trimEnd().split('\n').map(timeless));
});

/** Runs commands, writes and changes files, and compares what was printed, as the page says. */
async function follow(blocks: readonly Code[] | undefined): Promise<void> {
  expect(blocks?.length).toBeGreaterThan(1);
  let printed = '';
  for (const { lang, meta, value } of blocks ?? []) {
    const file = join(clone, /\[(.+)\]/.exec(meta ?? '')?.[1] ?? '');
    if (lang === 'sh') printed = (await run('sh', ['-c', value], { cwd: clone, env: quiet() })).stdout;
    else if (lang === 'ts') writeFileSync(file, `${value}\n`);
    else if (lang === 'diff') writeFileSync(file, changed(readFileSync(file, 'utf8'), value));
    else expectLines(printed, value);
  }
}

/** The environment of a reader: this one, without what belongs to the test run or leads to Azure. */
function quiet(): NodeJS.ProcessEnv {
  const isOther = (name: string) => /^(?:NODE_OPTIONS|NODE_ENV|TEST$|VITEST|AZURE_|OPENAI_)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOther(name)));
}

function changed(text: string, diff: string): string {
  const lines = (mark: string) =>
    diff
      .split('\n')
      .filter((line) => line.startsWith(mark))
      .map((line) => line.slice(1))
      .join('\n');
  expect(text.split(lines('-'))).toHaveLength(2);
  return text.replace(lines('-'), () => lines('+'));
}

/** The lines were printed, in this order. `…` stands for anything. */
function expectLines(printed: string, expected: string): void {
  const lines = printed.split('\n');
  let from = 0;
  for (const line of expected.split('\n').filter((each) => each.trim() !== '')) {
    const pattern = line
      .trim()
      .split('…')
      .map((part) => part.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
      .join('.*');
    const at = lines.findIndex(
      (each, index) => index >= from && new RegExp(`^${pattern}$`).test(each.trim()),
    );
    expect(at, `${JSON.stringify(line)} in:\n${printed}`).toBeGreaterThanOrEqual(from);
    from = at + 1;
  }
}

/** The code blocks below a heading of the page. */
function blocksUnder(heading: string): readonly Code[] {
  const section = page.split(/^(?=## )/m).find((part) => part.startsWith(heading)) ?? '';
  return fromMarkdown(section).children.filter((node: Nodes): node is Code => node.type === 'code');
}
