import type { Kind } from './kind.ts';
import { searchable } from './spelling.ts';
import type { Range } from './spelling.ts';

/** What the record says about a person, beside the notes: what must not leave in any spelling. */
export interface PatientRecord {
  readonly name: string;
  /** Earlier names, nicknames. */
  readonly otherNames?: readonly string[];
  /** `1951-03-14` */
  readonly born: string;
  readonly address?: string;
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
  /** Numbers that stand for this person: of the record, of the insurance, of the state. */
  readonly numbers?: readonly string[];
  readonly relatives?: readonly string[];
  readonly employer?: string;
}

export interface KnownValue {
  readonly kind: Kind;
  readonly value: string;
  /** The person a name belongs to: every part of a name gets the placeholder of the whole. */
  readonly of?: string;
}

/** Every spelling of the record's values that has to be found, longest first. */
export function knownValues(record: PatientRecord): KnownValue[] {
  const values: KnownValue[] = [];
  const add = (kind: Kind, all: readonly string[]) => {
    for (const value of all) values.push({ kind, value });
  };
  for (const name of [record.name, ...(record.relatives ?? [])]) values.push(...namesOf(name, name));
  for (const name of record.otherNames ?? []) values.push(...namesOf(name, record.name));
  add('DATE', spellingsOfDate(record.born));
  if (record.address !== undefined) add('PLACE', partsOfAddress(record.address));
  add('PHONE', (record.phones ?? []).flatMap(spellingsOfPhone));
  add('EMAIL', record.emails ?? []);
  add('ID', record.numbers ?? []);
  if (record.employer !== undefined) add('EMPLOYER', [record.employer]);
  return values.sort((a, b) => b.value.length - a.value.length);
}

/** Where a text holds a known value. A name that is also an ordinary word counts only with a capital letter. */
export function findKnown(text: string, values: readonly KnownValue[]): (Range & KnownValue)[] {
  const find = searchable(text);
  return values.flatMap((known) =>
    find(known.value)
      .filter(({ start }) => !isOrdinaryWord(known.value) || /^\p{Lu}/u.test(text.slice(start)))
      .map((range) => ({ ...range, ...known })),
  );
}

/** The whole name and each part of it that tells somebody apart. */
function namesOf(name: string, of: string): KnownValue[] {
  const parts = name.split(/\s+/).filter((part) => part.replace(/\P{L}/gu, '').length > 1);
  const surnames = parts.flatMap((part) => (part.includes('-') ? part.split('-') : []));
  const kept = [...parts, ...surnames].filter(
    (part) => !particles.has(part.toLowerCase()) && part.length > 1,
  );
  return [...new Set([name, ...kept])].map((value) => ({ kind: 'NAME' as const, value, of }));
}

const particles = new Set([
  'al',
  'bin',
  'da',
  'de',
  'del',
  'der',
  'di',
  'dos',
  'el',
  'la',
  'le',
  'the',
  'van',
  'von',
  'zu',
  'jr',
  'sr',
]);

const ordinaryWords = new Set(
  (
    'april art august bell black brown chase christian church cook day dawn dean drew faith fields fox frank grace grant ' +
    'gray green guy hall heath hill hope hunter iris ivy jack jewel joy june king lane law lee long love mark may mercy miles ' +
    'mills noble page park penny pearl pope price ray reed rich rob robin rose ruby sage sandy short stone summer sunny ' +
    'victor violet walker ward warden white will winter wise wood woods young'
  ).split(' '),
);

function isOrdinaryWord(value: string): boolean {
  return ordinaryWords.has(value.toLowerCase());
}

const months = [
  ['January', 'Januar'],
  ['February', 'Februar'],
  ['March', 'März'],
  ['April', 'April'],
  ['May', 'Mai'],
  ['June', 'Juni'],
  ['July', 'Juli'],
  ['August', 'August'],
  ['September', 'September'],
  ['October', 'Oktober'],
  ['November', 'November'],
  ['December', 'Dezember'],
] as const;

/** One day as people write it. Separators, leading zeros of groups and case make no difference to the search. */
function spellingsOfDate(iso: string): string[] {
  const [year = '', month = '', day = ''] = iso.split('-');
  const m = String(Number(month));
  const d = String(Number(day));
  const short = year.slice(2);
  const numeric = [month, m].flatMap((mm) =>
    [day, d].flatMap((dd) => [year, short].flatMap((yy) => [`${dd}/${mm}/${yy}`, `${mm}/${dd}/${yy}`])),
  );
  const [english = '', german = ''] = months[Number(month) - 1] ?? [];
  const worded = [english, english.slice(0, 3), german, german.slice(0, 3)].flatMap((name) =>
    [day, d].flatMap((dd) =>
      [dd, `${dd}th`, `${dd}st`, `${dd}nd`, `${dd}rd`].flatMap((nth) => [
        `${nth} ${name} ${year}`,
        `${nth} of ${name} ${year}`,
        `${name} ${nth} ${year}`,
      ]),
    ),
  );
  return [...new Set([iso, ...numeric, ...worded])];
}

/** With and without the country's code: `+44 113 496 0182` and `0113 496 0182`. */
function spellingsOfPhone(phone: string): string[] {
  const digits = phone.replace(/\D/g, '');
  const country = /^\s*(?:\+|00)(1|44|49)/.exec(phone)?.[1];
  if (country === undefined) return [digits];
  const national = digits.replace(/^00/, '').slice(country.length).replace(/^0/, '');
  return [`+${country}${national}`, `00${country}${national}`, `0${national}`, national, digits];
}

/** The whole, and each part between commas that is long enough to say where somebody lives. */
function partsOfAddress(address: string): string[] {
  const parts = address.split(',').map((part) => part.trim());
  const codes = parts.flatMap((part) => part.match(/\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d{5}\b/g) ?? []);
  const withoutCodes = parts.map((part) => codes.reduce((rest, code) => rest.replace(code, ''), part).trim());
  return [...new Set([address, ...parts, ...codes, ...withoutCodes])].filter(
    (part) => part.length > 2 && !/^[A-Z]{2}$/.test(part),
  );
}
