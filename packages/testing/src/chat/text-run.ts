import type { Part } from './bulk-frames.ts';
import { lengthOf, paddingText, startOf, type Padding } from './padding.ts';

/** The common parts of all chunks of one text: before the piece, between piece and padding, and after both. */
export interface Surroundings {
  readonly opening: string;
  readonly middle: string;
  readonly closing: string;
}

/** Nothing in it that JSON would escape, and each character one byte. */
const plain = /^[ !#-[\]-~]*$/;

/** The chunks of `text` in `pieces`: in bulk if they differ only in a piece that needs no escapes. */
export function textRun(
  { text, pieces }: { readonly text: string; readonly pieces: readonly string[] },
  { opening, middle, closing }: Surroundings,
  padding: Padding | undefined,
): readonly Part[] {
  if (pieces.length === 0) return [];
  const isPlain = plain.test(text);
  const quote = isPlain ? '"' : '';
  // Few long constants: every concatenation has to be undone when the stream is written.
  const before = inOnePiece(`${opening}${quote}`);
  const between = inOnePiece(`${quote}${middle}`);
  const after = inOnePiece(closing);
  // Drawn now and not when they are read: the next random numbers depend on it.
  const drawn = padding === undefined ? [] : pieces.map(padding.draw);
  const pad = (index: number): string => (padding ? paddingText(padding, drawn[index] ?? 0) : '');
  if (!isPlain)
    return pieces.map((piece, index) => `${before}${JSON.stringify(piece)}${between}${pad(index)}${after}`);
  const bytes = { before, between, after, pieces, drawn, source: padding?.source ?? '' };
  return [
    {
      *[Symbol.iterator]() {
        for (const [index, piece] of pieces.entries())
          yield `${before}${piece}${between}${pad(index)}${after}`;
      },
      length: lengthOfRun(bytes),
      write: (target, at) => writeRun(bytes, target, at),
    },
  ];
}

/** The same text as a flat string: V8 would walk the tree of a concatenation for every chunk. */
function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}

interface Run {
  readonly before: string;
  readonly between: string;
  readonly after: string;
  readonly pieces: readonly string[];
  readonly drawn: readonly number[];
  readonly source: string;
}

function lengthOfRun({ before, between, after, pieces, drawn }: Run): number {
  let length = pieces.length * Buffer.byteLength(before + between + after);
  for (const piece of pieces) length += piece.length;
  for (const each of drawn) length += lengthOf(each);
  return length;
}

/** Byte by byte for short texts: calling Node for each would take longer. */
function writeRun(
  { before, between, after, pieces, drawn, source }: Run,
  target: Buffer,
  start: number,
): number {
  const middle = Buffer.from(between);
  // The end of one chunk and the beginning of the next.
  const seam = Buffer.from(after + before);
  let at = start + target.write(before, start);
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index] ?? '';
    for (let place = 0; place < piece.length; place += 1) target[at + place] = piece.charCodeAt(place);
    at += piece.length;
    target.set(middle, at);
    at += middle.length;
    const padding = drawn[index] ?? 0;
    const [from, length] = [startOf(padding), lengthOf(padding)];
    for (let place = 0; place < length; place += 1) target[at + place] = source.charCodeAt(from + place);
    at += length;
    if (index < pieces.length - 1) target.set(seam, at);
    else target.write(after, at);
    at += index < pieces.length - 1 ? seam.length : Buffer.byteLength(after);
  }
  return at;
}
