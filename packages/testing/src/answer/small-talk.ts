/** The answer to a typical first prompt, or `undefined`. */
export function smallTalk(question: string): string | undefined {
  const text = question.trim();
  if (text.length > 400) return undefined;
  return (
    echo(text) ??
    greeting(text) ??
    equation(text) ??
    percentage(text) ??
    sum(text) ??
    count(text) ??
    capital(text) ??
    joke(text)
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
  if (/^hello[,]?\s+world\W*$/i.test(text)) return 'Hello, world! How can I help you today?';
  if (
    /^(?:hi|hello|hey|greetings|good (?:morning|afternoon|evening)|howdy)(?:\W+(?:there|all|everyone|assistant|\p{Lu}\p{L}+))?\W*(?:how are you(?: doing)?(?: today)?)?\W*$/iu.test(
      text,
    )
  ) {
    return 'Hello! How can I help you today?';
  }
  if (/^(?:thanks|thank you|thx|cheers)\b[^?]{0,40}$/i.test(text))
    return "You're welcome! Is there anything else I can help with?";
  if (/^(?:test|testing|ping)\W*$/i.test(text))
    return /ping/i.test(text) ? 'pong' : 'The test works: your message arrived.';
  if (/^how are you\b/i.test(text)) return "I'm well, thank you! How can I help you today?";
  return greetings.get(text.toLowerCase().replace(/\P{L}+$/u, ''));
}

/** “Say this is a test”, “Reply with exactly: pong”, “Repeat after me: …”. */
function echo(text: string): string | undefined {
  const match =
    /^(?:please\s+|can you\s+|just\s+|now\s+|only\s+)*(?:say|repeat(?: after me)?|echo|(?:reply|respond|answer)(?: only| exactly| just)? with|output|print|return)(?:\s+(?:only|exactly|just|back|(?:the|a)(?: single)? (?:word|words|text|phrase|sentence|string|number|following(?: text)?)|one word|this(?: text)?(?=:))){0,4}\s*:?\s+(.+?)$/is.exec(
      text,
    );
  const said = match?.[1]?.trim();
  if (
    said === undefined ||
    /^(?:something|anything|why|how|what|whether|about|to )\b|^(?:a|an|your|some|json|in) /i.test(said)
  )
    return undefined;
  const quoted = /^["'“‘`]([^"”`]+?)["'”’`]/.exec(said)?.[1];
  if (quoted !== undefined) return quoted;
  const words = said
    .replace(/\s+(?:and nothing else|only|exactly|please|nothing else|without[^.]*)\W*$/i, '')
    .replace(/(?<!\.)\.$/, '');
  return /^(?:hi|hello)(?: back| world)?$/i.test(words)
    ? `${words.charAt(0).toUpperCase()}${words.slice(1)}!`
    : words;
}

/** “What is 2 + 2?” */
function sum(text: string): string | undefined {
  const match =
    /(?:^|what(?:'s| is)|calculate|compute|how much is|solve|add|multiply|\s)\s*(-?\d+(?:\.\d+)?)\s*(\+|-|−|\*|×|x|\/|÷|plus|minus|times|multiplied by|divided by)\s*(-?\d+(?:\.\d+)?)(?![\s\d]*[\w*×/÷+])/i.exec(
      text,
    );
  if (match === null || text.length > 80) return undefined;
  const [, left = '', sign = '', right = ''] = match;
  const value = calculate(Number(left), sign.toLowerCase(), Number(right));
  const result = Number.isFinite(value) ? String(Number(value.toPrecision(12))) : 'undefined';
  return /just|only|number|digit/i.test(text) ? result : `${left} ${sign} ${right} = ${result}`;
}

function calculate(left: number, sign: string, right: number): number {
  if (sign === '+' || sign === 'plus') return left + right;
  if (sign === '-' || sign === '−' || sign === 'minus') return left - right;
  if (sign === '/' || sign === '÷' || sign.startsWith('divided')) return left / right;
  return left * right;
}

/** “Solve 8x + 31 = 2” */
function equation(text: string): string | undefined {
  const match = /(-?\d*)\s*\*?\s*([a-z])\s*([+-])\s*(\d+)\s*=\s*(-?\d+)/i.exec(text);
  if (match === null) return undefined;
  const [, factor = '', unknown = '', sign = '', added = '', right = ''] = match;
  const slope = factor === '' ? 1 : Number(factor === '-' ? '-1' : factor);
  const rest = Number(right) - Number(`${sign}${added}`);
  const verb = sign === '+' ? `Subtract ${added} from` : `Add ${added} to`;
  return `${verb} both sides: ${slope}${unknown} = ${rest}. Divide both sides by ${slope}: ${unknown} = ${Number((rest / slope).toPrecision(12))}.`;
}

/** “What is 15% of 200?” */
function percentage(text: string): string | undefined {
  const match = /(\d+(?:\.\d+)?)\s*(?:%|percent) of (\d+(?:\.\d+)?)/i.exec(text);
  if (match === null) return undefined;
  const value = (Number(match[1]) * Number(match[2])) / 100;
  return `${match[1] ?? ''}% of ${match[2] ?? ''} is ${Number(value.toPrecision(12))}.`;
}

/** “Count from 1 to 5” */
function count(text: string): string | undefined {
  const match =
    /\b(?:count|list(?: the)? numbers?|numbers?)\s+(?:up\s+)?(?:(?:from\s+)?(\d{1,4})\s*(?:to|-|through)\s*|to\s+)(\d{1,4})\b/i.exec(
      text,
    );
  if (match === null) return undefined;
  const from = Number(match[1] ?? '1');
  const to = Number(match[2] ?? '1');
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
  const country = /\bcapital (?:city )?of ((?:the )?\p{L}+(?: \p{L}+)?)\s*\W*(?:\?|$)/iu.exec(text)?.[1];
  const city = capitals.get(country?.toLowerCase() ?? '');
  if (city === undefined || country === undefined) return undefined;
  return /one word|only|just/i.test(text) ? city : `The capital of ${country} is ${city}.`;
}

function joke(text: string): string | undefined {
  if (!/\bjoke\b/i.test(text)) return undefined;
  return 'Why did the test call the mock? Because the real service was out of quota, and the mock always knew what to say.';
}
