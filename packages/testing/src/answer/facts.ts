import { stem, words } from './words.ts';

/** The value that follows a label of this name in a text: “Total: 12.50”, “the total is 12.50”, “total of 12.50”. */
export function labelled(text: string, name: string): string | undefined {
  const label = words(name)
    .map(escape)
    .join(String.raw`[\s_-]*`);
  if (label === '') return undefined;
  const line = new RegExp(
    String.raw`(?:^|[\n,;({|]|\.\s)[\s"'*\-|]*(?:the |my |our |its )?${label}["'*]*\s*(?:[:=|]|\bis\b|\bare\b)\s*["'*]*([^\n;|"]{1,200})`,
    'i',
  ).exec(text);
  const found =
    line?.[1] ??
    new RegExp(
      String.raw`\b${label}\s+(?:is|are|was|of|named|called|should be|will be)\s+["']?([^\n;|"]{1,200})`,
      'i',
    ).exec(text)?.[1];
  return found === undefined ? undefined : clip(found);
}

/** Up to the end of the clause, but not at a decimal point. */
function clip(found: string): string | undefined {
  const clause =
    found.split(/[.!?](?:\s|$)|,\s+(?=\p{L})|\sand\s+(?:my|the|i|we|he|she|they|his|her|it)\b/iu)[0] ?? '';
  const trimmed = clause.replace(/[\s"'*,}\]]+$/, '').trim();
  return trimmed === '' ? undefined : trimmed;
}

function escape(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** Numbers in a text, thousands separators understood, each with its place. */
export function numbers(text: string): { readonly value: number; readonly index: number }[] {
  const found = [...text.matchAll(/(?<![\w.])[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?/g)].map((match) => ({
    value: Number(match[0].replaceAll(',', '').replace('−', '-')),
    index: match.index,
  }));
  for (const match of text.matchAll(
    /\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b/gi,
  )) {
    found.push({ value: spelled.indexOf(match[0].toLowerCase()) + 1, index: match.index });
  }
  return found.sort((a, b) => a.index - b.index);
}

const spelled = 'one two three four five six seven eight nine ten eleven twelve'.split(' ');

/** The number that stands nearest to a word of `name`, else `undefined`. */
export function numberNear(text: string, name: string): number | undefined {
  const wanted = new Set(words(name).map(stem));
  const places = [...text.matchAll(/\p{L}+/gu)].filter((match) => wanted.has(stem(match[0].toLowerCase())));
  let nearest: number | undefined;
  let least = 40;
  for (const number of numbers(text)) {
    for (const { index } of places) {
      const distance = Math.abs(number.index - index);
      if (distance < least) [nearest, least] = [number.value, distance];
    }
  }
  return nearest;
}

/** Names of people, places and things: runs of capitalised words that do not merely begin a sentence. */
export function properNames(text: string): string[] {
  // “Agreed:”, “Case note:” are labels.
  const unlabelled = text.replace(/(^|[.!?]\s+)\p{Lu}\p{Ll}+(?: \p{Ll}+){0,2}:\s/gmu, '$1');
  const found = [
    ...unlabelled.matchAll(
      /\p{Lu}(?:\.(?=\s\p{Lu})|[\p{L}'’-]*)(?:[ ]+(?:(?:of|de|van|von|der|la|the)\s+)?\p{Lu}(?:\.(?=\s\p{Lu})|[\p{L}'’-]*))*/gu,
    ),
  ]
    .map((match) =>
      match[0]
        .replace(
          /^(?:The|A|An|In|On|At|I|What|Who|How|Is|Are|Please|Book|Find|Get|Send|Create|Tell|Show|Give|Schedule|Extract|My|Our|We|It|He|She|They|You|This|That|There|And|But|If|When|For|From|To|Do|Does|Can|Could|Would|Will|Hi|Hello|Hey|Dear|Yes|No|Ok|Weather|Compare|Check|Call|Use|Set|Add|Where|Which|Why|Let|Turn|Switch|Open|Close|Start|Stop|Summari[sz]e|Translate|Write|Explain|Describe|Calculate|Cancel|Delete|Update|Remove|Order|Buy|Reserve|Request|Search|Look|List|Read|Remind|Play|Count|Convert|Generate|Classify|Analy[sz]e)\b['’]?s?\s*/,
          '',
        )
        .replace(/(?:'s|’s|[.'’-])$/, ''),
    )
    .filter((name) => name.length > 1 && !noName.test(name));
  return [...new Set(found)];
}

/** What is written like a name but is none. */
const noName =
  /^(?:JSON|XML|CSV|API|URL|ID|HTML|YAML|SQL)$|^(?:mon|tues|wednes|thurs|fri|satur|sun)days?$|^(?:january|february|march|april|may|june|july|august|september|october|november|december)$/i;

/** Places: the names after “in”, “at”, “near” and so on, with “San Francisco, CA” in one piece. */
export function places(text: string): string[] {
  const found: string[] = [];
  const place = String.raw`\p{Lu}[\p{L}'’.-]*(?:[ -]\p{Lu}[\p{L}'’-]*)*(?:,\s*(?:[A-Z]{2}|USA|UK|France|Germany|Italy|Spain|Japan|Canada|England|Sweden|Norway|Australia|India|China|Brazil)\b)?`;
  const phrase = new RegExp(
    String.raw`\b(?:in|at|near|for|to|from|of|between|around|like in)\s+((?:${place})(?:(?:\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|\s+vs\.?\s+)(?:in\s+)?${place})*)`,
    'gu',
  );
  for (const match of text.matchAll(phrase)) {
    for (const part of (match[1] ?? '').matchAll(new RegExp(place, 'gu'))) {
      const name = part[0].replace(/(?:'s|’s|[.'’])$/, '');
      if (!noName.test(name)) found.push(name);
    }
  }
  return [...new Set(found)];
}

/** Dates as they are written: ISO, “12 March 2026”, “March 12”, weekdays, “tomorrow”. */
export function dates(text: string): string[] {
  return text.match(date) ?? [];
}

const month =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const date = new RegExp(
  String.raw`\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}(?:st|nd|rd|th)?\.? (?:of )?(?:${month})\b(?:\.?,? \d{4})?|\b(?:${month})\.? \d{1,2}(?:st|nd|rd|th)?\b(?:,? \d{4})?|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b|\b(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:today|tomorrow|tonight|yesterday|next week|next month)\b`,
  'gi',
);

/** A written date as `YYYY-MM-DD`, or `undefined` when it names no day of a year. */
export function isoDate(text: string): string | undefined {
  const iso = /\b\d{4}-\d{2}-\d{2}\b/.exec(text)?.[0];
  if (iso !== undefined) return iso;
  const year = /\b(\d{4})\b/.exec(text)?.[1];
  const name = new RegExp(month, 'i').exec(text)?.[0].slice(0, 3).toLowerCase();
  const day = /\b(\d{1,2})(?:st|nd|rd|th)?\b/.exec(text)?.[1];
  if (name === undefined || day === undefined) return undefined;
  const index = 'janfebmaraprmayjunjulaugsepoctnovdec'.indexOf(name) / 3 + 1;
  return `${year ?? '2026'}-${String(index).padStart(2, '0')}-${day.padStart(2, '0')}`;
}

/** Times of day: “14:30”, “3 pm”. */
export function times(text: string): string[] {
  return text.match(/\b\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]m)?\b|\b\d{1,2}\s?[ap]m\b/gi) ?? [];
}

/** A written time of day as `HH:MM:SS`. */
export function isoTime(text: string): string {
  const [, hours = '', minutes = '00', seconds = '00', half = ''] =
    /(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s?([ap]m)?/i.exec(text) ?? [];
  const hour = (Number(hours) % (half === '' ? 24 : 12)) + (half.toLowerCase() === 'pm' ? 12 : 0);
  return `${String(hour).padStart(2, '0')}:${minutes}:${seconds}`;
}

export function emails(text: string): string[] {
  return text.match(/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g) ?? [];
}

export function urls(text: string): string[] {
  return (text.match(/\bhttps?:\/\/[^\s"'<>)\]]+/g) ?? [])
    .map((url) => url.replace(/[.,;]+$/, ''))
    .filter((url) => URL.canParse(url));
}

export function guids(text: string): string[] {
  return text.match(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi) ?? [];
}

/** Codes such as order and ticket numbers: `INV-1042`, `#8731`, `E1017`. */
export function codes(text: string): string[] {
  return (
    text.match(/(?<![\w-])(?:#\d{2,}|[A-Z]{1,8}[-_]?\d[\w-]*|\d{4,}(?![\d.,]*\d))(?![\w-])/g) ?? []
  ).map((code) => code.replace(/^#/, ''));
}

/** What the text puts in quotes. */
export function quoted(text: string): string[] {
  return [
    ...text.matchAll(
      /"([^"\n]{1,300})"|“([^”\n]{1,300})”|‘([^’\n]{1,300})’|`([^`\n]{1,300})`|(?<!\w)'([^'\n]{1,300})'(?!\w)/g,
    ),
  ].map((match) => match.slice(1).find(Boolean) ?? '');
}

/** Bulleted and numbered lines. */
export function bullets(text: string): string[] {
  return [...text.matchAll(/^\s*(?:[-*•]|\d+[.)])\s+(.+)$/gm)].map(([, item = '']) => item.trim());
}

/** The entries of a list: bullets, numbered lines, or “a, b and c” after a colon. */
export function listItems(text: string): string[] {
  const rows = bullets(text);
  if (rows.length > 0) return rows;
  const inline =
    /:([^.:\n]+(?:,|\sand\s)[^.:\n]+)/.exec(text)?.[1] ??
    /((?:[\w'-]+(?: [\w'-]+){0,2},\s+){1,20}(?:and|or|&)\s+[\w'-]+(?: [\w'-]+)?)/.exec(text)?.[1];
  if (inline === undefined) return [];
  return inline
    .split(/,|\s(?:and|or|&)\s/)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
