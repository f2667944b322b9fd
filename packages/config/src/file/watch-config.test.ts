import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { watchConfig } from './watch-config.ts';

let folder = '';
let drafts = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aoai-watch-'));
  drafts = await mkdtemp(join(tmpdir(), 'aoai-drafts-'));
});
afterAll(async () => {
  for (const each of [folder, drafts]) await rm(each, { recursive: true, force: true });
});

/** Called by each of the files below while it is read. */
let isRead = (): void => undefined;
beforeEach(() => {
  Object.assign(globalThis, {
    aoaiIsRead: () => {
      isRead();
    },
  });
});
afterAll(() => {
  Reflect.deleteProperty(globalThis, 'aoaiIsRead');
});

const config = (name: string) => ({
  resources: { sweden: { endpoint: 'https://contoso.openai.azure.com' } },
  deployments: { [name]: { resource: 'sweden', deployment: 'gpt-5-mini' } },
});
const good = (name: string) => `globalThis.aoaiIsRead(); export default ${JSON.stringify(config(name))};`;
const broken = (why: string) => `globalThis.aoaiIsRead(); throw new Error(${JSON.stringify(why)});`;

/** A watched file, what was said of it, and how it is changed: until it has been read again. */
async function watched(name: string) {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, good('one'));
  const said: string[] = [];
  const watch = await watchConfig(path, ({ names }) => said.push(names.join(' ')), {
    onError: ({ message }) => said.push(message.split('throws ').at(-1) ?? ''),
  });
  onTestFinished(() => {
    watch.close();
  });
  const change = async (content: string) => {
    const read = new Promise<void>((resolve) => {
      isRead = resolve;
    });
    // In one step: half a file is never read.
    await writeFile(`${drafts}/${name}`, content);
    await rename(`${drafts}/${name}`, path);
    await read;
    // What comes of it is said in the same turn.
    await new Promise(setImmediate);
  };
  return { change, said };
}

test('the same config is not told twice, in whatever words it is written', async () => {
  const { change, said } = await watched('same');
  await change(`${good('one')} // again`);
  await change(good('two'));
  await change(`${good('two')} // again`);
  await change(good('one'));
  expect(said).toEqual(['two', 'one']);
});

test('a breakage that stays is reported once, and another one as well', async () => {
  const { change, said } = await watched('stays');
  await change(broken('no luck'));
  await change(`${broken('no luck')} // again`);
  await change(broken('no luck either'));
  await change(broken('no luck'));
  expect(said).toEqual(['Error: no luck', 'Error: no luck either', 'Error: no luck']);
});

test('a breakage is reported again after a repair that brought back the same config', async () => {
  const { change, said } = await watched('repaired');
  await change(broken('no luck'));
  await change(good('one'));
  await change(broken('no luck'));
  expect(said).toEqual(['Error: no luck', 'Error: no luck']);
});

test('a change back to the first config is a change', async () => {
  const { change, said } = await watched('back');
  await change(good('two'));
  await change(broken('no luck'));
  await change(good('one'));
  expect(said).toEqual(['two', 'Error: no luck', 'one']);
});

test('a watch keeps no process alive', async () => {
  const path = join(folder, 'aoai.config.json');
  await writeFile(path, JSON.stringify(config('one')));
  const source = fileURLToPath(new URL('watch-config.ts', import.meta.url));
  const program = `import { watchConfig } from ${JSON.stringify(source)}; await watchConfig(${JSON.stringify(path)}, () => {}); console.log('watching');`;
  const child = spawn(process.execPath, ['--conditions=@aoai/source', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill();
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(said.toString()).toBe('watching\n');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
