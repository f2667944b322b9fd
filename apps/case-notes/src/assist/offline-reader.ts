// The model of the offline demo: rules that read the synthetic notes. It gets what the service would get, text with
// placeholders, and answers in the form that was asked for. With Azure configured this file is not used.
import { icd10 } from './icd-10.ts';

const problems: readonly (readonly [code: keyof typeof icd10, words: RegExp])[] = [
  ['J18.9', /[^.:\n]*pneumonia/i],
  ['G20', /Parkinson['’]s disease/i],
  ['E05.0', /Graves disease|Morbus Basedow/i],
  ['C81.9', /Hodgkin lymphoma[^.,\n]*/i],
  ['R07.4', /[^.,\n]*chest pain/i],
  ['Z95.0', /Pacemaker in place/i],
  ['I73.0', /Raynaud\w* phenomenon/i],
  ['G30.9', /Alzheimer['’]s disease/i],
  ['R29.6', /(?<=who )reports falls[^.\n]*/i],
  ['K50.9', /Crohn['’]s disease|Morbus Crohn/i],
  ['E11.9', /Diabetes clinic/i],
  ['H36.0', /background retinopathy/i],
  ['M72.0', /Dupuytren['’]s contracture[^.\n]*/i],
  ['F32.9', /Low mood[^.\n]*/i],
  ['S52.5', /Colles fracture[^.\n]*/i],
  ['Z99.2', /Dialysis since[^.\n]*/i],
  ['M31.0', /Goodpasture syndrome[^.,\n]*/i],
  ['R10.2', /[^.\n]*pelvic pain/i],
  ['G51.0', /Bell['’]s palsy[^.,\n]*/i],
  ['M35.0', /Sjögren['’]s syndrome/i],
  ['I10', /arterielle Hypertonie/i],
];

const drug =
  /\b(?:[A-ZÄÖÜ][\w-]+|[a-z]{5,}) \d+(?:[.,]\d+)? ?(?:mg|g|units|µg)\b(?!\/)(?: [^.,;\n]{0,40})?|\b(?:Metformin|Eliquis|Lantus|Jardiance|Clexane|Lyrica|Marcumar)\b[^.,;\n]{0,40}/gi;
const next =
  /(?:Follow up|Please review|Plan:|Questions by phone|will call|sees (?:her|him) again|We agreed to|Wir empfehlen|Cast for|Transplant list)[^.\n]*/gi;
const story =
  /[^.\n]*(?:reports|presented|came with|Elective|HbA1c|Low mood|fell from|Dialysis|pelvic pain|stellte sich)[^.\n]*\.?/i;

interface Found {
  readonly text: string;
  readonly quote: string;
}

/** A summary of a redacted note, as JSON. */
export function readNote(note: string): string {
  const found = problems.flatMap(([code, words]) => {
    const quote = words.exec(note)?.[0].trim();
    return quote === undefined ? [] : [{ text: icd10[code] ?? quote, code, quote }];
  });
  const conclusion = /(?<=Impression: )[^.\n]+|(?<=Diagnosen: )[^.\n]+/.exec(note)?.[0];
  const sentences = [story.exec(note)?.[0].trim(), conclusion && `Impression: ${conclusion}.`];
  return JSON.stringify({
    summary: sentences.filter((sentence) => sentence).join(' '),
    problems: found,
    medications: all(note, drug),
    followUp: all(note, next),
  });
}

function all(note: string, words: RegExp): Found[] {
  return [...new Set([...note.matchAll(words)].map(([quote]) => quote.trim()))].map((quote) => ({
    text: quote,
    quote,
  }));
}
