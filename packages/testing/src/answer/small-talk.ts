/** The answer to a typical first prompt, or `undefined`. */
export function smallTalk(question: string): string | undefined {
  const text = question.trim();
  if (text.length > 400) return undefined;
  const line = text.replace(/\s+/g, ' ');
  return (
    echo(text) ??
    greeting(line) ??
    equation(line) ??
    percentage(line) ??
    sum(line) ??
    count(line) ??
    capital(line) ??
    joke(line)
  );
}

const greetings: ReadonlyMap<string, string> = new Map(
  Object.entries({
    hallo: 'Hallo! Wie kann ich helfen?',
    moin: 'Moin! Wie kann ich helfen?',
    bonjour: 'Bonjour ! Comment puis-je vous aider ?',
    salut: 'Bonjour ! Comment puis-je vous aider ?',
    hola: '¡Hola! ¿En qué puedo ayudarte?',
    ciao: 'Ciao! Come posso aiutarti?',
  }),
);

function greeting(text: string): string | undefined {
  if (/^hello,? world\W*$/i.test(text)) return 'Hello, world! How can I help you today?';
  if (
    /^(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening)|howdy)(?:\W+\p{L}+)?\W*(?:how are you(?: doing)?(?: today)?)?\W*$/iu.test(
      text,
    )
  ) {
    return 'Hello! How can I help you today?';
  }
  if (/^(?:thanks|thank you|thx|cheers)\b[^?]{0,40}$/i.test(text))
    return "You're welcome! Is there anything else I can help with?";
  if (/^ping\W*$/i.test(text)) return 'pong';
  if (/^test(?:ing)?\W*$/i.test(text)) return 'The test works: your message arrived.';
  if (/^how are you\b/i.test(text)) return "I'm well, thank you! How can I help you today?";
  return greetings.get(text.toLowerCase().replace(/\P{L}+$/u, ''));
}

/** “Say this is a test”, “Reply with exactly: pong”, “Repeat after me: …”. */
function echo(text: string): string | undefined {
  const said =
    /^(?:(?:please|can you|just|now|only)\s+)*(?:say|repeat(?: after me)?|echo|(?:reply|respond|answer)(?: only| exactly| just)? with|(?:output|print|return)(?!.*\?$))(?:\s+(?:only|exactly|just|back|(?:the|a)(?: single)? (?:words?|text|phrase|sentence|string|number|following(?: text)?)|one word|this(?: text)?(?=:)))*\s*:?\s+(.+)/is.exec(
      text,
    )?.[1];
  if (
    said === undefined ||
    /^(?:something|anything|why|how|what|whether|about)\b|^(?:a|an|your|some|json|in|to) /i.test(said)
  )
    return undefined;
  const quoted = /^["'“‘`]([^"”`]+?)["'”’`](?!\p{L})/u.exec(said)?.[1];
  if (quoted !== undefined) return quoted;
  const words = said
    .replace(/,?\s+(?:(?:and )?nothing else|only|exactly|please|without[^.]*)\W*$/i, '')
    .replace(/(?<!\.)\.$/, '');
  return /^(?:hi|hello)(?: back| world)?$/i.test(words) && !/\bexactly\b/i.test(text)
    ? `${words.charAt(0).toUpperCase()}${words.slice(1)}!`
    : words;
}

const positive = String.raw`\d+(?:\.\d+)?`;
const number = `-?${positive}`;
const sign = String.raw`\+|-|−|\*|×|x|\/|÷|plus|minus|times|multiplied by|divided by`;
const sumOfTwo = new RegExp(
  String.raw`(^|(?:what(?:'s| is)|calculate|compute|how much is|solve):?|\s)\s*(${number})(\s*)(${sign})\s*(${number})(?!\.\d|[\s\d]*\w)`,
  'i',
);
/** A longer sum, which no answer of two numbers is right for, or a date. */
const longerSum = new RegExp(String.raw`\d\s*(?:${sign})\s*${number}\s*(?:${sign})\s*-?\d`, 'i');

/** “What is 2 + 2?” */
function sum(text: string): string | undefined {
  const match = sumOfTwo.exec(text);
  if (match === null || text.length > 80 || longerSum.test(text)) return undefined;
  const [, before = '', left = '', space = '', operator = '', right = ''] = match;
  // “Room 3-4” and “open 9-17” are ranges.
  if (before === ' ' && space === '' && operator === '-') return undefined;
  const value = calculate(Number(left), operator.toLowerCase(), Number(right));
  const result = Number.isFinite(value) ? String(Number(value.toPrecision(12))) : 'undefined';
  return /just|only|number|digit/i.test(text) ? result : `${left} ${operator} ${right} = ${result}`;
}

function calculate(left: number, sign: string, right: number): number {
  if (sign === '+' || sign === 'plus') return left + right;
  if (sign === '-' || sign === '−' || sign === 'minus') return left - right;
  if (sign === '/' || sign === '÷' || sign.startsWith('divided')) return left / right;
  return left * right;
}

const linear = new RegExp(
  String.raw`(?<![\w.])(-?(?:${positive})?)\s*\*?\s*([a-z])\s*([+-])\s*(${positive})\s*=\s*(${number})`,
  'i',
);

/** “Solve 8x + 31 = 2” */
function equation(text: string): string | undefined {
  const match = linear.exec(text);
  if (match === null) return undefined;
  const [, factor = '', unknown = '', operator = '', added = '', right = ''] = match;
  const slope = /\d/.test(factor) ? Number(factor) : Number(`${factor}1`);
  const rest = Number((Number(right) - Number(`${operator}${added}`)).toPrecision(12));
  const verb = operator === '+' ? `Subtract ${added} from` : `Add ${added} to`;
  return `${verb} both sides: ${slope}${unknown} = ${rest}. Divide both sides by ${slope}: ${unknown} = ${Number((rest / slope).toPrecision(12))}.`;
}

const share = new RegExp(String.raw`(${positive})\s*(?:%|percent) of (${positive})`, 'i');

/** “What is 15% of 200?” */
function percentage(text: string): string | undefined {
  const match = share.exec(text);
  if (match === null) return undefined;
  const [, percent = '', whole = ''] = match;
  const value = (Number(percent) * Number(whole)) / 100;
  return `${percent}% of ${whole} is ${Number(value.toPrecision(12))}.`;
}

/** “Count from 1 to 5” */
function count(text: string): string | undefined {
  const match =
    /\b(?:count|numbers?) (?:up )?(?:(?:from )?(\d{1,4}) ?(?:to|-|through) ?|to )(\d{1,4})\b/i.exec(text);
  if (match === null) return undefined;
  const from = Number(match[1] ?? '1');
  const to = Number(match[2]);
  const step = from <= to ? 1 : -1;
  const length = Math.min(Math.abs(to - from) + 1, 1000);
  const end = /\bperiod at the end\b/i.test(text) ? '.' : '';
  return `${Array.from({ length }, (_, index) => from + index * step).join(', ')}${end}`;
}

const capitals: ReadonlyMap<string, string> = new Map(Object.entries({
  france: 'Paris', germany: 'Berlin', italy: 'Rome', spain: 'Madrid', portugal: 'Lisbon', sweden: 'Stockholm',
  norway: 'Oslo', poland: 'Warsaw', japan: 'Tokyo', 'the united kingdom': 'London', england: 'London', ireland: 'Dublin',
  austria: 'Vienna', canada: 'Ottawa', 'the united states': 'Washington, D.C.', 'the netherlands': 'Amsterdam',
})); // prettier-ignore

function capital(text: string): string | undefined {
  const country = /\bcapital (?:city )?of ([\p{L} ]+?) ?(?:[?!.,]|$)/iu.exec(text)?.[1] ?? '';
  const city = capitals.get(country.toLowerCase());
  if (city === undefined) return undefined;
  return /one word|only|just/i.test(text) ? city : `The capital of ${country} is ${city}.`;
}

function joke(text: string): string | undefined {
  if (!/\bjoke\b/i.test(text)) return undefined;
  return 'Why did the test call the mock? Because the real service was out of quota, and the mock always knew what to say.';
}
