import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../program.ts';
import { fakeTerminal } from '../terminal.fake.ts';
import { hashOf } from './sample-files.ts';
import type { SampleRecord } from './sample-record.ts';

let root = '';
let copy = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'aoai-update-'));
  copy = join(root, 'mine');
  await aoai(root, 'quickstart', 'mine');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function aoai(cwd: string, ...args: readonly string[]) {
  const terminal = fakeTerminal({
    cwd,
    env: registry === '' ? { npm_config_registry: nowhere } : { npm_config_registry: registry },
  });
  const code = await run(['new', ...args], terminal);
  return { code, out: terminal.output(), err: terminal.errors() };
}

/** A registry that refuses connections, so that these tests send nothing. */
const nowhere = 'http://127.0.0.1:9/';
let registry = '';

const read = (path: string) => readFile(join(copy, path), 'utf8');
const write = (path: string, text: string) => writeFile(join(copy, path), text);

async function record(): Promise<SampleRecord> {
  return JSON.parse(await read('.aoai/sample.json')) as SampleRecord;
}

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: copy, stdio: 'ignore' });
}

function commit(): void {
  if (!existsSync(join(copy, '.git'))) git('init', '-q');
  git('add', '-A');
  git('commit', '-qm', 'x', '--allow-empty');
}

/**
 * Makes the copy one of version 0.0.1-older, in which files had other texts, and serves that version as npm's registry does.
 * `undefined`: the older sample did not have the file.
 */
async function copiedFromOlder(older: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { sample, files } = await record();
  const hashes: Record<string, string> = { ...files };
  const folder = join(root, 'package', 'samples', sample);
  for (const path of Object.keys(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(
      join(folder, path === '.gitignore' ? '_gitignore' : path),
      await readFile(join(copy, path)),
    );
  }
  for (const [path, text] of Object.entries(older)) {
    if (text === undefined) {
      Reflect.deleteProperty(hashes, path);
      await rm(join(copy, path), { force: true });
      await rm(join(folder, path), { force: true });
      continue;
    }
    hashes[path] = hashOf(Buffer.from(text));
    await mkdir(join(copy, path, '..'), { recursive: true });
    await write(path, text);
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await writeFile(
    join(root, 'package', 'package.json'),
    JSON.stringify({ name: '@aoai/cli', version: '0.0.1-older' }),
  );
  await write('.aoai/sample.json', JSON.stringify({ sample, version: '0.0.1-older', files: hashes }));
  commit();
}

async function withRegistry<T>(work: () => Promise<T>): Promise<T> {
  execFileSync('tar', ['-czf', 'older.tgz', 'package'], { cwd: root });
  const archive = await readFile(join(root, 'older.tgz'));
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz') === true) {
      response.end(archive);
      return;
    }
    const tarball = `${registry}older.tgz`;
    const versions = { '0.0.1-older': { name: '@aoai/cli', version: '0.0.1-older', dist: { tarball } } };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: '@aoai/cli', versions, 'dist-tags': { latest: '0.0.1-older' } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  try {
    return await work();
  } finally {
    registry = '';
    server.close();
  }
}

test('a copy remembers the sample, its version, and a hash of each file', async () => {
  const { sample, version, files } = await record();
  expect([sample, version]).toEqual(['quickstart', expect.stringMatching(/^\d+\.\d+\.\d+/)]);
  expect(Object.keys(files)).toEqual(
    expect.arrayContaining(['.gitignore', 'README.md', 'UPGRADING.md', 'package.json', 'src/main.ts']),
  );
  expect(files['src/main.ts']).toBe(hashOf(await readFile(join(copy, 'src/main.ts'))));
});

test("a sample's own .gitignore travels", async () => {
  await aoai(root, 'case-notes', 'notes');
  expect(await readFile(join(root, 'notes/.gitignore'), 'utf8')).toContain('.data');
});

test('a folder with only a new repository in it counts as empty', async () => {
  await mkdir(join(root, 'fresh/.git'), { recursive: true });
  expect((await aoai(root, 'quickstart', 'fresh')).code).toBe(0);
});

test.each([
  ['npm/11.0.0 node/v24', 'npm install', 'npm start'],
  ['pnpm/12.21.0 npm/? node/v24', 'pnpm install', 'pnpm start'],
  ['yarn/4.1.0 npm/? node/v24', 'yarn install', 'yarn start'],
  ['bun/1.3.0 npm/? node/v24', 'bun install', 'bun run start'],
  ['other/1.0', 'npm install', 'npm start'],
])('the next steps name the package manager that runs: %s', async (agent, install, start) => {
  const terminal = fakeTerminal({ cwd: root, env: { npm_config_user_agent: agent } });
  await run(['new', 'quickstart', 'named'], terminal);
  expect(terminal.output()).toContain(`\n  ${install}\n  ${start}\n`);
});

describe('aoai new --diff', () => {
  test('says that nothing changed', async () => {
    const { code, out } = await aoai(copy, '--diff');
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('Nothing changed, in the sample or in your copy.'),
    ]);
  });

  test('shows what you changed, added to nothing and removed, from outside the folder too', async () => {
    await write('src/main.ts', 'mine\n');
    await rm(join(copy, 'src/timeline.ts'));
    await write('src/own.ts', 'export {};\n');
    const { out } = await aoai(root, '--diff', 'mine');
    expect(out).toMatch(/src\/main\.ts +same +changed/);
    expect(out).toMatch(/src\/timeline\.ts +same +removed/);
    expect(out).not.toContain('own.ts');
    expect(out).not.toContain('Apply it');
    const { files } = JSON.parse((await aoai(root, '--diff', 'mine', '--json')).out) as { files: unknown };
    expect(files).toEqual([
      { path: 'src/main.ts', sample: 'same', yours: 'changed' },
      { path: 'src/timeline.ts', sample: 'same', yours: 'removed' },
    ]);
  });

  test('shows what changed in the sample since the copied version, as a patch', async () => {
    const before = (await read('src/main.ts')).replace('Hello world', 'Good day');
    await copiedFromOlder({ 'src/main.ts': before, 'src/gone.ts': 'old\n' });
    const { out } = await withRegistry(() => aoai(copy, '--diff'));
    expect(out).toMatch(/src\/main\.ts +changed +same/);
    expect(out).toMatch(/src\/gone\.ts +removed +same/);
    expect(out).toMatch(
      /^quickstart, copied from 0\.0\.1-older, compared with \d.*\.\n\nFILE +SAMPLE +YOURS\n/,
    );
    expect(out).toContain('--- src/main.ts (as it was copied)\n+++ src/main.ts (the sample now)\n');
    expect(out).toMatch(/^-.*Good day/m);
    expect(out).toMatch(/^\+.*Hello world/m);
    // The file of how to upgrade differs by its version alone.
    expect(out.match(/^--- /gm)).toHaveLength(1);
    expect(out).toMatch(/\n\nApply it: aoai new --update\n$/);
  });

  test('compares by hashes when npm cannot get the copied version, and says so', async () => {
    await copiedFromOlder({ 'src/main.ts': 'old\n' });
    const { code, out, err } = await aoai(copy, '--diff');
    expect(code).toBe(0);
    expect(err).toContain('npm cannot get @aoai/cli 0.0.1-older: files are compared by their hashes');
    expect(out).toMatch(/src\/main\.ts +changed +same/);
  });

  test('a machine without npm is told that npm cannot get the copied version', async () => {
    await copiedFromOlder({ 'src/main.ts': 'old\n' });
    const terminal = fakeTerminal({ cwd: copy, env: { PATH: root } });
    expect(await run(['new', '--diff'], terminal)).toBe(0);
    expect(terminal.errors()).toBe(
      'Fetching the sample as @aoai/cli 0.0.1-older had it…\nnpm cannot get @aoai/cli 0.0.1-older: files are compared by their hashes, without their texts.\n',
    );
  });

  test.each([
    ['is broken', '{'],
    ['has no name', '{"name":5}'],
  ])('a manifest that %s is one that you changed', async (_, text) => {
    await write('package.json', text);
    const { code, out } = await aoai(copy, '--diff', '--json');
    expect(code).toBe(0);
    expect((JSON.parse(out) as { files: unknown }).files).toEqual([
      { path: 'package.json', sample: 'same', yours: 'changed' },
    ]);
  });

  test.each([
    ['no record', undefined, 'it has no .aoai/sample.json'],
    ['no JSON', '{', 'its .aoai/sample.json is not as `aoai new` wrote it'],
    [
      'a path outside',
      '{"sample":"quickstart","version":"1.0.0","files":{"../x":"' + 'a'.repeat(64) + '"}}',
      'is not as',
    ],
    [
      'an absolute path',
      '{"sample":"quickstart","version":"1.0.0","files":{"/etc/x":"' + 'a'.repeat(64) + '"}}',
      'is not as',
    ],
    [
      'a version with an option in it',
      '{"sample":"quickstart","version":"1.0.0 --x","files":{}}',
      'is not as',
    ],
    [
      'an unknown sample',
      '{"sample":"other","version":"1.0.0","files":{}}',
      'this version has no sample "other"',
    ],
  ])('refuses %s in one sentence', async (_name, text, message) => {
    if (text === undefined) await rm(join(copy, '.aoai'), { recursive: true });
    else await write('.aoai/sample.json', text);
    const { code, err } = await aoai(copy, '--diff');
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('aoai new --update', () => {
  test('demands a clean working tree, and touches nothing without one', async () => {
    await copiedFromOlder({ 'src/main.ts': 'old\n' });
    await write('src/timeline.ts', 'mine, not committed\n');
    const { code, err } = await aoai(copy, '--update');
    expect([code, err]).toEqual([
      2,
      'Cannot update ".": it has changes that are not committed. Commit or stash them first, so that nothing can be lost.\n',
    ]);
    expect(await read('src/main.ts')).toBe('old\n');
  });

  test('demands a repository', async () => {
    const { code, err } = await aoai(copy, '--update');
    expect([code, err]).toEqual([2, expect.stringContaining('it is not in a git repository')]);
  });

  test('demands a copy of a sample', async () => {
    const { code, err } = await aoai(root, '--update');
    expect([code, err]).toEqual([2, expect.stringContaining('it has no .aoai/sample.json')]);
  });

  test('replaces what was not touched, adds what is new, removes what is gone', async () => {
    const now = { main: await read('src/main.ts'), timeline: await read('src/timeline.ts') };
    await copiedFromOlder({ 'src/main.ts': 'old\n', 'src/timeline.ts': undefined, 'src/gone.ts': 'old\n' });
    const { code, out } = await withRegistry(() => aoai(copy, '--update'));
    expect(code).toBe(0);
    expect(out).toMatch(/src\/gone\.ts +removed/);
    expect(out).toMatch(/src\/main\.ts +replaced/);
    expect(out).toMatch(/src\/timeline\.ts +added/);
    expect({ main: await read('src/main.ts'), timeline: await read('src/timeline.ts') }).toEqual(now);
    expect(existsSync(join(copy, 'src/gone.ts'))).toBe(false);
    commit();
    expect((await aoai(copy, '--diff')).out).toContain('Nothing changed');
  });

  test('merges both sides where they do not meet', async () => {
    const now = await read('src/main.ts');
    const older = now.replace('Hello world', 'Good day');
    await copiedFromOlder({ 'src/main.ts': older });
    await write('src/main.ts', `${older}\n// mine\n`);
    commit();
    const { code, out } = await withRegistry(() => aoai(copy, '--update'));
    expect([code, out]).toEqual([0, expect.stringMatching(/src\/main\.ts +merged/)]);
    expect(await read('src/main.ts')).toBe(`${now}\n// mine\n`);
  });

  test('marks a conflict as git does, ends with 1, and a second update does nothing more', async () => {
    const now = await read('src/main.ts');
    await copiedFromOlder({ 'src/main.ts': now.replace('Hello world', 'Good day') });
    await write('src/main.ts', now.replace('Hello world', 'Guten Tag'));
    commit();
    const { code, out } = await withRegistry(() => aoai(copy, '--update'));
    expect(code).toBe(1);
    expect(out).toContain('with conflicts in 1 file');
    const marked = await read('src/main.ts');
    for (const part of [
      '<<<<<<< yours',
      'Guten Tag',
      '||||||| as it was copied',
      'Good day',
      'Hello world',
      '>>>>>>> the sample now',
    ])
      expect(marked).toContain(part);
    commit();
    expect((await aoai(copy, '--update')).out).toContain('Nothing changed in quickstart');
    expect(await read('src/main.ts')).toBe(marked);
  });

  test('keeps what you changed and the sample removed, and does not bring back what you removed', async () => {
    await copiedFromOlder({ 'src/gone.ts': 'old\n', 'src/main.ts': 'old\n' });
    await write('src/gone.ts', 'mine\n');
    await rm(join(copy, 'src/main.ts'));
    commit();
    const { out } = await withRegistry(() => aoai(copy, '--update'));
    expect(out).toMatch(/src\/gone\.ts +kept yours/);
    expect(out).toMatch(/src\/main\.ts +kept yours/);
    expect(await read('src/gone.ts')).toBe('mine\n');
    expect(existsSync(join(copy, 'src/main.ts'))).toBe(false);
  });

  test('without the copied version both sides of what both changed are shown, as conflicts', async () => {
    const [main, timeline] = [await read('src/main.ts'), await read('src/timeline.ts')];
    await copiedFromOlder({ 'src/main.ts': 'old\n', 'src/timeline.ts': 'old\n', 'README.md': 'old\n' });
    await write('src/main.ts', 'mine\n');
    await write('src/timeline.ts', timeline);
    commit();
    const { code, out } = await aoai(copy, '--update');
    expect(code).toBe(1);
    expect(out).toMatch(/README\.md +replaced\n/);
    expect(out).toMatch(/src\/main\.ts +CONFLICT\n/);
    expect(out).toMatch(/src\/timeline\.ts +kept yours\n/);
    expect(await read('src/main.ts')).toBe(
      `<<<<<<< yours\nmine\n||||||| as it was copied\n=======\n${main}>>>>>>> the sample now\n`,
    );
    expect(await read('src/timeline.ts')).toBe(timeline);
  });

  test('a new name of the package is no conflict', async () => {
    const manifest = await read('package.json');
    await copiedFromOlder({ 'package.json': manifest.replace('"start"', '"begin"') });
    await write(
      'package.json',
      (await read('package.json')).replace('"name": "mine"', '"name": "@acme/assistant"'),
    );
    commit();
    const { code } = await withRegistry(() => aoai(copy, '--update'));
    expect(code).toBe(0);
    expect(JSON.parse(await read('package.json'))).toMatchObject({
      name: '@acme/assistant',
      scripts: { start: 'node src/main.ts' },
    });
  });
});
