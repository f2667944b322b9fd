import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const places = /^(?:packages|apps|docs|tooling|\.github|\.vscode|\.devcontainer|\.changeset)\//;

/** Recipes by title: what stands between one bold line of the section and the next. */
function recipes(): readonly (readonly [title: string, text: string])[] {
  const section = /^## Recipes\n(.*?)(?=^## |$(?![^]))/ms.exec(page)?.[1] ?? '';
  return section
    .split(/^(?=\*\*)/m)
    .slice(1)
    .map((text) => [/^\*\*(.+?)\*\*/.exec(text)?.[1] ?? '', text]);
}

/** What stands in backticks. */
function codeOf(text: string): readonly string[] {
  return [...text.replaceAll(/^ *```.*?^ *```/gms, '').matchAll(/`([^`\n]+)`/g)].map(
    (match) => match[1] ?? '',
  );
}

/** The files and folders that a text names: whole paths, and bare names of files beside the path before them. */
function filesOf(text: string): readonly string[] {
  const files: string[] = [];
  let folder: string | undefined;
  for (const code of codeOf(text)) {
    if (places.test(code) && !code.includes('<')) {
      files.push(code);
      folder = code.endsWith('/') ? code : dirname(code);
    } else if (/^[\w-]+\.ts$/.test(code) && folder !== undefined) {
      files.push(join(folder, code));
    }
  }
  return files;
}

test('CONTRIBUTING has its recipes', () => {
  const titles = recipes().map(([title]) => title);
  expect(titles).toEqual(
    expect.arrayContaining([
      'A new wire fact',
      'A fault of the mock',
      'A rule of lint',
      'A new option of the client',
      'A page of the documentation',
      'A new sample',
    ]),
  );
});

test.each(recipes())('each file of the recipe “%s” exists', (_, text) => {
  const files = filesOf(text);
  expect(files).not.toEqual([]);
  expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('each command of CONTRIBUTING names a script and a file that exist', () => {
  const scripts = (folder: string): readonly string[] =>
    Object.keys(
      (JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { scripts: object }).scripts,
    );
  const folders = new Map(
    globSync(['packages/*/package.json', 'tooling/*/package.json'], { cwd: root }).map((file) => {
      const { name } = JSON.parse(readFileSync(join(root, file), 'utf8')) as { readonly name: string };
      return [name, dirname(file)] as const;
    }),
  );
  const block = /^```sh\n(.*?)^```/ms.exec(page)?.[1] ?? '';
  const commands = [...block.split('\n'), ...codeOf(page)]
    .flatMap((line) => line.replace(/#.*/, '').split('&&'))
    .map((command) => command.trim())
    .filter((command) => command.startsWith('pnpm '));
  expect(commands.length).toBeGreaterThan(10);
  const own = ['install', 'exec', 'changeset'];
  for (const command of commands) {
    const [, filter, verb = '', rest = ''] =
      /^pnpm (?:--filter (\S+) )?([\w:-]+)(?: (.*))?$/.exec(command) ??
      expect.fail(`Not understood: ${command}`);
    const folder = filter === undefined ? '.' : folders.get(filter);
    if (folder === undefined) expect.fail(`No package for ${command}`);
    if (!own.includes(verb)) expect(scripts(folder), command).toContain(verb);
    for (const file of rest.match(/\bsrc\/[\w./-]+\.ts/g) ?? [])
      expect(existsSync(join(root, folder, file)), command).toBe(true);
  }
});
