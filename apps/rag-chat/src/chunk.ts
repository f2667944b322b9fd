/** A piece of a text: the characters from `start` up to `end`, under its headings. */
export interface Chunk {
  /** For example `Leave › Parental leave`. */
  readonly heading: string;
  readonly start: number;
  readonly end: number;
}

/** Part of each fingerprint: a change here has every document cut and embedded again. */
export const chunkerVersion = 1;

const largest = 1200;
const smallest = 120;

/**
 * Cuts a text at its headings (`# …`), and long sections at paragraphs or sentences. The pieces follow one another without a
 * gap or an overlap, so that a citation names its exact place and the pieces together are the document.
 */
export function chunk(text: string): Chunk[] {
  const pieces = sections(text).flatMap((section) => split(text, section));
  return joinSmall(text, pieces);
}

function sections(text: string): Chunk[] {
  const found: Chunk[] = [];
  const path: string[] = [];
  let start = 0;
  let heading = '';
  for (const match of text.matchAll(/^(#{1,6})[ \t]+(.+)$/gm)) {
    if (match.index > start) found.push({ heading, start, end: match.index });
    const [, marks = '', name = ''] = match;
    path.length = Math.min(path.length, marks.length - 1);
    path[marks.length - 1] = name.trim();
    // The first heading is the title, which stands beside every passage anyway.
    heading = path.slice(1).filter(Boolean).join(' › ');
    start = match.index;
  }
  if (start < text.length) found.push({ heading, start, end: text.length });
  return found;
}

function split(text: string, { heading, start, end }: Chunk): Chunk[] {
  if (end - start <= largest) return [{ heading, start, end }];
  const window = text.slice(start, start + largest);
  const ends = [/\n\s*\n/g, /[.!?]["”)]?\s/g, /\s/g].map((pattern) => lastEnd(window, pattern));
  const cut = start + (ends.find((at) => at >= largest / 3) ?? largest);
  return [{ heading, start, end: cut }, ...split(text, { heading, start: cut, end })];
}

function lastEnd(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((last, match) => match.index + match[0].length || last, 0);
}

/** A heading without text belongs to what follows it. */
function joinSmall(text: string, pieces: readonly Chunk[]): Chunk[] {
  const joined: Chunk[] = [];
  let start: number | undefined;
  for (const [index, piece] of pieces.entries()) {
    const isSmall = text.slice(piece.start, piece.end).trim().length < smallest;
    const next = pieces[index + 1];
    const isInside = next !== undefined && (piece.heading === '' || next.heading.startsWith(piece.heading));
    if (isSmall && isInside && next.end - (start ?? piece.start) <= largest) {
      start ??= piece.start;
      continue;
    }
    joined.push({ ...piece, start: start ?? piece.start });
    start = undefined;
  }
  return joined;
}
