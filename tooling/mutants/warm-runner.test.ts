import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Mutant } from './mutant.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A package whose tests notice some changes, hang on others, and leave things behind with others. */
const files: Readonly<Record<string, string>> = {
  'vitest.config.ts': "export default { test: { include: ['src/*.test.ts'] } };",
  'src/drain.ts': `export function drain(list: number[]): number {
  let sum = 0;
  while (list.length > 0) sum += list.pop() ?? 0;
  return sum;
}
`,
  'src/drain.test.ts': `import { expect, test } from 'vitest';
import { drain } from './drain.ts';
test('adds up', () => expect(drain([1, 2])).toBe(3));
`,
  'src/keep.ts': `const kept: string[] = [];
export function forget(): void {
  kept.length = 0;
}
export function keep(word: string): number {
  return kept.push(word);
}
export function isShort(word: string): boolean {
  return word.length < 3;
}
`,
  'src/keep.test.ts': `import { expect, test } from 'vitest';
import { forget, isShort, keep } from './keep.ts';
test('keeps one word', () => {
  expect(keep('a')).toBe(1);
  expect(isShort('a')).toBe(true);
  forget();
});
`,
};

async function mutantsOf(folder: string): Promise<readonly Mutant[]> {
  const child = spawn(process.execPath, [here('mutate-package.ts'), folder, 'src/{drain,keep}.ts'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, MUTANTS_TESTS: '', NODE_OPTIONS: '' },
  });
  const mutants: Mutant[] = [];
  child.on('message', (mutant: Mutant) => mutants.push(mutant));
  await once(child, 'close');
  return mutants;
}

test('what one mutant leaves in the process never decides about the next, and loops end', async ({
  onTestFinished,
}) => {
  const folder = `.mutants/trial-${process.pid}`;
  const root = here('../..');
  onTestFinished(() => {
    for (const path of [folder, `${folder}.json`, `${folder}.html`])
      rmSync(join(root, path), { recursive: true, force: true });
  });
  mkdirSync(join(root, folder, 'src'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, folder, path), text);
  const found = await mutantsOf(folder);
  const others = found.filter(({ status }) => status !== 'killed');
  expect(
    others.map(({ status, line, text, replacement }) => `${status} ${line}: ${text} > ${replacement}`),
  ).toEqual([
    'ignored 1: const kept: string[] = []; > ["Stryker was here"]',
    'survived 2: export function forget(): void { > {}',
    'survived 9: return word.length < 3; > true',
    'survived 9: return word.length < 3; > word.length <= 3',
  ]);
  // An endless loop, but for the limit.
  expect(found.map(({ replacement }) => replacement)).toContain('list.length >= 0');
});
