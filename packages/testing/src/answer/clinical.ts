import { sentences } from './sentences.ts';

/** A condition that a clinical note names, with its code in ICD-10. */
export interface Condition {
  readonly name: string;
  readonly code: string;
  /** The words of the note. */
  readonly evidence: string;
}

// ICD-10-CM, as far as notes of tests and samples go (icd10data.com). It only looks like a coding: do not use it as one.
const codes: readonly (readonly [pattern: RegExp, name: string, code: string])[] = [
  [/\bparkinson/i, 'Parkinson disease', 'G20'],
  [/\btype 1 diabetes/i, 'Type 1 diabetes mellitus', 'E10.9'],
  [/\bdiabet/i, 'Type 2 diabetes mellitus', 'E11.9'],
  [/\bhypertens|\bhigh blood pressure/i, 'Hypertension', 'I10'],
  [/\bpneumonia|\blobe consolidation/i, 'Pneumonia', 'J18.9'],
  [/\basthma/i, 'Asthma', 'J45.909'],
  [/\bcopd\b|\bchronic obstructive/i, 'Chronic obstructive pulmonary disease', 'J44.9'],
  [/\batrial fibrillation/i, 'Atrial fibrillation', 'I48.91'],
  [/\bheart failure/i, 'Heart failure', 'I50.9'],
  [/\bmyocardial infarct|\bheart attack/i, 'Myocardial infarction', 'I21.9'],
  [/\bangina/i, 'Angina pectoris', 'I20.9'],
  [/\bstroke\b/i, 'Stroke', 'I63.9'],
  [/\bmigraine/i, 'Migraine', 'G43.909'],
  [/\bepilep|\bseizure/i, 'Epilepsy', 'G40.909'],
  [/\balzheimer/i, 'Alzheimer disease', 'G30.9'],
  [/\bdepress/i, 'Depression', 'F32.A'],
  [/\banxiety/i, 'Anxiety disorder', 'F41.9'],
  [/\bgraves/i, 'Graves disease', 'E05.00'],
  [/\bhashimoto/i, 'Hashimoto thyroiditis', 'E06.3'],
  [/\bhypothyroid/i, 'Hypothyroidism', 'E03.9'],
  [/\bcrohn/i, 'Crohn disease', 'K50.90'],
  [/\bhodgkin/i, 'Hodgkin lymphoma', 'C81.90'],
  [/\burinary tract infection|\buti\b/i, 'Urinary tract infection', 'N39.0'],
  [/\bkidney (?:disease|failure)|\bckd\b/i, 'Chronic kidney disease', 'N18.9'],
  [/\banaemi|\banemi/i, 'Anaemia', 'D64.9'],
  [/\bosteoarthritis/i, 'Osteoarthritis', 'M19.90'],
  [/\brheumatoid/i, 'Rheumatoid arthritis', 'M06.9'],
  [/\bgout\b/i, 'Gout', 'M10.9'],
  [/\bfracture/i, 'Fracture', 'T14.8'],
  [/\bcough/i, 'Cough', 'R05.9'],
  [/\bfever/i, 'Fever', 'R50.9'],
  [/\bchest pain/i, 'Chest pain', 'R07.9'],
  [/\bheadache/i, 'Headache', 'R51.9'],
];

/** The code of an illness without a name. */
export const unspecifiedCode = 'R69';

/** The conditions that a note names and does not deny, in its order. */
export function conditions(note: string): Condition[] {
  const all = sentences(note).map((evidence, at) => ({ evidence, at }));
  const found: (Condition & { readonly at: number; readonly column: number })[] = [];
  for (const [pattern, name, code] of codes) {
    const mention = all.find(({ evidence }) => affirms(evidence, pattern));
    const isDiabetesAgain =
      name.endsWith('diabetes mellitus') && found.some((other) => other.name.endsWith('diabetes mellitus'));
    if (mention === undefined || isDiabetesAgain) continue;
    found.push({ name, code, ...mention, column: mention.evidence.search(pattern) });
  }
  return found.sort((a, b) => a.at - b.at || a.column - b.column);
}

function affirms(sentence: string, pattern: RegExp): boolean {
  const column = sentence.search(pattern);
  return (
    column >= 0 && !/\b(?:no|denies|without|not|negative for)\b[^,.;]*$/i.test(sentence.slice(0, column))
  );
}

/** A medicine with what a note says of its use. */
export interface Medicine {
  readonly name: string;
  readonly dose: string;
  readonly frequency: string;
  readonly evidence: string;
}

const medicine =
  /\b([a-z][a-z-]{4,})\s+(\d+(?:[.,]\d+)?\s?(?:mg|mcg|g|ml|units?))\b[ ,]*((?:once|twice|(?:two|three|four) times|every \d+ hours|at night|in the morning|as needed|daily|weekly|bd|tds|od|prn)(?:\s+(?:a day|daily|per day|for \d+ (?:days|weeks)))*)?/gi;

/** The medicines that a note doses. */
export function medicines(note: string): Medicine[] {
  return [...note.matchAll(medicine)].map(([whole, name = '', dose = '', frequency = '']) => ({
    name: name.toLowerCase(),
    dose,
    frequency: frequency === '' ? 'not stated' : frequency,
    evidence: whole.trim().replace(/,$/, ''),
  }));
}
