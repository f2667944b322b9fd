import { describe, expect, test } from 'vitest';
import { reserveScript } from './lua-reserve.ts';
import { settleScript } from './lua-settle.ts';
import { luaPrelude, readAnswer } from './protocol.ts';
import type { ScriptName } from './protocol.ts';

const scripts: readonly (readonly [ScriptName, string])[] = [
  ['reserve', reserveScript],
  ['settle', settleScript],
];
const namesIn = (text: string): string[] => [...text.matchAll(/'(\w+)'/g)].map(([, name = '']) => name);

describe.each(scripts)('the script %s', (name, script) => {
  const [question = '', answer = ''] = luaPrelude(name).match(/\{ '[^}]*\}/g) ?? [];

  test('reads no field that is not sent, and is sent none that it does not read', () => {
    const read = new Set([...script.matchAll(/\bgiven\.(\w+)/g)].map(([, field]) => field));
    const sent = new Set(namesIn(question));
    expect([...read].filter((field) => !sent.has(field ?? ''))).toEqual([]);
    expect([...sent].filter((field) => !read.has(field))).toEqual([]);
  });

  test('sets every field of its answer', () => {
    for (const field of namesIn(answer)) expect(script).toMatch(new RegExp(`\\b${field}\\b[^'\\n]*=`));
  });

  test('finds the clock in one place, and no argument by its number', () => {
    expect(script.match(/redis\.call\('TIME'\)/g)).toHaveLength(1);
    expect(script).not.toMatch(/ARGV\[\d/);
  });
});

test('what a script leaves out of its answer is an empty text', () => {
  expect(readAnswer('reserve', ['late'])).toMatchObject({ outcome: 'late', granted: '', openMs: '' });
});
