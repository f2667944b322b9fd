import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documents, root } from '../documents.ts';
import { snippetsOf } from './snippets.ts';
import type { Snippet } from './snippets.ts';

/** A snippet that is written to a file. */
export interface WrittenSnippet extends Snippet {
  /** The page that shows it, from the root of the repository. */
  readonly page: string;
  readonly path: string;
}

/** Where packages are found that snippets import: a folder below this package. */
const folder = fileURLToPath(new URL('../out/snippets', import.meta.url));

const tsconfig = {
  extends: '../../../../tsconfig.base.json',
  compilerOptions: {
    noEmit: true,
    allowImportingTsExtensions: true,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    // Readers write `process.env.NAME`.
    noPropertyAccessFromIndexSignature: false,
  },
  include: ['**/*.ts'],
};

/**
 * Writes each TypeScript block of the pages that explain: those in `docs/`, and those in the root. READMEs of packages and
 * samples show regions of example files instead (tooling/house/readme.test.ts). Every page gets a folder of its own.
 */
export function writeSnippets(): { readonly folder: string; readonly snippets: readonly WrittenSnippet[] } {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  const pages = documents().filter((path) => path.startsWith('docs/') || !path.includes('/'));
  return { folder, snippets: pages.flatMap(writePage) };
}

function writePage(page: string): readonly WrittenSnippet[] {
  const snippets = snippetsOf(readFileSync(join(root, page), 'utf8'));
  if (snippets.length === 0) return [];
  const config = join(folder, page, 'aoai.config.ts');
  mkdirSync(dirname(config), { recursive: true });
  copyFileSync(fileURLToPath(new URL('../given/aoai.config.ts', import.meta.url)), config);
  return snippets.map((snippet) => {
    const path = join(folder, page, snippet.fileName);
    writeFileSync(path, snippet.source);
    return { ...snippet, page, path };
  });
}
