// Writes the synthetic notes: node scripts/make-notes.ts. Deterministic: the same files each time.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Kind } from '../src/redact/kind.ts';
import type { PatientRecord } from '../src/redact/known-values.ts';
import { personOf } from './people.ts';
import type { Country, Person } from './people.ts';
import { secondTemplates } from './second-templates.ts';
import { thirdTemplates } from './third-templates.ts';
import { templates } from './templates.ts';

export interface PlantedNote {
  readonly file: string;
  readonly ward: string;
  readonly record: PatientRecord;
  readonly planted: readonly { kind: Kind; value: string; start: number; end: number }[];
  readonly decoys: readonly { value: string; start: number; end: number }[];
}

function recordOf(p: Person): PatientRecord {
  return {
    name: `${p.given} ${p.family}`,
    born: p.born,
    address:
      p.country === 'DE' ? `${p.street}, ${p.postcode} ${p.city}` : `${p.street}, ${p.city}, ${p.postcode}`,
    phones: [p.phone],
    emails: [p.email],
    numbers: [p.recordNumber, p.planNumber, p.stateNumber],
    relatives: [p.relative.name],
    employer: p.employer,
  };
}

/** Takes the marks out of a template and says where what they marked stands. */
function unmark(marked: string): Pick<PlantedNote, 'planted' | 'decoys'> & { text: string } {
  const planted: { kind: Kind; value: string; start: number; end: number }[] = [];
  const decoys: { value: string; start: number; end: number }[] = [];
  let text = '';
  let at = 0;
  for (const match of marked.matchAll(/\{\{([A-Z]+)\|(.*?)\}\}|<<(.*?)>>/gs)) {
    text += marked.slice(at, match.index);
    const value = match[2] ?? match[3] ?? '';
    const range = { value, start: text.length, end: text.length + value.length };
    if (match[1] === undefined) decoys.push(range);
    else planted.push({ kind: match[1] as Kind, ...range });
    text += value;
    at = match.index + match[0].length;
  }
  return { text: text + marked.slice(at), planted, decoys };
}

const data = fileURLToPath(new URL('../data/', import.meta.url));
const wards = ['4B', 'ICU', 'Neuro'];

function write(folder: string, notes: readonly { person: Person; marked: string }[]): void {
  rmSync(`${data}${folder}`, { recursive: true, force: true });
  mkdirSync(`${data}${folder}`, { recursive: true });
  const list = notes.map(({ person, marked }, index): PlantedNote => {
    const { text, planted, decoys } = unmark(marked);
    const file = `${String(index + 1).padStart(2, '0')}.txt`;
    writeFileSync(`${data}${folder}/${file}`, text);
    return { file, ward: wards[index % 3] ?? '', record: recordOf(person), planted, decoys };
  });
  writeFileSync(`${data}${folder}/planted.json`, `${JSON.stringify(list, null, 1)}\n`);
}

const countries: readonly Country[] = ['US', 'UK', 'DE'];
write(
  'notes',
  Array.from({ length: 30 }, (_, index) => {
    const person = personOf(index % 10, countries[Math.floor(index / 10)] ?? 'US');
    const german = person.country === 'DE' && index % 3 === 0;
    const template = german ? templates[9] : templates[(index + Math.floor(index / 10) * 3) % 9];
    return { person, marked: template?.(person) ?? '' };
  }),
);
/** Ten people whom the first set does not have. */
function further(folder: string, further: readonly ((person: Person) => string)[], set: number): void {
  write(
    folder,
    further.map((template, index) => {
      const person = personOf((index * 3 + set) % 10, countries[(index + set) % 3] ?? 'US', set);
      return { person, marked: template(person) };
    }),
  );
}

write(
  'second-set',
  secondTemplates.map((template, index) => {
    const person = personOf(index, countries[index % 3] ?? 'US', 1);
    return { person, marked: template(person) };
  }),
);
further('third-set', thirdTemplates, 2);
