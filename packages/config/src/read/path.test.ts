import { expect, test } from 'vitest';
import { pathText } from './path.ts';

test.each([
  [[], ''],
  [['pools', 'chat', 0, 1, 'deployment'], 'pools.chat[0][1].deployment'],
  [[0, 'a'], '[0].a'],
  [['a-b', 'c_d'], 'a-b.c_d'],
  [['a', 'b c'], 'a["b c"]'],
  [['b.c', 'a'], '["b.c"].a'],
  [['', 'a'], '[""].a'],
  [['x'.repeat(64)], 'x'.repeat(64)],
  [['x'.repeat(65)], `["${'x'.repeat(64)}"]`],
  [[`${'x'.repeat(70)} y`], `["${'x'.repeat(64)}"]`],
  [['ok\nnot'], String.raw`["ok\nnot"]`],
])('%j is written %s', (path, text) => {
  expect(pathText(path)).toBe(text);
});
