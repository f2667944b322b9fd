import { isIPv4, isIPv6 } from 'node:net';
import { conditions, unspecifiedCode } from './clinical.ts';
import * as facts from './facts.ts';
import type { Room } from './room.ts';
import type { Prompt } from './schema-prompt.ts';
import { choose, keywords, summary, title } from './tasks.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Place {
  readonly prompt: Prompt;
  readonly name: string;
  /** Name of the object that the property belongs to. */
  readonly owner: string;
  readonly taken: Set<string>;
  readonly room: Room;
}

/** The string that a prompt gives a property, within the schema's format, pattern and lengths. */
export function stringValue(schema: Schema, place: Place): string {
  const format = schema['format'];
  const found = typeof format === 'string' ? formatted(format, place) : undefined;
  return found ?? fitted(schema, byPattern(schema, place) ?? byName(schema, place), place.room);
}

function formatted(format: string, place: Place): string | undefined {
  const {
    prompt: { text },
    name,
  } = place;
  switch (format) {
    case 'date':
      return dayOf(place);
    case 'time':
      return `${timeIn(text)}Z`;
    case 'date-time': {
      const stamp = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})/.exec(text);
      return stamp?.[0] ?? `${dayOf(place)}T${timeIn(text)}Z`;
    }
    case 'duration':
      return /\bP(?=T?\d)(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?\b/.exec(text)?.[0] ?? 'PT1H';
    case 'email':
      return facts.emails(text)[0] ?? 'user@example.com';
    case 'uri':
    case 'url':
      return facts.urls(text)[0] ?? 'https://example.com/';
    case 'uuid':
      return facts.guids(text)[0] ?? '00000000-0000-4000-8000-000000000000';
    case 'hostname':
      return new URL(facts.urls(text)[0] ?? 'https://example.com/').hostname;
    case 'ipv4':
      return addresses(text).find(isIPv4) ?? '192.0.2.1';
    case 'ipv6':
      return addresses(text).find(isIPv6) ?? '2001:db8::1';
    default:
      return facts.labelled(text, name);
  }
}

function timeIn(text: string): string {
  return facts.times(text).map(facts.isoTime)[0] ?? '09:00:00';
}

/** What may be the address of a machine. */
function addresses(text: string): string[] {
  return [...text.matchAll(/[\da-f:.]*[\da-f:]/gi)].map(([found]) => found);
}

/** A run of the prompt that the pattern matches as a whole, else a text built after a simple pattern. */
function byPattern(schema: Schema, { prompt: { text }, room }: Place): string | undefined {
  const pattern = schema['pattern'];
  if (typeof pattern !== 'string' || pattern.length > 500) return undefined;
  const whole = compiled(pattern);
  if (whole === undefined) return undefined;
  const found = text
    .split(/[\s,;"'()]+/)
    .map((part) => part.replace(/[.!?]$/, ''))
    .find((part) => part !== '' && whole.test(part));
  return found ?? fromPattern(pattern, { whole, room });
}

function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

/** Writes one text for patterns of literals, classes and counts; that is most of what schemas hold. */
function fromPattern(
  pattern: string,
  { whole, room }: { readonly whole: RegExp; readonly room: Room },
): string | undefined {
  let written = '';
  const body = pattern.replace(/^\^|\$$/g, '').replace(/\((?:\?:)?([^()|]*)(?:\|[^()]*)?\)/g, '$1');
  for (const [, escaped, set, literal, least, sign] of body.matchAll(
    /(?:\\(.)|\[([^\]]+)\]|([^\\[\]{}+*?]))(?:\{(\d+)(?:,\d*)?\}|([+*?]))?/g,
  )) {
    const unit =
      escaped === undefined
        ? set === undefined
          ? literal === '.'
            ? 'a'
            : (literal ?? '')
          : firstOf(set)
        : (classes[escaped] ?? escaped);
    const count = least === undefined ? (sign === '*' || sign === '?' ? 0 : 1) : Number(least);
    room.take(unit.length * count);
    written += unit.repeat(count);
  }
  return whole.test(written) ? written : undefined;
}

const classes: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ' };

function firstOf(set: string): string {
  if (set.startsWith('\\')) return classes[set.charAt(1)] ?? set.charAt(1);
  return set.startsWith('^') ? 'x' : set.charAt(0);
}

/** The kind of value that the name of a property suggests. The first rule that matches and finds something wins. */
const rules: readonly { readonly names: RegExp; readonly find: (place: Place) => string | undefined }[] = [
  { names: /^(?:to|cc|bcc|recipients?)$/i, find: (place) => fresh(facts.emails(place.prompt.text), place) },
  { names: /^icd/i, find: ({ prompt }) => conditions(prompt.text)[0]?.code ?? unspecifiedCode },
  { names: /symbol|ticker/i, find: ({ prompt }) => /\b[A-Z]{2,5}\b/.exec(prompt.text)?.[0] },
  {
    names: /sentiment|mood|tone$/i,
    find: ({ prompt }) => choose(['positive', 'negative', 'neutral'], prompt.text),
  },
  {
    names: /^(?:from|origin|departure|source|start)(?:_?(?:city|airport|location|place|station|address))?$/i,
    find: ({ prompt }) => after(prompt.text, 'from'),
  },
  {
    names: /^(?:to|destination|arrival|target|end)(?:_?(?:city|airport|location|place|station|address))?$/i,
    find: ({ prompt }) => after(prompt.text, 'to|for|into'),
  },
  { names: /e?mail/i, find: (place) => fresh(facts.emails(place.prompt.text), place) },
  { names: /url|link|website|href/i, find: (place) => fresh(facts.urls(place.prompt.text), place) },
  {
    names: /loc(?:ation)?$|city|town|place|region|country|address|venue|where|area|room|floor|building|zone/i,
    find: (place) =>
      fresh(facts.places(place.prompt.text), place) ??
      fresh(facts.properNames(place.prompt.text), place) ??
      placeInSmallLetters(place.prompt.question),
  },
  { names: /date|day$|^when$|deadline|due|until|since/i, find: (place) => dateFor(place) },
  {
    names: /time$|hour/i,
    find: (place) =>
      fresh(facts.times(place.prompt.text), place) ?? fresh(facts.dates(place.prompt.text), place),
  },
  {
    names:
      /(?:id|code|key|sku|reference|number)$|^ids$|(?:order|invoice|account|employee|customer|case|ticket)(?:_?n[or])?$/i,
    find: (place) =>
      fresh(facts.guids(place.prompt.text), place) ?? fresh(facts.codes(place.prompt.text), place),
  },
  { names: /currency/i, find: ({ prompt }) => currency(prompt.text) },
  {
    names: /language|lang$/i,
    find: ({ prompt }) =>
      /\b(?:in|to|into) (English|German|French|Spanish|Italian|Swedish|Dutch|Polish|Portuguese|Japanese|Chinese)\b/i.exec(
        prompt.text,
      )?.[1],
  },
  {
    names: /^(?:expression|equation|formula|calculation)$/i,
    find: ({ prompt }) => /-?[\d(][\d\s.()+\-*/×÷^]*[\d)]/.exec(prompt.text)?.[0].trim(),
  },
  {
    names: /query|question|search|^q$|prompt|input|request|utterance|terms?$/i,
    find: ({ prompt }) => queryOf(prompt.question),
  },
  {
    names:
      /name|person|who|author|(?:^|_)(?:actor|artist|director|singer)s?$|employee|customer|user|contact|recipient|assignee|owner|company|organi[sz]ation|vendor|product|brand/i,
    find: (place) => nameFor(place),
  },
  {
    names: /^(?:title|subject|headline|heading|event)/i,
    find: ({ prompt }) => facts.quoted(prompt.text)[0] ?? title(prompt.text),
  },
  { names: /summary|abstract|tl_?dr|overview/i, find: ({ prompt }) => summary(prompt.text) },
  {
    names: /key_?words?|topic|category|tag/i,
    find: ({ prompt }) => keywords(prompt.text).split(' ').slice(0, 3).join(' '),
  },
  {
    names: /message|text|content|body|note|comment|quote|phrase/i,
    find: ({ prompt }) =>
      facts.quoted(prompt.text)[0] ??
      /:\s+(.+)$/s.exec(prompt.question)?.[1] ??
      /\b(?:saying|that says)\s+(.+?)[.!?]?$/i.exec(prompt.question)?.[1],
  },
];

function byName(schema: Schema, place: Place): string {
  const { prompt, name } = place;
  const result =
    facts.labelled(prompt.text, name) ??
    byRule(place) ??
    [schema['default'], ...list(schema['examples'])].find((each) => typeof each === 'string') ??
    prompt.prose();
  place.taken.add(result);
  return result;
}

function byRule(place: Place): string | undefined {
  for (const { names, find } of rules) {
    const found = names.test(place.name) ? find(place) : undefined;
    if (found !== undefined && found !== '') return found;
  }
  return undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function fresh(found: readonly string[], { taken }: Place): string | undefined {
  return found.find((each) => !taken.has(each)) ?? found[0];
}

function after(text: string, prepositions: string): string | undefined {
  return new RegExp(
    String.raw`\b(?:${prepositions})\s+(\p{Lu}[\p{L}'’.-]*(?:[ -]\p{Lu}[\p{L}'’-]*)*)`,
    'u',
  ).exec(text)?.[1];
}

/** The search terms without the words of the command: “Find Maria Lopez in the directory”. */
function queryOf(question: string): string {
  const asked =
    /^(?:please\s+)?(?:find|search(?: (?:the )?(?:web|internet|online|knowledge base|docs?))?(?: for)?|look(?: up| for)|google)\s+(.+?)(?:\s+in (?:the|our|my) [\p{L} ]+)?[?.!]*$/iu.exec(
      question,
    );
  return asked?.[1] ?? question;
}

/** The place in “weather in paris”. Places are written with capitals, however the question writes them. */
function placeInSmallLetters(question: string): string | undefined {
  return /\b(?:in|at|near|for)\s+(?:the\s+)?([\p{L}'’-]+(?:\s(?!today|tomorrow|now|right|tonight|this|please)[\p{L}'’-]+)?)\s*(?:$|[?.!,]|\b(?:today|tomorrow|tonight|now|right|this|please)\b)/iu
    .exec(question)?.[1]
    ?.replace(/(?<![\p{L}'’])\p{Ll}/gu, (letter) => letter.toUpperCase());
}

/** The day of a property as `YYYY-MM-DD`. */
function dayOf(place: Place): string {
  const written = dateFor(place) ?? '';
  place.taken.add(written);
  return (
    [written, ...facts.dates(place.prompt.text)].map(facts.isoDate).find((day) => day !== undefined) ??
    '2026-01-01'
  );
}

/** A range has two dates: “from 3 March to 7 March”. */
function dateFor({ name, prompt, taken }: Place): string | undefined {
  const found = facts.dates(prompt.text);
  const isEnd = /end|until|^to$|_to$|^to_|return|check_?out|due|last/i.test(name);
  return (isEnd ? found[1] : found.find((each) => !taken.has(each))) ?? found[0];
}

/** A thing is named by what follows its article, a person or company by a proper name. */
function nameFor(place: Place): string | undefined {
  const {
    prompt: { text },
    name,
    owner,
  } = place;
  const called = /\b(?:named|called|titled)\s+["“']?([\p{L}\p{N}][^"”'.,\n]{0,60})/iu.exec(text)?.[1];
  if (called !== undefined) return called.trim();
  if (/^(?:event_?)?name$/i.test(name)) {
    const isEvent = /event|meeting|appointment|calendar|name/i.test(owner);
    const event = attended(text) ?? (isEvent ? happening(text) : undefined);
    if (event !== undefined) return event;
  }
  const own = /\b(?:I am|I'm|my name is|this is)\s+(\p{Lu}[\p{L}'-]*(?:\s\p{Lu}[\p{L}'-]*)*)/u.exec(
    text,
  )?.[1];
  return own ?? fresh(facts.properNames(text), place);
}

/** “going to a science fair on Friday” */
function attended(text: string): string | undefined {
  return /\b(?:to|attend|at|for|join)\s+(?:an?|the)\s+([\p{Ll}][\p{L} -]{2,40}?)\s+(?:on|at|in|with|tomorrow|today|next)\b/u.exec(
    text,
  )?.[1];
}

/** “The team lunch is on Friday” */
function happening(text: string): string | undefined {
  return /(?:^|[.:]\s+)(?:the|our|an?)\s+(\p{Ll}[\p{L} -]{2,40}?)\s+(?:is|will|takes|starts|happens|on|at)\b/iu.exec(
    text,
  )?.[1];
}

function currency(text: string): string | undefined {
  const code = /\b(?:EUR|USD|GBP|JPY|CHF|SEK|NOK|DKK|PLN|CAD|AUD)\b/.exec(text)?.[0];
  return code ?? currencies[/[€$£¥]/.exec(text)?.[0] ?? ''];
}

const currencies: Readonly<Record<string, string>> = { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' };

function fitted(schema: Schema, text: string, room: Room): string {
  const maximum = schema['maxLength'];
  const minimum = schema['minLength'];
  const cut = typeof maximum === 'number' && text.length > maximum ? text.slice(0, maximum) : text;
  if (typeof minimum !== 'number' || cut.length >= minimum) return cut;
  room.take(minimum);
  return cut.padEnd(minimum, cut === '' ? 'x' : '.');
}
