import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startMockAzure } from '@aoai/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { root } from '../documents.ts';
import { snippetsOf } from './snippets.ts';
import type { Played } from './snippets.ts';
import { writeSnippets } from './write-snippets.ts';

const run = promisify(execFile);
const { folder, snippets } = writeSnippets();
const runnable = snippets
  .filter((snippet) => snippet.runs)
  .map((snippet) => ({ ...snippet, name: `${snippet.page}, ${snippet.fileName}` }));

test('each TypeScript block of the documentation compiles', async () => {
  expect(snippets.length).toBeGreaterThan(0);
  const compiler = [`${root}/node_modules/typescript/bin/tsc`, '--project', folder, '--pretty', 'false'];
  const problems = await run(process.execPath, compiler, { cwd: folder }).then(
    () => '',
    (error: unknown) => (error as { readonly stdout: string }).stdout,
  );
  expect(problems).toBe('');
}, 120_000);

describe('a block that says so', () => {
  let played: readonly Played[];

  beforeAll(async () => {
    const azure = await startMockAzure();
    const program = fileURLToPath(new URL('play-snippets.ts', import.meta.url));
    const args = ['--conditions=@aoai/source', program, ...runnable.map(({ path }) => path)];
    const env = {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      NODE_NO_WARNINGS: '1',
      ...azure.identityEnv(),
      AZURE_OPENAI_ENDPOINT: azure.endpoint,
      AZURE_OPENAI_ENDPOINT_SWEDEN: azure.endpoint,
      AZURE_OPENAI_ENDPOINT_FRANCE: azure.endpoint,
      AZURE_OPENAI_DEPLOYMENT: 'gpt-5.6-luna',
    };
    const { stdout } = await run(process.execPath, args, { env, timeout: 60_000 });
    played = JSON.parse(stdout) as Played[];
    await azure.close();
  });

  test.for(runnable)('$name runs against the mock', (snippet) => {
    const { error, printed = '' } = played.find(({ path }) => path === snippet.path) ?? {};
    expect(error).toBeUndefined();
    expect([relative(root, snippet.path), printed.trim() === '']).toEqual([
      relative(root, snippet.path),
      false,
    ]);
    if (snippet.prints !== undefined) expect(printed.trim()).toBe(snippet.prints.trim());
  });
});

const page = `# Title

<!-- given:
import { createClient } from '@aoai/client';
-->

\`\`\`ts run
const one = 1;
console.log(one);
\`\`\`

\`\`\`text
1
\`\`\`

- in a list:

  \`\`\`ts [aoai.config.ts]
  export default 2;
  \`\`\`

\`\`\`sh
not TypeScript
\`\`\`
`;

test('a block is a module with the line numbers of the page, after what is given', () => {
  const [first] = snippetsOf(page);
  const lines = first?.source.split('\n') ?? [];
  expect(lines[3]).toBe("import { createClient } from '@aoai/client';");
  expect(lines[7]).toBe('const one = 1;');
  expect(first).toMatchObject({ fileName: 'line-7.ts', runs: true, prints: '1' });
});

test('a block may have a file name, and stand in a list', () => {
  expect(snippetsOf(page)[1]).toMatchObject({
    fileName: 'aoai.config.ts',
    runs: false,
    prints: undefined,
  });
  expect(snippetsOf(page)[1]?.source.trim()).toBe('export default 2;');
});

test('what is given counts only right before its block', () => {
  expect(snippetsOf(page)[1]?.source).not.toContain('createClient');
});
