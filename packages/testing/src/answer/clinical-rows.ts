import { conditions, medicines } from './clinical.ts';

/** An entry of a list about a clinical note: the words it rests on, and values by the name of the property. */
interface NoteRow {
  readonly evidence: string;
  readonly values: Readonly<Record<string, string>>;
}

const isCode = /^(?:icd|snomed|diagnosis_?code)/i;

/** The entries that a note gives a list of coded problems, or of medicines; `undefined` for a list of anything else. */
export function rowsOfNote(note: string, list: string, properties: readonly string[]): NoteRow[] | undefined {
  if (properties.some((name) => isCode.test(name))) {
    const found = conditions(note);
    if (found.length > 0)
      return found.map((row) => ({ evidence: row.evidence, values: valuesOf(properties, row) }));
  }
  if (!/medic(?:ation|ine)s?|drugs?|prescriptions?/i.test(list) || properties.length === 0) return undefined;
  return medicines(note).map((row) => ({ evidence: row.evidence, values: valuesOf(properties, row) }));
}

interface Row {
  readonly name: string;
  readonly evidence: string;
  readonly code?: string;
  readonly dose?: string;
  readonly frequency?: string;
}

function valuesOf(properties: readonly string[], row: Row): Record<string, string> {
  const named = properties.map((name) => [name, valueOf(name, row)] as const);
  return Object.fromEntries(named.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function valueOf(name: string, row: Row): string | undefined {
  if (isCode.test(name) || /code$/i.test(name)) return row.code;
  if (/evidence|quote|words|support|source_?text/i.test(name)) return row.evidence;
  if (/dos(?:e|age)|strength/i.test(name)) return row.dose;
  if (/frequency|schedule/i.test(name)) return row.frequency;
  return /name|problem|condition|diagnosis|description|label|drug|medic/i.test(name) ? row.name : undefined;
}
