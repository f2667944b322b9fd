import type { ReactNode } from 'react';

/** From and to, in characters. */
export type Range = readonly [start: number, end: number];

/** The sentences of a passage that a claim rests on: those that share most of their words with it. */
export function exactWords(passage: string, claim: string): Range[] {
  const wanted = new Set(words(claim));
  const sentences = [...passage.matchAll(/[^\n.!?]+(?:[.!?](?!\s|$)[^\n.!?]*)*[.!?]*/g)]
    .map((match) => ({ start: match.index, text: match[0] }))
    .filter(({ text }) => !/^\s*#/.test(text) && words(text).length > 2);
  const scored = sentences.map(({ start, text }) => {
    const own = words(text);
    const shared = own.filter((word) => wanted.has(word)).length / own.length;
    const lead = text.length - text.trimStart().length;
    return { range: [start + lead, start + text.trimEnd().length] as const, shared };
  });
  const best = Math.max(0, ...scored.map(({ shared }) => shared));
  if (best < 0.3) return [];
  return scored
    .filter(({ shared }) => shared >= Math.max(0.75, best) || shared === best)
    .map(({ range }) => range);
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{2,}/gu) ?? [];
}

/** A text with ranges of it marked. `offset` is where the text begins in what the ranges count from. */
export function withMarks(text: string, ranges: readonly Range[], offset = 0): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    const start = Math.max(from - offset, at);
    const end = Math.min(to - offset, text.length);
    if (end <= start) continue;
    parts.push(text.slice(at, start), <mark key={start}>{text.slice(start, end)}</mark>);
    at = end;
  }
  parts.push(text.slice(at));
  return parts;
}
