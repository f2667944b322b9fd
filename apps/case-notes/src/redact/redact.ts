import { findKnown, knownValues } from './known-values.ts';
import type { KnownValue, PatientRecord } from './known-values.ts';
import { placeholderPattern } from './kind.ts';
import type { Kind } from './kind.ts';
import { recognizeNames } from './names.ts';
import { recognize } from './recognizers.ts';
import { skeleton } from './spelling.ts';
import type { Range } from './spelling.ts';

/** One identifier in a note, and what stands in its place. */
export interface Replacement extends Range {
  readonly kind: Kind;
  readonly value: string;
  readonly placeholder: string;
  /** What gave it away. */
  readonly by: 'record' | 'form' | 'second opinion';
}

export interface Redacted {
  /** The note with placeholders. */
  readonly text: string;
  /** In the order of the note. */
  readonly replacements: readonly Replacement[];
}

interface Finding extends Range {
  readonly kind: Kind;
  readonly by: Replacement['by'];
  readonly of?: string;
}

/**
 * Replaces every identifier of a note by a placeholder, the same one for the same person or value. Known values of the
 * record come first: they are found in any spelling.
 */
export function redact(
  text: string,
  record: PatientRecord,
  others: readonly (Range & { readonly kind: Kind })[] = [],
): Redacted {
  const findings: Finding[] = [
    ...findKnown(text, knownValues(record)).map(knownFinding),
    ...[...recognize(text), ...recognizeNames(text)].map((found) => ({ ...found, by: 'form' as const })),
    ...others.map((found) => ({ ...found, by: 'second opinion' as const })),
    ...writtenPlaceholders(text),
  ];
  return replace(text, withoutOverlaps(findings), record);
}

function knownFinding({ start, end, kind, of }: Range & KnownValue): Finding {
  return { start, end, kind, by: 'record', ...(of === undefined ? {} : { of }) };
}

/** A note may hold text that looks like a placeholder. It gets one of its own, so that nothing is restored by mistake. */
function writtenPlaceholders(text: string): Finding[] {
  return [...text.matchAll(placeholderPattern)].map((match) => ({
    kind: 'ID',
    start: match.index,
    end: match.index + match[0].length,
    by: 'form',
  }));
}

/** The record's findings win, then the earlier ones, then the longer. What a winner leaves of another one is replaced too. */
function withoutOverlaps(findings: readonly Finding[]): Finding[] {
  const order = (each: Finding) => (each.by === 'record' ? 0 : 1);
  const kept: Finding[] = [];
  const byRank = findings.toSorted(
    (a, b) => order(a) - order(b) || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  for (const finding of byRank) {
    kept.push(
      ...kept.reduce<Finding[]>((rest, other) => rest.flatMap((each) => minus(each, other)), [finding]),
    );
  }
  return kept.sort((a, b) => a.start - b.start);
}

function minus(finding: Finding, other: Range): Finding[] {
  if (finding.end <= other.start || finding.start >= other.end) return [finding];
  return [
    { ...finding, end: Math.min(finding.end, other.start) },
    { ...finding, start: Math.max(finding.start, other.end) },
  ].filter(({ start, end }) => end > start);
}

function replace(text: string, findings: readonly Finding[], record: PatientRecord): Redacted {
  const placeholderOf = placeholders(text, findings, record);
  const replacements: Replacement[] = [];
  let redacted = '';
  let at = 0;
  for (const finding of findings) {
    const range = trimmed(text, finding);
    const value = text.slice(range.start, range.end);
    // What is left of an overlap may be a comma: that identifies nobody.
    if (!/[\p{L}\p{N}]/u.test(value)) continue;
    const placeholder = placeholderOf({ ...finding, ...range });
    replacements.push({ ...range, kind: finding.kind, by: finding.by, value, placeholder });
    redacted += text.slice(at, range.start) + placeholder;
    at = range.end;
  }
  return { text: redacted + text.slice(at), replacements };
}

function trimmed(text: string, { start, end }: Range): Range {
  const value = text.slice(start, end);
  const range = {
    start: start + (value.length - value.trimStart().length),
    end: end - (value.length - value.trimEnd().length),
  };
  // `(208) 555-0101` is found from its first digit on.
  const opens = /[(+]$/.exec(text.slice(0, range.start))?.[0];
  const isPart = opens === '+' || (opens === '(' && count(value, ')') > count(value, '('));
  return isPart ? { ...range, start: range.start - 1 } : range;
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
}

/** Numbers placeholders by kind. Mentions of one person share one: `Anil Kapoor`, `Kapoor`. */
function placeholders(
  text: string,
  findings: readonly Finding[],
  record: PatientRecord,
): (finding: Finding) => string {
  const people = new Map<string, string[]>();
  const known = [record.name, ...(record.relatives ?? [])];
  const full = findings
    .filter(({ kind }) => kind === 'NAME')
    .map((finding) => finding.of ?? text.slice(finding.start, finding.end))
    .sort(
      (a, b) =>
        Number(known.includes(b)) - Number(known.includes(a)) ||
        b.split(/\s+/).length - a.split(/\s+/).length,
    );
  for (const name of full) if (personOf(people, name) === undefined) people.set(name, partsOf(name));
  const numbers = new Map<string, string>();
  const counts = new Map<Kind, number>();
  return ({ kind, start, end, of }) => {
    const value = text.slice(start, end);
    const whole = kind === 'NAME' ? (of ?? personOf(people, value) ?? value) : value;
    const key = `${kind} ${skeleton(whole)}`;
    const existing = numbers.get(key);
    if (existing !== undefined) return existing;
    const number = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, number);
    const placeholder = `[${kind}_${number}]`;
    numbers.set(key, placeholder);
    return placeholder;
  };
}

/** The person with all parts of this name. */
function personOf(people: ReadonlyMap<string, readonly string[]>, name: string): string | undefined {
  const parts = partsOf(name);
  return [...people].find(([, all]) => parts.every((part) => all.includes(part)))?.[0];
}

function partsOf(name: string): string[] {
  return name
    .split(/[\s,]+/)
    .map(skeleton)
    .filter((part) => part !== '');
}
