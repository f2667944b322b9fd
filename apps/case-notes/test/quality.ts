// How well the identifiers of the synthetic notes are found, per Safe Harbor category.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { safeHarborCategory } from '../src/redact/kind.ts';
import type { PatientRecord } from '../src/redact/known-values.ts';
import { redact } from '../src/redact/redact.ts';
import type { PlantedNote } from '../scripts/make-notes.ts';

interface CategoryScore {
  readonly category: string;
  readonly planted: number;
  readonly found: number;
  readonly recall: number;
}

export interface Quality {
  readonly categories: readonly CategoryScore[];
  readonly recall: number;
  /** The share of replaced text that was planted. */
  readonly precision: number;
  /** What was replaced although it says nothing about anybody. */
  readonly needless: readonly string[];
  readonly missed: readonly string[];
  readonly decoysKept: number;
  readonly decoys: number;
}

export interface SyntheticNote extends PlantedNote {
  readonly text: string;
}

export function syntheticNotes(folder: 'notes' | 'second-set' | 'third-set'): SyntheticNote[] {
  const path = fileURLToPath(new URL(`../data/${folder}/`, import.meta.url));
  const list = JSON.parse(readFileSync(`${path}planted.json`, 'utf8')) as PlantedNote[];
  return list.map((note) => ({ ...note, text: readFileSync(`${path}${note.file}`, 'utf8') }));
}

/** Nobody's record: only what the recognizers find by themselves. */
const nobody: PatientRecord = { name: 'Q', born: '1800-01-01' };

export function qualityOf(
  notes: readonly SyntheticNote[],
  options: { readonly withRecord: boolean },
): Quality {
  const counts = new Map<string, { planted: number; found: number }>();
  const missed: string[] = [];
  const needless: string[] = [];
  let decoys = 0;
  let decoysKept = 0;
  let replacedCount = 0;
  for (const { file, text, record, planted, decoys: all } of notes) {
    const { replacements } = redact(text, options.withRecord ? record : nobody);
    const isReplaced = letters(text, replacements);
    for (const { kind, value, start, end } of planted) {
      const category = counts.get(safeHarborCategory[kind]) ?? { planted: 0, found: 0 };
      category.planted += 1;
      if (isCovered(text, isReplaced, { start, end })) category.found += 1;
      else missed.push(`${file}: ${kind} ${value}`);
      counts.set(safeHarborCategory[kind], category);
    }
    for (const decoy of all) {
      decoys += 1;
      const touched = replacements.some(({ start, end }) => start < decoy.end && end > decoy.start);
      if (!touched) decoysKept += 1;
    }
    for (const { start, end, value, kind } of replacements) {
      replacedCount += 1;
      const isPlanted = planted.some((each) => start < each.end && end > each.start);
      if (!isPlanted) needless.push(`${file}: ${kind} ${value}`);
    }
  }
  const categories = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([category, { planted, found }]) => ({
      category,
      planted,
      found,
      recall: found / planted,
    }));
  const planted = categories.reduce((sum, each) => sum + each.planted, 0);
  const found = categories.reduce((sum, each) => sum + each.found, 0);
  return {
    categories,
    recall: found / planted,
    precision: (replacedCount - needless.length) / replacedCount,
    needless,
    missed,
    decoys,
    decoysKept,
  };
}

function letters(text: string, ranges: readonly { start: number; end: number }[]): boolean[] {
  const marks = new Array<boolean>(text.length).fill(false);
  for (const { start, end } of ranges) marks.fill(true, start, end);
  return marks;
}

/** Every letter and digit is gone. A comma may stay. */
function isCovered(
  text: string,
  isReplaced: readonly boolean[],
  { start, end }: { start: number; end: number },
): boolean {
  for (let at = start; at < end; at++) {
    if (isReplaced[at] !== true && /[\p{L}\p{N}]/u.test(text.charAt(at))) return false;
  }
  return true;
}

export function qualityTable({ categories, recall, precision, decoys, decoysKept }: Quality): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(8);
  return [
    `${'category'.padEnd(30)} planted  found   recall`,
    ...categories.map(
      (each) =>
        `${each.category.padEnd(30)} ${String(each.planted).padStart(7)} ${String(each.found).padStart(6)} ${percent(each.recall)}`,
    ),
    `recall ${percent(recall).trim()}, precision ${percent(precision).trim()}, decoys kept ${decoysKept} of ${decoys}`,
  ].join('\n');
}
