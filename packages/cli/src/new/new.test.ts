import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../program.ts';
import { fakeTerminal } from '../terminal.fake.ts';
import { belongsToSample, standaloneManifest } from './sample.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-new-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function aoai(...args: readonly string[]) {
  return aoaiUntil(new AbortController().signal, ...args);
}

async function aoaiUntil(signal: AbortSignal, ...args: readonly string[]) {
  const terminal = fakeTerminal({ cwd: folder, signal });
  const code = await run(['new', ...args], terminal);
  return { code, out: terminal.output(), err: terminal.errors() };
}

describe('aoai new', () => {
  test('lists the samples', async () => {
    const { code, out } = await aoai();
    expect(code).toBe(0);
    expect(out).toMatch(/^SAMPLE +WHAT IT SHOWS\n/);
    expect(out).toMatch(/^quickstart +\S/m);
  });

  test('copies a sample that depends on nothing of the workspace', async () => {
    const { code, out } = await aoai('quickstart', 'My App');
    expect(code).toBe(0);
    expect(out).toContain('  cd "My App"\n');
    const read = (name: string) => readFile(join(folder, 'My App', name), 'utf8');
    const text = await read('package.json');
    expect(JSON.parse(text)).toMatchObject({ name: 'my-app', scripts: { start: 'node src/main.ts' } });
    expect(text).not.toMatch(/workspace:|catalog:/);
    expect(await read('UPGRADING.md')).toContain('copied from the sample `quickstart` of @aoai/cli');
    expect(await read('.gitignore')).toContain('.env');
    for (const name of ['node_modules', 'turbo.json', 'dist'])
      expect(existsSync(join(folder, 'My App', name))).toBe(false);
  });

  test.each([
    ['größe/日本', 'cd größe/日本', 'app'],
    ['.hidden', 'cd .hidden', 'hidden'],
    ['a$b', "cd 'a$b'", 'a-b'],
    ["it's $5", String.raw`cd 'it'\''s $5'`, 'it-s-5'],
    ['._-x', 'cd ._-x', 'x'],
    ['.', 'cd .', undefined],
  ])('the folder %j is reached by what is printed: %s', async (name, command, packageName) => {
    const { code, out } = await aoai('quickstart', name);
    expect(code).toBe(0);
    expect(out).toContain(`\n  ${command}\n`);
    const text = await readFile(join(folder, name, 'package.json'), 'utf8');
    if (packageName !== undefined) expect(JSON.parse(text)).toMatchObject({ name: packageName });
  });

  test('a folder beside the one at hand is shown with its whole path', async () => {
    const terminal = fakeTerminal({ cwd: join(folder, 'here') });
    expect(await run(['new', 'quickstart', '../there'], terminal)).toBe(0);
    const there = join(folder, 'there');
    expect(terminal.output()).toContain(`Copied quickstart to ${there}. Next:\n\n  cd ${there}\n`);
  });

  test('an empty name of a folder is none: the folder at hand stays empty', async () => {
    const { code, err } = await aoai('quickstart', '');
    expect([code, err]).toEqual([2, 'Cannot copy to "": it is no name. Name a new folder.\n']);
    expect(await readdir(folder)).toEqual([]);
  });

  test.each([
    [['quickstart', 'a', 'b'], 'too many arguments'],
    [['--diff', 'a', '--update', 'b'], 'cannot be used with option'],
    [['quickstart', '--force'], "unknown option '--force'"],
  ])('new %j is not understood, and nothing is copied', async (args, said) => {
    const { code, err } = await aoai(...args);
    expect(code).toBe(2);
    expect(err).toContain(said);
    expect(await readdir(folder)).toEqual([]);
  });

  test('does not write into a folder that has something in it', async () => {
    await writeFile(join(folder, 'mine.txt'), 'mine');
    const { code, err } = await aoai('quickstart', '.');
    expect([code, err]).toEqual([2, 'Cannot copy to ".": it is not empty. Name a new folder.\n']);
    expect(existsSync(join(folder, 'package.json'))).toBe(false);
  });

  /** A signal that aborts when it is asked for the nth time. */
  function abortsAt(times: number): AbortSignal {
    const interrupt = new AbortController();
    const { signal } = interrupt;
    let asked = 0;
    signal.throwIfAborted = () => {
      asked += 1;
      if (asked === times) interrupt.abort(new Error('Interrupted.'));
      if (signal.aborted) throw signal.reason as Error;
    };
    return signal;
  }

  test.each([1, 5])('Ctrl-C leaves nothing of a copy, whose folders it had made: file %i', async (times) => {
    const { code, out, err } = await aoaiUntil(abortsAt(times), 'quickstart', 'one/two');
    expect([code, out, err]).toEqual([130, '', '']);
    expect(await readdir(folder)).toEqual([]);
  });

  test('what cannot be written leaves nothing of a copy, and keeps what was there', async () => {
    await mkdir(join(folder, 'mine', '.git'), { recursive: true });
    await writeFile(join(folder, 'mine', '.git', 'HEAD'), 'ref');
    expect((await aoaiUntil(abortsAt(5), 'quickstart', 'mine')).code).toBe(130);
    expect(await readdir(join(folder, 'mine'), { recursive: true })).toEqual(['.git', '.git/HEAD']);
    expect((await aoai('quickstart', 'mine')).code).toBe(0);
  });

  test('copies into a folder that is there and empty, also where a link leads to it', async () => {
    await mkdir(join(folder, 'plain'));
    expect((await aoai('quickstart', 'plain')).code).toBe(0);
    await mkdir(join(folder, 'there'));
    await symlink('there', join(folder, 'here'));
    const { code, err } = await aoai('quickstart', 'here');
    expect([code, err]).toEqual([0, '']);
    expect(await readdir(join(folder, 'there'))).toEqual(expect.arrayContaining(['package.json', 'src']));
    expect(JSON.parse(await readFile(join(folder, 'there/package.json'), 'utf8'))).toMatchObject({
      name: 'here',
    });
  });

  test('says what stands in the way: a file, a broken link', async () => {
    await writeFile(join(folder, 'file'), '');
    await symlink('nowhere', join(folder, 'dangling'));
    expect((await aoai('quickstart', 'file')).err).toBe(
      'Cannot copy to "file": it is a file. Name a new folder.\n',
    );
    expect((await aoai('quickstart', 'dangling')).err).toBe(
      'Cannot copy to "dangling": it is a broken link. Name a new folder.\n',
    );
  });

  test.each(['../apps', 'nothing', 'quickstart/../quickstart'])('knows no sample %s', async (name) => {
    const { code, err } = await aoai(name, 'x');
    expect(code).toBe(2);
    expect(err).toContain('Known samples: "');
    expect(err).toContain('"quickstart"');
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });
});

test('a manifest leaves the workspace with every version written out', () => {
  const versions = { packages: { '@aoai/client': '1.2.3' }, catalog: { vitest: '^5.1.1' } };
  const manifest = {
    name: 'x',
    dependencies: { '@aoai/client': 'workspace:^', hono: '^4.0.0' },
    devDependencies: { vitest: 'catalog:' },
  };
  expect(standaloneManifest(manifest, versions)).toEqual({
    name: 'x',
    dependencies: { '@aoai/client': '^1.2.3', hono: '^4.0.0' },
    devDependencies: { vitest: '^5.1.1' },
  });
  expect(() => standaloneManifest({ dependencies: { zod: 'catalog:' } }, versions)).toThrow(
    '"zod": it is in no catalog',
  );
});

test.each([
  ['src/main.ts', true],
  ['.env.example', true],
  ['.env', false],
  ['.env.local', false],
  ['node_modules/x/index.js', false],
  ['web/dist/app.js', false],
  ['.data/notes.db', false],
  ['notes.db-wal', false],
  ['evidence/report.html', false],
  ['evidence/controls.ts', true],
  ['documents/insurance.pdf', true],
  ['turbo.json', false],
  ['eslint.config.js', false],
  ['web/turbo.json', true],
  ['turbo.json.md', true],
  ['web/distance/a.ts', true],
  ['web/my-dist/a.ts', true],
  ['notes.db', false],
  ['notes.db.md', true],
  ['docs/evidence/report.html', true],
  ['.envrc', true],
  ['web/.env.production', false],
  ['', true],
])('%j belongs to the sample: %j', (path, belongs) => {
  expect(belongsToSample(path)).toBe(belongs);
});
