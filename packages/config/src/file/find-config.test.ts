import { chown, lchown, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConfigError, findConfig, loadConfig } from '../index.ts';
import type { Owner } from './owner.ts';

let top = '';
/** Without a home folder. */
const env = { HOME: '/nobody/lives/here' };

beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), 'aoai-find-')));
});

afterEach(async () => {
  await rm(top, { recursive: true, force: true });
});

const ran = '__aoaiForeignCodeRan';
const code = `globalThis.${ran} = true; export default {};`;

async function put(path: string, content = code): Promise<string> {
  const whole = join(top, path);
  await mkdir(dirname(whole), { recursive: true });
  await writeFile(whole, content);
  return whole;
}

async function folder(path: string): Promise<string> {
  await mkdir(join(top, path), { recursive: true });
  return join(top, path);
}

describe('how far findConfig looks', () => {
  test.each(['.git', 'pnpm-workspace.yaml'])('not above the folder that has %s', async (mark) => {
    await put('aoai.config.ts');
    await put(`project/${mark}`, '');
    const inside = await folder('project/packages/app');
    expect(await findConfig(inside, { env })).toBeUndefined();
    const own = await put('project/aoai.config.json');
    expect(await findConfig(inside, { env })).toBe(own);
  });

  test('not above the home folder, also when that is reached by a link', async () => {
    await put('aoai.config.ts');
    const inside = await folder('home/ada/work');
    await symlink(join(top, 'home'), join(top, 'linked'));
    for (const HOME of [join(top, 'home/ada'), join(top, 'linked/ada')])
      expect(await findConfig(inside, { env: { HOME } })).toBeUndefined();
    const own = await put('home/ada/aoai.config.yaml');
    expect(await findConfig(inside, { env: { HOME: join(top, 'home/ada') } })).toBe(own);
  });

  test('as far as there are folders, elsewhere', async () => {
    const found = await put('aoai.config.mjs');
    expect(await findConfig(await folder('a/b/c'), { env })).toBe(found);
    expect(await findConfig(await folder('a/b/c'), { env: { HOME: '' } })).toBe(found);
  });
});

/** Root can change the owner of a file; other users look at their own files as another user. */
const isRoot = process.getuid?.() === 0;
const stranger = 54_321;
const asOther: { readonly owner?: Owner } = isRoot ? {} : { owner: { uid: stranger } };

async function giveAway(...paths: readonly string[]): Promise<void> {
  if (isRoot) for (const path of paths) await lchown(path, stranger, stranger);
}

describe.skipIf(process.platform === 'win32')('a config of another user', () => {
  test.each(['ts', 'mjs', 'json', 'yaml'])(
    'is refused as aoai.config.%s, with how to allow it',
    async (ending) => {
      const found = await put(`aoai.config.${ending}`);
      await giveAway(found);
      const error = await findConfig(await folder('a/b'), { env, ...asOther }).catch(
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as ConfigError).message).toBe(
        `Invalid config ${JSON.stringify(found)}:\nNot used: it belongs to another user (${isRoot ? stranger : process.getuid?.()}), who could run code as you or send your calls elsewhere. If you trust it, name the file, or add its folder to \`AOAI_TRUSTED_FOLDERS\`.`,
      );
    },
  );

  test('is used from a folder in AOAI_TRUSTED_FOLDERS, and from no other', async () => {
    const found = await put('shared/team/aoai.config.mjs');
    await giveAway(found);
    const from = await folder('shared/team/app');
    const find = (trusted: string) =>
      findConfig(from, { env: { ...env, AOAI_TRUSTED_FOLDERS: trusted }, ...asOther });
    for (const trusted of ['*', top, join(top, 'shared/team'), `/elsewhere:${join(top, 'shared')}/`])
      expect(await find(trusted)).toBe(found);
    for (const trusted of ['', '/elsewhere', join(top, 'shared/te'), join(top, 'shared/team/app')])
      await expect(find(trusted)).rejects.toThrow('belongs to another user');
  });

  test.runIf(isRoot)('does not run when it is found, and runs when it is named', async () => {
    const found = await put('aoai.config.mjs');
    await chown(found, stranger, stranger);
    const cwd = await folder('a');
    await expect(loadConfig(undefined, { cwd, env })).rejects.toThrow('belongs to another user');
    expect(ran in globalThis).toBe(false);
    await loadConfig(found, { cwd, env }).catch(() => undefined);
    expect(ran in globalThis).toBe(true);
  });

  test.runIf(isRoot)('is one whose folder, or whose link, is theirs', async () => {
    const found = await put('theirs/aoai.config.mjs');
    await chown(join(top, 'theirs'), stranger, stranger);
    await expect(findConfig(dirname(found), { env })).rejects.toThrow('belongs to another user');
    await chown(join(top, 'theirs'), 0, 0);
    expect(await findConfig(dirname(found), { env })).toBe(found);
    const link = join(await folder('linked'), 'aoai.config.mjs');
    await symlink(found, link);
    expect(await findConfig(dirname(link), { env })).toBe(link);
    await lchown(link, stranger, stranger);
    await expect(findConfig(dirname(link), { env })).rejects.toThrow('belongs to another user');
  });

  test.runIf(isRoot)('is not one of the person who became root, nor one of root', async () => {
    const found = await put('aoai.config.mjs');
    const from = await folder('a');
    expect(await findConfig(from, { env, owner: { uid: 1000 } })).toBe(found);
    await chown(found, stranger, stranger);
    expect(await findConfig(from, { env, owner: { uid: 0, sudoUid: stranger } })).toBe(found);
    expect(await findConfig(from, { env, owner: { uid: stranger } })).toBe(found);
    await expect(findConfig(from, { env, owner: { uid: 1000, sudoUid: stranger } })).rejects.toThrow(
      'belongs to another user',
    );
  });
});
