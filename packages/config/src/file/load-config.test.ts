import { getEventListeners } from 'node:events';
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError, findConfig, loadConfig, watchConfig } from '../index.ts';
import type { Config } from '../index.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-config-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const input = {
  resources: { sweden: { endpoint: 'https://contoso.openai.azure.com' } },
  deployments: { chat: { resource: 'sweden', deployment: 'gpt-5-mini' } },
};

const index = fileURLToPath(new URL('../index.ts', import.meta.url));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  return path;
}

async function failure(path: string): Promise<ConfigError> {
  const error = await loadConfig(path, { env: {} }).catch((reason: unknown) => reason);
  if (error instanceof ConfigError) return error;
  throw new Error('loadConfig did not refuse the file', { cause: error });
}

describe('loadConfig', () => {
  test.each([
    ['json', JSON.stringify({ $schema: 'https://x', ...input })],
    [
      'yaml',
      'resources:\n  sweden: { endpoint: https://contoso.openai.azure.com }\ndeployments:\n  chat: { resource: sweden, deployment: gpt-5-mini }\n',
    ],
    ['yml', `\uFEFF${JSON.stringify(input)}`],
    ['js', `export default ${JSON.stringify(input)};`],
    ['mjs', `export const config = ${JSON.stringify(input)};`],
    [
      'ts',
      `import { defineConfig } from ${JSON.stringify(index)};\nexport default defineConfig(${JSON.stringify(input)} as const);`,
    ],
  ])('reads a .%s file', async (extension, content) => {
    const path = await file(`${extension}/aoai.config.${extension}`, content);
    const config = await loadConfig(path);
    expect(config.names).toEqual(['chat']);
    expect(Object.isFrozen(config)).toBe(true);
  });

  test('finds the nearest file upwards', async () => {
    const path = await file('up/aoai.config.json', JSON.stringify(input));
    await mkdir(join(folder, 'up/a/b'), { recursive: true });
    expect(await findConfig(join(folder, 'up/a/b'))).toBe(path);
    expect((await loadConfig(undefined, { cwd: join(folder, 'up/a/b') })).names).toEqual(['chat']);
  });

  test('reads references from the given environment', async () => {
    const path = await file(
      'env/aoai.config.json',
      JSON.stringify({ ...input, resources: { sweden: { endpoint: { $env: 'E' } } } }),
    );
    const config = await loadConfig(path, { env: { E: 'https://other.openai.azure.com' } });
    expect(config.resources['sweden']?.endpoint).toBe('https://other.openai.azure.com');
    expect((await failure(path)).message).toContain(
      'resources.sweden.endpoint: set `E` to the resource endpoint',
    );
  });

  test('keeps the hosts that a module allowed', async () => {
    const custom = {
      ...input,
      resources: { sweden: { endpoint: 'https://ai.contoso.com' } },
      allowHosts: ['ai.contoso.com'],
    };
    const path = await file(
      'own/aoai.config.ts',
      `import { defineConfig } from ${JSON.stringify(index)};\nexport default defineConfig(${JSON.stringify(custom)} as const);`,
    );
    expect((await loadConfig(path)).resources['sweden']?.endpoint).toBe('https://ai.contoso.com');
  });

  test.each([
    ['nothing.json', undefined, 'No such file.'],
    ['note.txt', 'x', 'ends in .ts, .js, .json or .yaml'],
    ['broken.json', '{\n  "resources": {,\n}', 'Not JSON: look at line 2, column 17.'],
    ['secret.json', '{ "key": "hunter2-hunter2" oops }', 'Not JSON: look at line 1'],
    ['broken.yaml', 'a: b: c\n', 'Not YAML: look at line 1'],
    ['twice.yaml', 'a: 1\na: 2\n', 'Not YAML: look at line 2, column 1, where a key is given for the second'],
    [
      'twice.json',
      '{"policy": {"processing": ["EU"]},\n "resources": {},\n  "policy": {}}',
      'Not JSON: look at line 3, column 3, where a key is given for the second time. Keep one of the two.',
    ],
    ['twice-nested.json', '{"a": [{"b": "}", "c": {"b": 1}}, {"b": 1, "b": 2}]}', 'column 44, where a key'],
    ['twice-escaped.json', '{"policy": 1, "\\u0070olicy": 2}', 'line 1, column 15, where a key is given'],
    ['empty.yaml', '', 'expected an object'],
    ['list.json', '[]', 'expected an object'],
    ['none.js', 'export const other = 1;', 'Exports no config'],
    ['throws.js', 'throw new TypeError("no luck");', 'it throws TypeError: no luck'],
    ['syntax.js', 'export default {', 'Cannot be imported: it throws'],
  ])('refuses %s with one clear error', async (name, content, message) => {
    const path = content === undefined ? join(folder, name) : await file(`bad/${name}`, content);
    const error = await failure(path);
    expect(error.issues).toHaveLength(1);
    expect(error.message).toContain(`Invalid config ${JSON.stringify(path)}:\n`);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('hunter2');
  });

  test('says where it looked', async () => {
    await expect(loadConfig(undefined, { cwd: '/' })).rejects.toThrow(
      'No config found: looked for "aoai.config.ts"',
    );
  });

  test('passes on what defineConfig said in a module', async () => {
    const path = await file(
      'wrong/aoai.config.ts',
      `import { defineConfig } from ${JSON.stringify(index)};\nexport default defineConfig({ resources: {}, deployments: {} });`,
    );
    const error = await failure(path);
    expect(error.issues.map((issue) => issue.path)).toEqual(['resources', 'deployments']);
  });
});

describe('a hostile file', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...'bcdefghij'.split('').map((name) => {
      const before = String.fromCharCode(name.charCodeAt(0) - 1);
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(',')}]`;
    }),
  ].join('\n');

  test.each([
    ['huge.json', `{"resources":"${'x'.repeat(2_000_000)}"}`, 'larger than 1024 KiB'],
    ['huge.yaml', `resources: ${'x'.repeat(2_000_000)}`, 'larger than 256 KiB'],
    ['wide.json', `[${'0,'.repeat(500_000)}0]`, 'more than 100000 values'],
    ['deep.json', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, ''],
    ['deep-object.json', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`, ''],
    ['deep.yaml', `a: ${'['.repeat(250_000)}`, ''],
    ['deep-flow.yaml', `a: ${'{b: '.repeat(20_000)}1${'}'.repeat(20_000)}`, ''],
    ['dashes.yaml', `${'- '.repeat(100_000)}x`, 'nested too deeply'],
    ['keys.yaml', Array.from({ length: 25_000 }, (_, at) => `k${at}: 1`).join('\n'), 'unknown key'],
    ['tags.yaml', `a: ${'!t '.repeat(60_000)}`, 'grow beyond measure'],
    [
      'anchors.yaml',
      Array.from({ length: 10_000 }, (_, at) => `k${at}: &a${at} 1`).join('\n'),
      'grow beyond',
    ],
    ['bomb.yaml', bomb, 'aliases grow beyond measure'],
    ['loop.yaml', 'resources: &r\n  again: *r\n', 'refers to itself'],
    [
      'proto.json',
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      'a reserved word of JavaScript',
    ],
    ['proto.yaml', 'resources:\n  __proto__: { polluted: 1 }\n', 'a reserved word of JavaScript'],
    ['merge.yaml', 'base: &b { __proto__: { polluted: 1 } }\nresources:\n  <<: *b\n', 'unknown key'],
  ])('%s gives an error, quickly', async (name, content, message) => {
    const path = await file(`hostile/${name}`, content);
    const error = await failure(path);
    expect(error.message).toContain(message);
    expect(error.message.length).toBeLessThan(20_000);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test('is refused when it is no file at all', async () => {
    await mkdir(join(folder, 'folder.json'));
    expect((await failure(join(folder, 'folder.json'))).message).toContain('Not a file.');
  });
});

describe('watchConfig', () => {
  /** A list whose changes can be awaited. */
  function arrivals<T>(): { readonly add: (item: T) => void; next(): Promise<T> } {
    const items: T[] = [];
    let wake: () => void = () => undefined;
    return {
      add: (item) => {
        items.push(item);
        wake();
      },
      async next() {
        for (;;) {
          const item = items.shift();
          if (item !== undefined) return item;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      },
    };
  }

  const named = (name: string) =>
    JSON.stringify({ ...input, deployments: { [name]: input.deployments.chat } });

  test('follows the file, keeps the last good config, and reports what is wrong once', async () => {
    const path = await file('watch/aoai.config.json', named('one'));
    const changes = arrivals<Config>();
    const errors = arrivals<ConfigError>();
    const watched = await watchConfig(path, changes.add, { onError: errors.add });
    expect(watched.config.names).toEqual(['one']);

    await writeFile(path, named('two'));
    expect((await changes.next()).names).toEqual(['two']);

    await writeFile(path, '{ broken');
    expect((await errors.next()).message).toContain('Not JSON');
    expect(watched.config.names).toEqual(['two']);

    await writeFile(`${path}.new`, named('three'));
    await rename(`${path}.new`, path);
    expect((await changes.next()).names).toEqual(['three']);
    expect(watched.config.names).toEqual(['three']);
    watched.close();
  });

  test('reports the same breakage again once it was repaired, and while it lasts once', async () => {
    const path = await file('watch-again/aoai.config.json', named('one'));
    const changes = arrivals<Config>();
    const errors = arrivals<ConfigError>();
    const watched = await watchConfig(path, changes.add, { onError: errors.add });
    for (const name of ['two', 'three']) {
      await writeFile(path, '{ broken');
      expect((await errors.next()).message).toContain('Not JSON');
      await writeFile(path, named(name));
      expect((await changes.next()).names).toEqual([name]);
    }
    watched.close();
  });

  test('follows a folder that Kubernetes swaps behind a link', async () => {
    for (const name of ['one', 'two']) await file(`mounted/..${name}/aoai.config.json`, named(name));
    const mounted = join(folder, 'mounted');
    await symlink('..one', join(mounted, '..data'));
    await symlink(join('..data', 'aoai.config.json'), join(mounted, 'aoai.config.json'));
    const changes = arrivals<Config>();
    const watched = await watchConfig(join(mounted, 'aoai.config.json'), changes.add);
    await symlink('..two', join(mounted, '..data_tmp'));
    await rename(join(mounted, '..data_tmp'), join(mounted, '..data'));
    expect((await changes.next()).names).toEqual(['two']);
    watched.close();
  });

  test('reads a changed module again', async () => {
    const path = await file('watch-module/aoai.config.mjs', `export default ${named('one')};`);
    const changes = arrivals<Config>();
    const closing = new AbortController();
    const watched = await watchConfig(path, changes.add, { signal: closing.signal });
    await writeFile(path, `export default ${named('two')};`);
    expect((await changes.next()).names).toEqual(['two']);
    closing.abort();
    expect(watched.config.names).toEqual(['two']);
  });

  test('a watch that is closed lets go of the signal that could have ended it', async () => {
    const path = await file('watch-signal/aoai.config.json', named('one'));
    const { signal } = new AbortController();
    const watched = await watchConfig(path, () => undefined, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    watched.close();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('a watch that is closed says nothing of what others still hear', async () => {
    const path = await file('watch-closed/aoai.config.json', named('one'));
    const [heard, others] = [arrivals<Config>(), arrivals<Config>()];
    const said: unknown[] = [];
    const closed = await watchConfig(path, (config) => said.push(config), {
      onError: (error) => said.push(error),
    });
    const aborted = new AbortController();
    await watchConfig(path, (config) => said.push(config), { signal: aborted.signal });
    const watched = await watchConfig(path, heard.add);
    closed.close();
    aborted.abort();
    const later = await watchConfig(path, others.add);
    await writeFile(path, named('two'));
    expect((await heard.next()).names).toEqual(['two']);
    expect((await others.next()).names).toEqual(['two']);
    watched.close();
    later.close();
    expect(said).toEqual([]);
    expect(closed.config.names).toEqual(['one']);
  });

  test('a signal that has aborted before is not waited for', async () => {
    const path = await file('watch-aborted/aoai.config.json', named('one'));
    const signal = AbortSignal.abort();
    const watched = await watchConfig(path, () => undefined, { signal });
    expect(watched.config.names).toEqual(['one']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('fails at once when there is nothing to begin with', async () => {
    await expect(watchConfig(join(folder, 'none.json'), () => undefined)).rejects.toThrow(ConfigError);
  });

  test('goes on when what it calls throws, and lets the error be seen', async () => {
    const path = await file('watch-throws/aoai.config.json', named('one'));
    const uncaught = arrivals<unknown>();
    const before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', uncaught.add);
    const changes = arrivals<Config>();
    let isFirst = true;
    const watched = await watchConfig(path, (config) => {
      changes.add(config);
      if (isFirst) {
        isFirst = false;
        throw new Error('mine');
      }
    });
    await writeFile(path, named('two'));
    expect(await uncaught.next()).toMatchObject({ message: 'mine' });
    for (const listener of before) process.on('uncaughtException', listener);
    await changes.next();
    await writeFile(path, named('three'));
    expect((await changes.next()).names).toEqual(['three']);
    watched.close();
  });
});
