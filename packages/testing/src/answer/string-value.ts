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
  readonly owner?: string;
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
      return `${
        facts
          .times(text)
          .map(facts.isoTime)
          .find((time) => time !== undefined) ?? '09:00:00'
      }Z`;
    case 'date-time': {
      const stamp = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})/.exec(
        text,
      )?.[0];
      const day = dayOf(place);
      const time =
        facts
          .times(text)
          .map(facts.isoTime)
          .find((each) => each !== undefined) ?? '09:00:00';
      return stamp ?? `${day}T${time}Z`;
    }
    case 'duration':
      return /\bP(?:\d+[YMWD])*(?:T(?:\d+[HMS])+)?\b/.exec(text)?.[0] ?? 'PT1H';
    case 'email':
      return facts.emails(text)[0] ?? 'user@example.com';
    case 'uri':
    case 'url':
      return facts.urls(text)[0] ?? 'https://example.com/';
    case 'uuid':
      return facts.guids(text)[0] ?? '00000000-0000-4000-8000-000000000000';
    case 'hostname':
      return facts.urls(text).map((url) => new URL(url).hostname)[0] ?? 'example.com';
    case 'ipv4':
      return /\b\d{1,3}(?:\.\d{1,3}){3}\b/.exec(text)?.[0] ?? '192.0.2.1';
    case 'ipv6':
      return /\b[\da-f]{0,4}(?::[\da-f]{0,4}){2,7}\b/i.exec(text)?.[0] ?? '2001:db8::1';
    default:
      return facts.labelled(text, name);
  }
}

/** A run of the prompt that the pattern matches as a whole, else a text built after a simple pattern. */
function byPattern(schema: Schema, { prompt: { text }, room }: Place): string | undefined {
  const pattern = schema['pattern'];
  if (typeof pattern !== 'string' || pattern.length > 500) return undefined;
  try {
    const whole = new RegExp(pattern, 'u');
    const found = text
      .split(/[\s,;"'()]+/)
      .map((part) => part.replace(/[.!?]$/, ''))
      .find((part) => part !== '' && whole.test(part));
    return found ?? fromPattern(pattern, { whole, room });
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
      titled(labelTail(place)),
  },
  { names: /date|day$|^when$|deadline|due|until|since/i, find: (place) => dateFor(place) },
  {
    names: /time$|hour/i,
    find: (place) =>
      fresh(facts.times(place.prompt.text), place) ?? fresh(facts.dates(place.prompt.text), place),
  },
  {
    names:
      /(?:^|_|[a-z])(?:id|code|key|sku|reference|ticket)$|number$|^(?:id|ids)$|(?:order|invoice|account|employee|customer|case|ticket)_?(?:id|no|nr|number)?$/i,
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
  { names: /unit/i, find: () => undefined },
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
  const described = facts.labelled(prompt.text, name);
  const found =
    described ?? rules.find((rule) => rule.names.test(name) && known(rule.find(place)))?.find(place);
  const fallback = typeof schema['default'] === 'string' ? schema['default'] : firstExample(schema);
  const result = found ?? fallback ?? prompt.prose();
  place.taken.add(result);
  return result;
}

function known(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function firstExample(schema: Schema): string | undefined {
  const examples = schema['examples'];
  return Array.isArray(examples) && typeof examples[0] === 'string' ? examples[0] : undefined;
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

/** “weather in paris”, all in small letters. */
/** Places are written with capitals, however the question writes them. */
function titled(place: string | undefined): string | undefined {
  return place?.replace(/(?<![\p{L}'’])\p{Ll}/gu, (letter) => letter.toUpperCase());
}

function labelTail({ prompt: { question } }: Place): string | undefined {
  return /\b(?:in|at|near|for)\s+(?:the\s+)?([\p{L}'’-]+(?:\s(?!today|tomorrow|now|right|tonight|this|please)[\p{L}'’-]+)?)\s*(?:$|[?.!,]|\b(?:today|tomorrow|tonight|now|right|this|please)\b)/iu.exec(
    question,
  )?.[1];
}

/** The day of a property as `YYYY-MM-DD`. */
function dayOf(place: Place): string {
  const written = dateFor(place);
  if (written !== undefined) place.taken.add(written);
  const named = facts.isoDate(written ?? '');
  return (
    named ??
    facts
      .dates(place.prompt.text)
      .map(facts.isoDate)
      .find((date) => date !== undefined) ??
    '2026-01-01'
  );
}

/** A range has two dates: “from 3 March to 7 March”. */
function dateFor({ name, prompt, taken }: Place): string | undefined {
  const found = facts.dates(prompt.text);
  const isEnd = /end|until|^to$|_to$|^to_|return|check_?out|due|last/i.test(name);
  const chosen = isEnd ? (found[1] ?? found[0]) : (found.find((each) => !taken.has(each)) ?? found[0]);
  return chosen;
}

/** A thing is named by what follows its article, a person or company by a proper name. */
function nameFor(place: Place): string | undefined {
  const { text } = place.prompt;
  const called = /\b(?:named|called|titled)\s+["“']?([\p{L}\p{N}][^"”'.,\n]{0,60})/iu.exec(text)?.[1];
  if (called !== undefined) return called.trim();
  const attending =
    /\b(?:to|attend|at|for|join)\s+(?:an?|the)\s+([\p{Ll}][\p{L} -]{2,40}?)\s+(?:on|at|in|with|tomorrow|today|next)\b/u.exec(
      text,
    )?.[1];
  const isEvent =
    /^(?:name|event_?name)$/i.test(place.name) &&
    /event|meeting|appointment|calendar|name/i.test(place.owner ?? '');
  const happening =
    /(?:^|[.:]\s+)(?:the|our|an?)\s+(\p{Ll}[\p{L} -]{2,40}?)\s+(?:is|will|takes|starts|happens|on|at)\b/iu.exec(
      text,
    )?.[1];
  if (isEvent && (attending ?? happening) !== undefined) return attending ?? happening;
  if (attending !== undefined && /^(?:name|event_?name)$/i.test(place.name)) return attending;
  const own = /\b(?:I am|I'm|my name is|this is)\s+(\p{Lu}[\p{L}'-]*(?:\s\p{Lu}[\p{L}'-]*)*)/u.exec(
    text,
  )?.[1];
  return own ?? fresh(facts.properNames(text), place);
}

function currency(text: string): string | undefined {
  const sign = /[€$£¥]/.exec(text)?.[0];
  const code = /\b(?:EUR|USD|GBP|JPY|CHF|SEK|NOK|DKK|PLN|CAD|AUD)\b/.exec(text)?.[0];
  return code ?? (sign === undefined ? undefined : { '€': 'EUR', $: 'USD', '£': 'GBP', '¥': 'JPY' }[sign]);
}

function fitted(schema: Schema, text: string, room: Room): string {
  const maximum = schema['maxLength'];
  const minimum = schema['minLength'];
  const cut = typeof maximum === 'number' && text.length > maximum ? text.slice(0, maximum) : text;
  if (typeof minimum !== 'number' || cut.length >= minimum) return cut;
  room.take(minimum);
  return cut.padEnd(minimum, cut === '' ? 'x' : '.');
}
