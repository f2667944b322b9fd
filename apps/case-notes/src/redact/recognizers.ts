import { isDeaNumber, isHealthInsuranceNumber, isNhsNumber, isNpi, isTaxNumber, isVin } from './checksums.ts';
import type { Kind } from './kind.ts';
import type { Range } from './spelling.ts';

/** One way to see an identifier by its form, its context or its checksum. */
interface Recognizer {
  readonly kind: Kind;
  readonly pattern: RegExp;
  /** Refuses what only looks like it. */
  readonly holds?: (text: string) => boolean;
}

const month =
  '(?:Jan(?:uary|uar)?|Feb(?:ruary|ruar)?|Mar(?:ch)?|März|Apr(?:il)?|May|Mai|June?|Juni|July?|Juli|Aug(?:ust)?|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?)\\.?';
const weekday = '(?:(?:Mon|Tue(?:s)?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,? )?';
const nth = '\\d{1,2}(?:st|nd|rd|th|\\.)?';
const street =
  'Road|Street|Avenue|Lane|Drive|Close|Way|Court|Place|Square|Terrace|Crescent|Gardens|Grove|Boulevard|Row|Hill|Rd|St|Ave|Ln|Dr|Blvd';
const capital = "\\p{Lu}[\\p{L}'’-]+";
/** What stands between the name of a number and the number: `MRN: 123`, `policy no. 123`, `Kennzeichen lautet 123`. */
const says =
  '(?:(?:\\s*(?:no|number|nr|nummer|id)\\b\\.?)(?:\\s+(?:is|was|lautet|ist))?\\s*[:#]?|\\s*[:#])\\s*';
/** A number of at least so many digits, perhaps with letters and in groups: `BCBS-884-2210`. */
const code = (digits: number) =>
  `(?=[A-Z-]{0,6}\\d)(?=(?:[A-Z-]{0,6}[ -]?\\d){${digits}})[A-Z0-9][A-Z0-9-]*[A-Z0-9]\\b(?:[ -](?=[A-Z0-9-]*\\d)[A-Z0-9-]{1,6}\\b)*`;

const recognizers: readonly Recognizer[] = [
  { kind: 'EMAIL', pattern: /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu },
  { kind: 'URL', pattern: /\b(?:https?:\/\/|www\.)[^\s<>"')\]]*[^\s<>"')\].,;:]/gi },
  {
    kind: 'IP',
    pattern: /(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]*\d)/g,
  },
  { kind: 'IP', pattern: /(?<![:\w])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4})+(?![:\w])/gi, holds: isIpv6 },
  { kind: 'VEHICLE', pattern: /\b[A-HJ-NPR-Z0-9]{17}\b/g, holds: isVin },
  {
    kind: 'VEHICLE',
    pattern: after(
      '(?:number ?plate|licen[cs]e plate|plate|registration|reg|vehicle|car|van|VIN|Kennzeichen|Fahrgestellnummer)',
      '(?=[A-ZÄÖÜ -]{0,6}\\d)[A-ZÄÖÜ0-9]{1,3}[ -]?[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4})?\\b',
    ),
  },
  {
    kind: 'DEVICE',
    pattern: numbered('(?:serial|device|implant|UDI|SN|s\\/n|lot|Seriennummer|Gerätenummer|Gerät)'),
  },
  { kind: 'SSN', pattern: /\b(?!000|666|9\d\d)\d{3}[- ](?!00)\d{2}[- ](?!0000)\d{4}\b/g },
  { kind: 'SSN', pattern: after('(?:SSN|social security)', '\\d{3}[- ]?\\d{2}[- ]?\\d{4}\\b') },
  {
    kind: 'SSN',
    pattern: /\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b/g,
  },
  { kind: 'SSN', pattern: /(?<![\d-])\d{2} ?\d{3} ?\d{3} ?\d{3}(?![\d-])/g, holds: isTaxNumber },
  { kind: 'SSN', pattern: /\b\d{2} ?(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2} ?[A-Z] ?\d{3}\b/g },
  { kind: 'RECORD', pattern: /(?<![\d-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d-])/g, holds: isNhsNumber },
  { kind: 'PLAN', pattern: /\b[A-Z] ?\d{3} ?\d{3} ?\d{3}\b/g, holds: isHealthInsuranceNumber },
  {
    kind: 'PLAN',
    pattern:
      /\b[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y0-9]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}\b/g,
  },
  { kind: 'LICENCE', pattern: /\b[ABFGMPR][A-Z]\d{7}\b/g, holds: isDeaNumber },
  { kind: 'LICENCE', pattern: /(?<!\d)[12]\d{9}(?!\d)/g, holds: isNpi },
  {
    kind: 'LICENCE',
    pattern: numbered(
      '(?:GMC|NMC|NPI|reg|registration|DEA|LANR|BSNR|licen[cs]e|certificate|passport|Ausweis|Personalausweis|Führerschein|Approbation|pin)',
    ),
  },
  {
    kind: 'RECORD',
    pattern: numbered(
      '(?:MRN|medical record|record|hospital|chart|case|patient|NHS|Fall|Patienten?|Akte|Aktenzeichen|Fallnummer|Patientennummer)',
    ),
  },
  {
    kind: 'PLAN',
    pattern: numbered(
      '(?:policy|member|plan|subscriber|insurance|group|medicare|medicaid|KVNR|Versicherten|Versichertennummer|Versicherungsnummer|Krankenkasse)',
    ),
  },
  { kind: 'ACCOUNT', pattern: numbered('(?:account|acct|invoice|billing|Konto|Kontonummer|Rechnung)') },
  { kind: 'ACCOUNT', pattern: /\b(?:DE|GB)\d{2}(?: ?[A-Z0-9]{4}){4,5}(?: ?[A-Z0-9]{1,2})?\b/g },
  { kind: 'FAX', pattern: after('(?:fax|telefax)', '\\+?[\\d(][\\d ()/.-]{5,}\\d') },
  {
    kind: 'PHONE',
    pattern: after(
      '(?:tel|telephone|phone|mobile|cell|call|pager|bleep|Telefon|Handy|Mobil|Rückruf)',
      '\\+?[\\d(][\\d ()/.-]{3,}\\d',
    ),
  },
  { kind: 'PHONE', pattern: /(?<![\d.+])\+\d{1,3}(?:[ ()/.-]{0,2}\d){7,12}(?!\d)/g },
  { kind: 'PHONE', pattern: /(?<![\d.])(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-.]\d{4}(?!\d)/g },
  { kind: 'PHONE', pattern: /(?<![\d.])\(?0\d{2,5}\)?[ /-]\d{3,8}(?:[ -]\d{1,5}){0,2}(?![\d/.]*\d)/g },
  {
    kind: 'AGE',
    pattern:
      /\b(?:9\d|1[0-2]\d)(?=[ -]?(?:years?[ -]old|year[ -]old|yo\b|y\/o|yr|yrs|jährige?[rn]?\b|Jahre alt))/gi,
  },
  {
    kind: 'AGE',
    pattern: after(
      '(?:aged?|im Alter von|turned|turns|Alter)',
      '(?:9\\d|1[0-2]\\d)\\b(?! ?(?:mg|ml|%|kg|cm|mm))',
    ),
  },
  {
    kind: 'DATE',
    pattern: /(?<![\d/.-])\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})(?![\d/-]|\.\d)/g,
    holds: isDay,
  },
  { kind: 'DATE', pattern: /(?<![\d-])(?:19|20)\d{2}-\d{2}-\d{2}(?:T[\d:.]+Z?)?(?![\d-])/g },
  {
    kind: 'DATE',
    pattern: words(
      `(?<![\\p{L}\\d.])${weekday}(?:the )?${nth}(?: of)? ${month}(?:,? (?:19|20)\\d{2})?(?!\\p{L})`,
    ),
  },
  {
    kind: 'DATE',
    pattern: words(`(?<!\\p{L})${weekday}${month} ${nth}(?:,? (?:19|20)\\d{2})?(?![\\p{L}\\d])`),
  },
  { kind: 'DATE', pattern: words(`(?<!\\p{L})${month} (?:19|20)\\d{2}(?!\\d)`) },
  {
    kind: 'DATE',
    pattern:
      /(?<=\b(?:born|on|since|seit|am|vom|bis|until|seen|from|geboren am)\s)\d{1,2}[/.]\d{1,2}\.?(?![\d/.%]|\s?(?:mmHg|mg|mmol|ml))/gi,
    holds: isDay,
  },
  {
    kind: 'DATE',
    pattern:
      /(?<=\b)the \d{1,2}(?:st|nd|rd|th)\b(?! (?:floor|centile|percentile|decile|rib|nerve|day|week|month|dose|cycle|hour|space|toe|finger|metatarsal|vertebra))/gi,
  },
  { kind: 'DATE', pattern: /(?<![\d/.])(?:1[3-9]|2\d|3[01])\/(?:0?[1-9]|1[0-2])(?![\d/])/g },
  { kind: 'DATE', pattern: /(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)/g },
  { kind: 'DATE', pattern: /(?<!\d)(?:19|20)\d{2}[/.](?:0?[1-9]|1[0-2])[/.](?:0?[1-9]|[12]\d|3[01])(?!\d)/g },
  {
    kind: 'DATE',
    pattern: words(
      `(?<=\\b(?:in|since|until|by|during|last|next|from|early|late|mid|seit|im) )${month}(?!\\p{L})`,
    ),
  },
  { kind: 'VEHICLE', pattern: /(?<!\p{L})[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} \d{1,4}(?!\d)/gu },
  { kind: 'VEHICLE', pattern: /\b[A-Z]{2}\d{2} [A-Z]{3}\b/g },
  { kind: 'PLACE', pattern: /\b(?:GIR ?0AA|[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})\b/g },
  {
    kind: 'PLACE',
    pattern:
      /(?<=\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|\p{Lu}\p{Ll}+),? )\d{5}(?:-\d{4})?\b/gu,
  },
  {
    kind: 'PLACE',
    pattern: words(
      `(?<=\\d[A-Z]? (?:${capital} ){1,3}(?:${street})\\.?,? )${capital}(?:[ -]${capital})?(?:, (?:[A-Z]{2}|${capital}))?(?= (?:\\d|[A-Z]{1,2}\\d)|[,.\\n])`,
    ),
  },
  {
    kind: 'PLACE',
    pattern: words(`(?<!\\d)\\d{5} ${capital}(?:[ -](?:am|an der|ob der|im) ${capital}|-${capital})?`),
  },
  {
    kind: 'PLACE',
    pattern: words(`\\b(?:Flat \\d+[A-Z]?, )?\\d{1,5}[A-Z]? (?:${capital} ){1,3}(?:${street})\\b\\.?`),
  },
  {
    kind: 'PLACE',
    pattern: words(
      `(?<!\\p{L})(?:\\p{Lu}[\\p{L}-]*(?:straße|strasse|str\\.|weg|platz|allee|gasse|ring|damm|ufer)|(?:Am|An der|Im|Unter den|Zum|Zur)(?: ${capital}){1,2}) \\d{1,4} ?[a-f]?(?!\\p{L})`,
    ),
  },
  {
    kind: 'PLACE',
    pattern: words(
      `(?<!\\p{L})(?:(?:St\\.?|Saint|Sankt|Mount|Royal|Queen|King|Great|Mercy|University)(?:'s|’s)? )?(?:${capital} ){0,3}${capital}(?:'s|’s)? (?:Hospital|Clinic|Infirmary|Surgery|Hospice|Medical Cent(?:er|re)|Health Cent(?:er|re)|Nursing Home|Care Home|Practice|School|Primary|Academy|College|University|Krankenhaus|Hausarztpraxis|Pflegeheim)\\b`,
    ),
  },
  {
    kind: 'PLACE',
    pattern: words(
      `(?<!\\p{L})(?:Klinikum|Krankenhaus|Klinik|Universitätsklinikum|Praxis|Seniorenheim|Pflegeheim|Charité)(?: (?:am|an der|im|Dr\\.|St\\.|Sankt))?(?: ${capital}){1,3}`,
    ),
  },
  {
    kind: 'PLACE',
    pattern: words(
      `(?<=(?:lives? (?:alone |now )?(?:in|at|near)|resident of|moved (?:here )?(?:from|to)|born in|from the village of|wohnhaft in|wohnt (?:allein )?in|aus|visiting from) )${capital}(?:[ -]${capital}){0,2}`,
    ),
  },
  {
    kind: 'EMPLOYER',
    pattern: words(
      `(?<=(?:[Ww]ork(?:s|ed|ing)? (?:as an? [a-z ]{2,40} )?(?:for|at)|(?:driver|driving [a-z ]{2,24}|clerk|manager|engineer|teacher|nurse|cook|foreman) (?:for|at|of)|employed (?:as an? [a-z ]{2,40} )?(?:by|at)|[Ee]mployer(?: is)?:?|retired from|job (?:at|with)|[Aa]rbeitet (?:als \\p{L}+ )?(?:bei(?: der)?|für)|angestellt bei(?: der)?|Arbeitgeber(?: ist)?:?) )(?:the )?${capital}(?:(?: (?:and|&|und|of) | )${capital}){0,4}`,
    ),
  },
];

/** Everything in a text that has the form of an identifier. Ranges may overlap. */
export function recognize(text: string): (Range & { readonly kind: Kind })[] {
  return recognizers.flatMap(({ kind, pattern, holds }) =>
    [...text.matchAll(pattern)]
      .filter((match) => holds?.(match[0]) ?? true)
      .map((match) => ({ kind, start: match.index, end: match.index + match[0].length })),
  );
}

/** A value by the word before it: the word itself stays, it says nothing about anybody. */
function after(word: string, value: string): RegExp {
  return new RegExp(`(?<=(?<!\\p{L})${word}(?:${says}|\\s+))${value}`, 'giu');
}

/** A number by its name: short where the name says that a number follows, longer where it only stands before it. */
function numbered(word: string): RegExp {
  return new RegExp(`(?<=(?<!\\p{L})${word}${says})${code(3)}|(?<=(?<!\\p{L})${word}\\s+)${code(5)}`, 'giu');
}

function words(pattern: string): RegExp {
  return new RegExp(pattern, 'gu');
}

function isDay(text: string): boolean {
  const [first = 0, second = 0] = text.split(/[/.-]/).map(Number);
  return first >= 1 && second >= 1 && Math.min(first, second) <= 12 && Math.max(first, second) <= 31;
}

function isIpv6(text: string): boolean {
  return URL.canParse(`http://[${text}]/`);
}
