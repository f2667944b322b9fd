import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { documents, root } from '../documents.ts';

const run = promisify(execFile);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** What remark-validate-links has against these files: links to files and headings that do not exist. */
async function brokenLinks(cwd: string, files: readonly string[]): Promise<string> {
  const command = fileURLToPath(new URL('../node_modules/remark-cli/cli.js', import.meta.url));
  const plugin = (name: string) => fileURLToPath(import.meta.resolve(name));
  const args = [
    ...['--no-config', '--no-ignore', '--no-color', '--frail', '--quiet', '--no-stdout'],
    ...['--use', plugin('remark-frontmatter'), '--use', plugin('remark-gfm')],
    ...['--use', `${plugin('remark-validate-links')}=repository:false,root:${JSON.stringify(cwd)}`],
  ];
  return run(process.execPath, [command, ...args, ...files], { cwd, maxBuffer: 1e8 }).then(
    () => '',
    (error: unknown) => (error as { readonly stderr: string }).stderr,
  );
}

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'aoai-links-'));
  folders.push(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

test('each link of each document leads to a file and a heading that exist', async () => {
  const found = await brokenLinks(root, documents());
  // The first release writes the changelogs.
  const missing = found.split('\n').filter((line) => line.includes('missing-'));
  expect(missing.filter((line) => !line.includes('Cannot find file `CHANGELOG.md`'))).toEqual([]);
}, 120_000);

test('a file, a heading of the page, a heading of another page and a picture that are missing are found', async () => {
  const links = ['[a](other.md)', '[b](#nowhere)', '[c](docs/b.md#gone)', '![d](gone.png)'];
  const folder = folderWith({ 'a.md': `# A\n\n${links.join('\n\n')}\n`, 'docs/b.md': '# B\n' });
  const found = await brokenLinks(folder, ['a.md', 'docs/b.md']);
  expect(found.split('\n').filter((line) => line.includes('missing-'))).toHaveLength(4);
});

test('links to what is there are fine', async () => {
  const text = '# A title\n\n[a](#a-title) [b](docs/b.md#and-more) [c](docs)\n';
  const folder = folderWith({ 'a.md': text, 'docs/b.md': '# B\n\n## And more\n' });
  expect(await brokenLinks(folder, ['a.md', 'docs/b.md'])).toBe('');
});
