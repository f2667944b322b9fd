import nlp from 'compromise';
import type { Kind } from './kind.ts';
import type { Range } from './spelling.ts';

const given = "\\p{Lu}(?:[\\p{Ll}\\p{M}'’]+(?:-\\p{Lu}[\\p{Ll}\\p{M}'’]+)*|\\.)(?:\\p{Lu}\\p{Ll}+)?";
const surname = `(?:(?:van|von|de|del|der|da|dos|bin|al|el|zu|ten)[ -]){0,2}\\p{Lu}[\\p{L}\\p{M}'’]+(?:-\\p{Lu}[\\p{L}'’]+)*`;
const full = `(?:${given} ){0,3}${surname}`;

const titles =
  '(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sister|Nurse|Midwife|Matron|Registrar|Rev|Father|Sir|Lady|Herr|Herrn|Frau|Schwester|Pfleger|Oberarzt|Oberärztin|Priv\\.-Doz)\\.?(?: (?:Dr|Prof|med)\\.?)*';
const relations =
  '(?:husband|wife|spouse|partner|son|daughter|mother|father|mum|dad|brother|sister|aunt|uncle|niece|nephew|cousin|grandson|granddaughter|grandmother|grandfather|neighbou?r|friend|carer|guardian|fiancée?|Ehemann|Ehefrau|Mann|Frau|Sohn|Tochter|Mutter|Vater|Bruder|Schwester|Enkel|Enkelin|Nachbarin|Nachbar|Lebensgefährtin|Lebensgefährte|Betreuerin|Betreuer)';
const labels =
  '(?:Patient(?:in)?|Name|Pt|Next of kin|NOK|Seen by|Signed(?: by)?|Dictated by|Referred by|Reviewed by|Author|GP|Consultant|Surgeon|Attending|PCP|Contact|c\\/o|cc|Hausarzt|Hausärztin|Angehörige|Unterzeichnet|Begleitet von|[Tt]ogether with|I saw|[Rr]eviewed|Called|Ansprechpartner(?:in)?|Gezeichnet|gez\\.)';

/** The words before a name that show that it is one. They stay in the text. */
const contexts: readonly RegExp[] = [
  new RegExp(`(?<=(?<!\\p{L})${titles} )${full}`, 'gu'),
  new RegExp(`(?<=(?<!\\p{L})${relations}(?:,| is| called| named|,? namens)? \\(?)${full}`, 'gu'),
  new RegExp(`(?<![\\p{L}.])\\p{Lu}\\. ${surname}`, 'gu'),
  new RegExp(
    `(?<=\\()${full}(?=, (?:registrar|consultant|nurse|midwife|SHO|FY\\d|GP|resident|attending|physio))`,
    'gu',
  ),
  new RegExp(`(?<=\\b(?:with|and|surgery of|by|und|mit) )\\p{Lu}\\p{Ll}+ ${surname}`, 'gu'),
  new RegExp(`(?<=(?<!\\p{L})${labels}(?:: ?| is | ))(?:${titles} )?(?:\\p{Lu}[\\p{L}'’-]+, )?${full}`, 'gu'),
];

/** Diseases, signs, scales and devices that are named after somebody. */
const eponyms = wordSet(
  'Addison Alzheimer Apgar Asperger Babinski Baker Barrett Barthel Basedow Bechterew Becker Behçet Bell Bishop Braden Broca Brugada ' +
    'Burkitt Charcot Cheyne Child-Pugh Chagas Colles Conn Crohn Cushing Doppler Down Dupuytren Duchenne Dukes Epley Epstein-Barr Ewing ' +
    'Fabry Foley Fowler Friedreich Gaucher Gilbert Glasgow Gleason Goodpasture Gram Graves Guillain-Barré Hallpike Hartmann ' +
    'Hashimoto Heimlich Henoch Hickman Hodgkin Holter Homan Horner Huntington Kaposi Kawasaki Klinefelter Korsakoff Kussmaul ' +
    'Lewy Lyme Mallory-Weiss Marfan McBurney Meckel Ménière Meniere Murphy Norton Paget Parkinson Perthes Peyronie Phalen Raynaud ' +
    'Reiter Ringer Romberg Rorschach Schilling Schönlein Sheehan Sjögren Sjogren Snellen Still Stokes Swan-Ganz Tanner Tinel Tourette ' +
    'Trendelenburg Turner Valsalva Virchow Wegener Weil Wells Wernicke Whipple Willebrand Wilms Wilson Wolff-Parkinson-White Zollinger-Ellison',
);

/** Capitalised words of the field that a parser of English takes for a person or a place. */
const terms = wordSet(
  'Abilify Actrapid Advil Amlodipine Amoxicillin Apixaban Aspirin Atorvastatin Augmentin Bisoprolol Calpol Cipralex Clexane Concor ' +
    'Coumadin Digoxin Doxycycline Eliquis Entresto Furosemide Gabapentin Humalog Ibuprofen Jardiance Keppra Lantus Lasix Levemir ' +
    'Lexapro Lipitor Lisinopril Lyrica Marcumar Metformin Metoprolol Morphine Naproxen NovoRapid Nurofen Omeprazole Oramorph ' +
    'Oxycontin Paracetamol Plavix Pradaxa Prednisolone Prozac Ramipril Ritalin Rivaroxaban Sertraline Seroquel Simvastatin ' +
    'Spiriva Symbicort Tamoxifen Tresiba Tylenol Valium Valsartan Ventolin Warfarin Xanax Xarelto Zoloft ' +
    'ACE AED AF BMI BP CABG CBT COPD CPAP CRP CT CTPA CVA DM DVT ECG ED EEG EF EGFR EKG ENT ER FBC FEV GCS GI GP HbA1c Hb HIV HR HTN IBS ICD ' +
    'ICU INR IV LAD LDL LFT LVEF MCA MI MMSE MRI MRSA MS NICE NSAID NYHA OA OD PE PO PRN PSA PT RA RR SOB STEMI TDS TIA TSH UTI WBC ' +
    'Accident Admission Allergies Allergy Assessment Bloods Cardiology Chest Clinic Consultant Discharge Emergency Examination Exercise ' +
    'Family Follow Gastroenterology Geriatrics History Home Hospital Impression Intensive Investigations Medication Medications Monday ' +
    'Tuesday Wednesday Thursday Friday Saturday Sunday Neurology Nurse Observations Oncology Outpatient Past Patient Physiotherapy Plan ' +
    'Practice Presenting Psychiatry Radiology Review Rheumatology Social Surgery Therapy Treatment Urology Ward',
);

/** Names of people and places by the words around them, then by the grammar of `compromise`. */
export function recognizeNames(text: string): (Range & { readonly kind: Kind })[] {
  const found: (Range & { readonly kind: Kind })[] = [];
  for (const context of contexts) {
    for (const match of text.matchAll(context)) {
      const range = withoutTitle(match[0], match.index);
      if (!isTerm(text.slice(range.start, range.end)) && !isAbbreviation(text.slice(range.start, range.end)))
        found.push({ kind: 'NAME', ...range });
    }
  }
  found.push(...parsed(text));
  return [...found, ...mentionedAgain(text, found)];
}

/** A name that was seen once is the same name elsewhere, also without what gave it away. */
function mentionedAgain(text: string, found: readonly (Range & { readonly kind: Kind })[]) {
  const parts = new Set(
    found
      .filter(({ kind }) => kind === 'NAME')
      .flatMap(({ start, end }) => text.slice(start, end).split(/\s+/))
      .filter((part) => part.length > 2 && /^\p{Lu}/u.test(part) && !isTerm(part)),
  );
  return [...parts].flatMap((part) => {
    const again = new RegExp(
      `(?<![\\p{L}\\p{N}])${part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}])`,
      'gu',
    );
    return [...text.matchAll(again)].map((match) => ({
      kind: 'NAME' as const,
      start: match.index,
      end: match.index + match[0].length,
    }));
  });
}

interface Parsed {
  readonly text: string;
  readonly offset: { readonly start: number };
}

function parsed(text: string): (Range & { readonly kind: Kind })[] {
  const document = nlp(text);
  const views = [
    ['NAME', document.people()],
    ['PLACE', document.places()],
  ] as const;
  return views.flatMap(([kind, view]) =>
    (view.json({ offset: true }) as Parsed[]).flatMap(({ text: words, offset }) => {
      const value = words.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').replace(/(?:'|’)s$/u, '');
      const at = text.indexOf(value, offset.start);
      if (value.length < 3 || at < 0 || at > offset.start + words.length || isTerm(value)) return [];
      if (!/^\p{Lu}/u.test(value) || isAbbreviation(value) || /\d/.test(value)) return [];
      return [{ kind, ...withoutTitle(value, at) }];
    }),
  );
}

function withoutTitle(value: string, start: number): Range {
  const title = new RegExp(`^(?:${titles} )+`, 'u').exec(value)?.[0] ?? '';
  return { start: start + title.length, end: start + value.length };
}

/** Whether a word names a disease, a drug or a heading, not a person: any of its words does. */
function isTerm(value: string): boolean {
  const words = value.split(/\s+/).map((word) => word.replace(/[.,;:]$/, '').replace(/(?:'|’)s$/u, ''));
  return words.some((word) => eponyms.has(word) || terms.has(word));
}

function isAbbreviation(value: string): boolean {
  return /^\p{Lu}{2,4}$/u.test(value);
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}
