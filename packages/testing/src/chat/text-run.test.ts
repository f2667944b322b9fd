import { character } from '@aoai/vitest/arbitraries';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { framesOf, flatten } from './bulk-frames.ts';
import { createPadding } from './padding.ts';
import { textRun } from './text-run.ts';

const surroundings = { opening: 'data: {"é":', middle: ',"padding":"', closing: '"}\n\n' };

function bytesOf(frames: ReturnType<typeof framesOf>): string {
  if (!('write' in frames)) return [...frames].join('');
  const bytes = Buffer.alloc(frames.length + 1, '!');
  expect(frames.write(bytes, 0)).toBe(frames.length);
  return bytes.toString().slice(0, -1);
}

test('bytes written in bulk are those of the frames one by one', () => {
  const piece = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: character, maxLength: 20 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.boolean(), (pieces, pads) => {
      const padding = pads ? createPadding(createRandom('padding')) : undefined;
      const run = textRun({ text: pieces.join(''), pieces }, surroundings, padding);
      const frames = framesOf(['first 漢\n\n', ...run, 'last\n\n']);
      const oneByOne = [...frames];
      expect(oneByOne).toHaveLength(pieces.length + 2);
      expect(bytesOf(frames)).toBe(Buffer.from(oneByOne.join('')).toString());
      const said = [...flatten(run)].map((frame) => JSON.parse(frame.slice(6)) as { readonly é: string });
      expect(said.map((chunk) => chunk['é'])).toEqual(pieces);
    }),
  );
});

test('what is drawn after a text does not depend on how it is read', () => {
  const drawnAfter = (read: boolean): number => {
    const random = createRandom(1);
    const run = textRun({ text: 'ab', pieces: ['a', 'b'] }, surroundings, createPadding(random));
    if (read) expect([...flatten(run)]).toHaveLength(2);
    return random.next();
  };
  expect(drawnAfter(true)).toBe(drawnAfter(false));
});

test('only a text without escapes is written in bulk', () => {
  const isBulk = (text: string): boolean =>
    'write' in framesOf(textRun({ text, pieces: [text] }, surroundings, undefined));
  expect(isBulk('plain text')).toBe(true);
  for (const text of ['"', '\\', '\n', 'é', '漢', '\x7f', '😀']) expect(isBulk(text)).toBe(false);
});
