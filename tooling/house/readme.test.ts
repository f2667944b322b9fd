import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The READMEs of packages and samples. What the one in the root shows is compiled and run as it stands (tooling/docs). */
const readmes = [...folders('packages'), ...folders('apps')].filter((folder) =>
  existsSync(join(root, folder, 'README.md')),
);

function folders(parent: string): string[] {
  return readdirSync(join(root, parent)).map((name) => join(parent, name));
}

/** The fenced TypeScript blocks of a page. */
function blocks(page: string): string[] {
  return [...page.matchAll(/^```(?:ts|typescript)\n(.*?)^```$/gms)].map((match) => (match[1] ?? '').trim());
}

/** The `//#region` parts of the example files, each without its indentation, and the files as a whole. */
function examples(folder: string): string[] {
  const files = globSync(`${folder}/{src/**/*,aoai.config}.ts`, {
    cwd: root,
    exclude: (name) => name.includes('node_modules'),
  });
  return files.flatMap((file) => {
    const source = readFileSync(join(root, file), 'utf8');
    const regions = [...source.matchAll(/^[ \t]*\/\/ ?#region[^\n]*\n(.*?)^[ \t]*\/\/ ?#endregion/gms)];
    return [source.trim(), ...regions.map((match) => dedent(match[1] ?? ''))];
  });
}

function dedent(text: string): string {
  const lines = text.split('\n');
  const indents = lines
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return lines
    .map((line) => line.slice(indent))
    .join('\n')
    .trim();
}

test.each(readmes)('each TypeScript block of %s/README.md is compiled code of an example', (folder) => {
  const shown = blocks(readFileSync(join(root, folder, 'README.md'), 'utf8'));
  const compiled = new Set(examples(folder));
  expect(shown.filter((block) => !compiled.has(block))).toEqual([]);
});
