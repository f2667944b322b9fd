import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { duplicateKeyAt } from './duplicate-key.ts';
import { ConfigError } from '../errors.ts';
import { loadConfig, readConfigFile } from './load-config.ts';
import { foreignOwner, isTrusted } from './owner.ts';
import { parseConfigFile } from './parse-config-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-config-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function file(name: string, content: string): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

async function failureOf(work: Promise<unknown>): Promise<ConfigError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ConfigError) return error;
  throw new Error('not refused', { cause: error });
}

test.each<[string, number | undefined]>([
  ['{"a":1,"b":2}', undefined],
  ['{"a":1,"a":2}', 7],
  ['[{"a":1},{"a":2}]', undefined],
  ['{"a":{"a":1},"b":["a","a"]}', undefined],
  ['{"a":"a","b":"a"}', undefined],
  ['{"a":[],"a":2}', 8],
  ['{"a":{},"a":2}', 8],
  ['{"a":["x",{"b":1,"b":2}]}', 17],
  ['["a","a"]', undefined],
  ['["a",["a"],"a"]', undefined],
  ['"a"', undefined],
  ['{"x":["a",{"k":1}],"y":["a"],"x":1}', 29],
])('the second place of a key in %s is %s', (json, at) => {
  expect(duplicateKeyAt(json)).toBe(at);
});

describe('parseConfigFile', () => {
  test.each<[string, string, string]>([
    [
      'a.json',
      '{"a":1,\n\n "a":2}',
      'Not JSON: look at line 3, column 2, where a key is given for the second time. Keep one of the two.',
    ],
    ['a.json', `{${'\n'.repeat(120)}"a" 1}`, 'Not JSON: look at line 121, column 5.'],
    ['a.json', '', 'Not JSON.'],
    [
      'a.yaml',
      'b:\n  a: 1\n  a: 2\n',
      'Not YAML: look at line 3, column 3, where a key is given for the second time. Keep one of the two.',
    ],
    ['a.yaml', '\n\na: b: c\n', 'Not YAML: look at line 3, column 4.'],
    [
      'a.yml',
      'a: *nobody\n',
      'Not a config: a YAML alias ("*…") has no anchor. Put quotes around a text that begins with "*".',
    ],
    ['a.yaml', `a: ${'&x '.repeat(1001)}`, 'Not a config: its YAML aliases grow beyond measure.'],
    ['a.yaml', `- `.repeat(100_000), 'Not a config: YAML nested too deeply.'],
  ])('of %s it says where it is wrong', async (source, text, message) => {
    const error = await failureOf(parseConfigFile(text, source));
    expect(error.issues).toEqual([{ path: '', message }]);
    expect(error.message).toBe(`Invalid config "${source}":\n${message}`);
  });

  test('a file may begin with a byte order mark, and have one in a text', async () => {
    expect(await parseConfigFile('\uFEFF{"a":"x\uFEFFy"}', 'a.json')).toEqual({ a: 'x\uFEFFy' });
    expect(await parseConfigFile('\uFEFFa: x\n', 'a.yaml')).toEqual({ a: 'x' });
  });

  test('a thousand anchors, aliases and tags are enough', async () => {
    const text = Array.from({ length: 1000 }, (_, at) => `- &a${at} x`).join('\n');
    expect(await parseConfigFile(text, 'a.yaml')).toHaveLength(1000);
    // Not those signs themselves.
    expect(await parseConfigFile(`a: "${'x&*!'.repeat(2000)}"`, 'a.yaml')).toEqual({
      a: 'x&*!'.repeat(2000),
    });
  });
});

const valid = JSON.stringify({
  resources: { a: { endpoint: 'https://a.openai.azure.com' } },
  deployments: { chat: { resource: 'a', deployment: 'd' } },
});

describe('readConfigFile', () => {
  test.each([
    ['limit.json', 1024],
    ['limit.yaml', 256],
    ['limit.yml', 256],
    ['limit.yaml.json', 1024],
  ])('%s may have %i KiB', async (name, kiB) => {
    const path = await file(name, valid.padEnd(kiB * 1024));
    expect((await loadConfig(path)).names).toEqual(['chat']);
    await file(name, valid.padEnd(kiB * 1024 + 1));
    expect((await failureOf(loadConfig(path))).issues).toEqual([
      { path: '', message: `Not a config: larger than ${kiB} KiB.` },
    ]);
  });

  test.each(['x.json.txt', 'x.jsonc', 'x', 'json', 'x.tsx'])(
    '%s has not the name of a config',
    async (name) => {
      expect((await failureOf(loadConfig(await file(name, valid)))).issues).toEqual([
        { path: '', message: 'Not a config: use a file that ends in .ts, .js, .json or .yaml.' },
      ]);
    },
  );

  test('what cannot be read is named by its code', async () => {
    const plain = await file('plain.json', valid);
    expect((await failureOf(loadConfig(join(plain, 'x.json')))).issues[0]?.message).toBe(
      'Cannot be read (ENOTDIR).',
    );
    expect((await failureOf(loadConfig('gone.json', { cwd: folder }))).issues[0]?.message).toBe(
      'No such file.',
    );
    await mkdir(join(folder, 'folder.yaml'));
    expect((await failureOf(loadConfig('folder.yaml', { cwd: folder }))).issues[0]?.message).toBe(
      'Not a file.',
    );
  });

  test('a module reads its references from the environment that is given', async () => {
    const path = await file(
      'env.mjs',
      `export default ${valid.replace('"https://a.openai.azure.com"', '{ $env: "E" }')}`,
    );
    const env = { E: 'https://b.openai.azure.com' };
    expect((await readConfigFile(path, { env })).resources['a']?.endpoint).toBe(env.E);
    const error = await failureOf(readConfigFile(path, { env: {} }));
    expect(error.message).toContain(
      `Invalid config ${JSON.stringify(path)}:\nresources.a.endpoint: set \`E\``,
    );
  });

  test.each([
    ['Object.assign(new Error("no"), { code: "CONFIG_INVALID" })', 'Cannot be imported: it throws Error: no'],
    ['Object.assign(new Error("no"), { issues: [] })', 'Cannot be imported: it throws Error: no'],
    ['"a text"', 'Cannot be imported: it throws something that is not an error'],
    ['new TypeError("first\\nsecond")', 'Cannot be imported: it throws TypeError: first'],
    [
      'Object.assign(new Error("no"), { code: "ERR_UNKNOWN_FILE_EXTENSION" })',
      'This Node cannot read TypeScript. Use Node 22.18 or newer, or write the config in JavaScript, JSON or YAML.',
    ],
  ])('of a module that throws %s it says so, with the cause', async (thrown, message) => {
    const path = await file(`throws-${thrown.length}.mjs`, `throw ${thrown};`);
    const error = await failureOf(loadConfig(path));
    expect(error.issues).toEqual([{ path: '', message }]);
    expect(error.message).toBe(`Invalid config ${JSON.stringify(path)}:\n${message}`);
    expect(error.cause).toBeDefined();
  });
});

describe('whose file it is', () => {
  test.each([
    ['/a/b/aoai.config.ts', '/a/b', true],
    ['/a/b/aoai.config.ts', '/a', true],
    ['/a/b/aoai.config.ts', '/', true],
    ['/a/b/aoai.config.ts', '/a/c', false],
    ['/a/b/aoai.config.ts', '/a/b/c', false],
    ['/a/bc/aoai.config.ts', '/a/b', false],
    ['/a/b/aoai.config.ts', `/x${delimiter}/a/b${delimiter}`, true],
    ['/a/b/aoai.config.ts', '*', true],
    ['/a/b/aoai.config.ts', `/x${delimiter}*`, true],
    ['/a/..b/aoai.config.ts', '/a', true],
    ['/a/b/aoai.config.ts', '', false],
    ['/a/b/aoai.config.ts', delimiter, false],
  ])('%s is trusted by %s: %s', (path, folders, expected) => {
    expect(isTrusted(path.replaceAll('/', sep), { AOAI_TRUSTED_FOLDERS: folders })).toBe(expected);
  });

  test('an empty entry is not the current folder', () => {
    const path = join(process.cwd(), 'aoai.config.ts');
    expect(isTrusted(path, { AOAI_TRUSTED_FOLDERS: delimiter })).toBe(false);
    expect(isTrusted(path, {})).toBe(false);
    expect(isTrusted(path, { AOAI_TRUSTED_FOLDERS: '.' })).toBe(true);
  });

  test('where there are no user ids, as on Windows, no file is foreign', async () => {
    const path = await file('windows.json', valid);
    vi.stubGlobal('process', Object.create(process, { geteuid: { value: undefined } }));
    try {
      expect(await foreignOwner(path)).toBeUndefined();
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('root trusts the user who became root, and nobody trusts a user for that', async () => {
    const path = await file('own.json', valid);
    const uid = process.geteuid?.() ?? 0;
    const [other, another] = [uid + 1000, uid + 2000];
    expect(await foreignOwner(path, { uid })).toBeUndefined();
    if (uid !== 0) return;
    const { chown } = await import('node:fs/promises');
    await chown(path, other, other);
    expect(await foreignOwner(path, { uid })).toBe(other);
    expect(await foreignOwner(path, { uid, sudoUid: other })).toBeUndefined();
    expect(await foreignOwner(path, { uid, sudoUid: another })).toBe(other);
    expect(await foreignOwner(path, { uid: another, sudoUid: other })).toBe(other);
    for (const [sudo, owner] of [
      [String(other), undefined],
      [`${other} `, other],
      [`x${other}`, other],
      ['', other],
    ] as const) {
      vi.stubEnv('SUDO_UID', sudo);
      expect(await foreignOwner(path)).toBe(owner);
    }
    vi.unstubAllEnvs();
  });
});
