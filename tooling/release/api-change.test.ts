import { expect, test } from 'vitest';
import { isEnough, neededSize, sizeOf, sizesOf } from './api-change.ts';

const report = (code: string) => `## API Report File for "@aoai/auth"\n\n\`\`\`ts\n\n${code}\n\n\`\`\`\n`;
const before = report(`import type { Config } from '@aoai/config';

// @public
export interface Options {
    // (undocumented)
    readonly deadlineMs?: number;
    readonly tags: {
        readonly team: string;
    };
}

// @public
export interface Other {
    readonly name: string;
}

// @public
export function call(options?: Options): Promise<void>;`);

test.each([
  ['the same text', before, 'none'],
  ['an import', before.replace('type { Config }', 'type { Config, Model }'), 'none'],
  ['a comment', before.replace('    // (undocumented)\n', ''), 'none'],
  ['a new property', before.replace('tags: {', 'signal?: AbortSignal;\n    readonly tags: {'), 'addition'],
  [
    'a new function',
    before.replace('// @public\nexport function', 'export function a(): void;\n\nexport function'),
    'addition',
  ],
  ['a property that is gone', before.replace('    readonly deadlineMs?: number;\n', ''), 'breaking'],
  ['a type that is narrower', before.replace('readonly name: string', "readonly name: 'a'"), 'breaking'],
  ['a function that is gone', before.replace(/export function.*/, ''), 'breaking'],
  ['an option that has to be given', before.replace('options?: Options', 'options: Options'), 'breaking'],
] as const)('%s', (_, after, change) => {
  expect(sizeOf([{ before, after }])).toBe(change);
});

test('a property that moves to another interface breaks', () => {
  const after = before
    .replace('    readonly name: string;\n', '')
    .replace('    readonly tags: {', '    readonly name: string;\n    readonly tags: {');
  expect(sizeOf([{ before, after }])).toBe('breaking');
});

test('the worst of all entry points counts', () => {
  const more = `${before}\nexport const more: string;`;
  expect(
    sizeOf([
      { before, after: more },
      { before, after: '' },
    ]),
  ).toBe('breaking');
  expect(
    sizeOf([
      { before, after: before },
      { before: '', after: more },
    ]),
  ).toBe('addition');
});

test.each([
  ['none', '0.1.0', undefined],
  ['addition', '0.1.0', 'patch'],
  ['breaking', '0.1.0', 'minor'],
  ['addition', '1.4.2', 'minor'],
  ['breaking', '1.4.2', 'major'],
] as const)('%s in %s asks for %s', (change, version, size) => {
  expect(neededSize(change, version)).toBe(size);
});

test('a changeset counts for the packages that it names, when it is large enough', () => {
  const changeset = `---\n'@aoai/auth': minor\n"@aoai/client": patch\n---\n\n'@aoai/cli': major is not said here.\n`;
  expect(sizesOf('@aoai/auth', [changeset])).toEqual(['minor']);
  expect(sizesOf('@aoai/client', [changeset])).toEqual(['patch']);
  expect(sizesOf('@aoai/cli', [changeset])).toEqual([]);
  expect(isEnough(['patch', 'minor'], 'minor')).toBe(true);
  expect(isEnough(['patch'], 'minor')).toBe(false);
  expect(isEnough([], 'patch')).toBe(false);
  expect(isEnough([], undefined)).toBe(true);
});
