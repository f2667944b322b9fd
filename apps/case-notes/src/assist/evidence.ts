import type { Redacted } from '../redact/redact.ts';
import { PlaceholderError } from '../redact/restore.ts';
import type { Range } from '../redact/spelling.ts';

/**
 * Where the words of a quote stand in the original note; nothing when the note does not say them. Case, spaces and the
 * punctuation at the ends make no difference.
 *
 * @throws PlaceholderError when the note says these words with a placeholder that the quote leaves out.
 */
export function locate(quote: string, note: Redacted): Range | undefined {
  const wanted = compact(quote);
  if (wanted.text.replace(/[^\p{L}\p{N}]/gu, '').length < 3) return undefined;
  const said = compact(note.text);
  const at = said.text.indexOf(wanted.text);
  if (at < 0) refuseDropped(wanted.text, said.text);
  const start = said.offsets[at];
  const end = said.offsets[at + wanted.text.length - 1];
  if (start === undefined || end === undefined) return undefined;
  return original({ start, end: end + 1 }, note);
}

interface Compact {
  readonly text: string;
  /** Where each character stood. */
  readonly offsets: readonly number[];
}

function compact(text: string): Compact {
  const offsets: number[] = [];
  let out = '';
  for (let index = 0; index < text.length; index++) {
    const letter = text.charAt(index);
    const isSpace = /\s/.test(letter);
    if (isSpace && (out === '' || out.endsWith(' '))) continue;
    const lower = letter.toLowerCase();
    out += isSpace ? ' ' : lower.length === 1 ? lower : letter;
    offsets.push(index);
  }
  const end = /[\s.,;:"'“”]*$/.exec(out)?.index ?? out.length;
  const start = /^[\s.,;:"'“”]*/.exec(out)?.[0].length ?? 0;
  return { text: out.slice(start, end), offsets: offsets.slice(start) };
}

/** The same words with a placeholder between them that the quote does not have: a person or a date was dropped. */
function refuseDropped(wanted: string, said: string): void {
  const words = wanted
    .split(' ')
    .slice(0, 200)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const between = '(?: |[.,;:()]|\\[[a-z]+_\\d+\\])+';
  const match = new RegExp(words.join(between)).exec(said);
  const dropped = [...(match?.[0] ?? '').matchAll(/\[[a-z]+_\d+\]/g)]
    .map(([placeholder]) => placeholder)
    .filter((placeholder) => !wanted.includes(placeholder));
  if (dropped.length === 0) return;
  throw new PlaceholderError(
    'leaves placeholders out of a quote',
    dropped.map((each) => each.toUpperCase()),
  );
}

/** From a range of the redacted note to the same range of the original. A placeholder is taken whole. */
function original(range: Range, { replacements }: Redacted): Range {
  let shift = 0;
  let { start } = range;
  let startIsSet = false;
  for (const { start: from, end: to, placeholder } of replacements) {
    const at = from + shift;
    const until = at + placeholder.length;
    if (!startIsSet && range.start < until) {
      start = range.start > at ? from : range.start - shift;
      startIsSet = true;
    }
    if (range.end <= at) return { start, end: range.end - shift };
    if (range.end < until) return { start, end: to };
    shift += placeholder.length - (to - from);
  }
  if (!startIsSet) start = range.start - shift;
  return { start, end: range.end - shift };
}
