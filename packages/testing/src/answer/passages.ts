import { isRecord } from './records.ts';

/** A piece of source text. `label` is how the prompt names it, in the form in which it is to be cited. */
export interface Passage {
  readonly text: string;
  readonly label?: string;
}

/** The passages of a text: each labelled source by itself, and what stands around them. */
export function passages(text: string): Passage[] {
  return fromJson(text) ?? fromTags(text) ?? fromPairs(text) ?? fromLines(text);
}

/** Sources handed over as JSON: search results, for example. */
function fromJson(text: string): Passage[] | undefined {
  const start = text.search(/[[{]/);
  if (start < 0 || !/"(?:content|text|chunk|snippet|body|passage)"\s*:/.test(text)) return undefined;
  const value = parse(text.slice(start).trim());
  if (value === undefined) return undefined;
  const found = documents(value);
  return found.length > 0 ? [...fromLines(text.slice(0, start)), ...found] : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text.slice(0, Math.max(text.lastIndexOf(']'), text.lastIndexOf('}')) + 1));
  } catch {
    return undefined;
  }
}

/** Every object in a JSON value that has text in it, with the name it goes by. */
function documents(value: unknown): Passage[] {
  if (Array.isArray(value)) return value.flatMap(documents);
  if (!isRecord(value)) return [];
  const text = firstString(value, ['content', 'text', 'chunk', 'snippet', 'body', 'passage']);
  if (text === undefined) return Object.values(value).flatMap(documents);
  const name = firstString(value, [
    'citation',
    'id',
    'source',
    'sourcefile',
    'filepath',
    'file',
    'title',
    'name',
    'url',
  ]);
  return [{ text, ...(name === undefined ? {} : { label: bracketed(name) }) }];
}

function firstString(value: Readonly<Record<string, unknown>>, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const found = value[key];
    if (typeof found === 'string' && found !== '') return found;
    if (typeof found === 'number' && key === 'id') return String(found);
  }
  return undefined;
}

/** `<source id="…">…</source>` and other tags that hold a passage. */
function fromTags(text: string): Passage[] | undefined {
  const found: Passage[] = [];
  let end = 0;
  for (const match of text.matchAll(tagged)) {
    const [whole, , attributes = '', body = ''] = match;
    found.push(...fromLines(text.slice(end, match.index)));
    const name =
      /(?:name|title|id|source|file|href)\s*=\s*["']([^"']+)["']/i.exec(attributes)?.[1] ??
      /<(?:source|title|name|id)>([^<]+)<\//i.exec(body)?.[1];
    const content = body.replace(/<(source|title|name|id)>[^<]*<\/\1>/gi, '').replace(/<[^>]+>/g, '');
    found.push({ text: content.trim(), ...(name === undefined ? {} : { label: bracketed(name.trim()) }) });
    end = match.index + whole.length;
  }
  return end === 0 ? undefined : [...found, ...fromLines(text.slice(end))];
}

const tagged = /<(source|document|doc|passage|chunk|item|result|article)\b([^>]*)>([\s\S]*?)<\/\1>/gi;

/** `Title: …` or `Source: …`, followed or preceded by `Content: …`. */
function fromPairs(text: string): Passage[] | undefined {
  const found: Passage[] = [];
  for (const match of text.matchAll(pair)) {
    const { name = '', content = '', nameAfter = '', contentBefore = '' } = match.groups ?? {};
    const label = (name === '' ? nameAfter : name).trim();
    found.push({ label: bracketed(label), text: (content === '' ? contentBefore : content).trim() });
  }
  return found.length > 0 ? found : undefined;
}

const pair =
  /^(?:source|title|file|document|name)\s*:\s*(?<name>[^\n]+)\n(?:content|text)\s*:\s*(?<content>[\s\S]+?)(?=\n\s*(?:\n|source\s*:|title\s*:|-{3})|$(?![\s\S]))|^(?:content|text)\s*:\s*(?<contentBefore>[\s\S]+?)\n(?:source|title|file)\s*:\s*(?<nameAfter>[^\n]+)/gim;

/** Labels at the beginning of a line: `[doc1] …`, `handbook.pdf#page=3: …`, `Source 2: …`. */
function fromLines(text: string): Passage[] {
  const found: { label?: string; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const start = label(line);
    const current = found.at(-1);
    if (start !== undefined) found.push({ label: start.label, lines: [start.rest] });
    else if (line.trim() === '' && current?.label === undefined) found.push({ lines: [] });
    // A heading or a question after the sources is not part of the last one.
    else if (current === undefined || endsSources.test(line)) found.push({ lines: [line] });
    else current.lines.push(line);
  }
  return found
    .map(({ label: name, lines }) => ({
      text: lines.join('\n').trim(),
      ...(name === undefined ? {} : { label: name }),
    }))
    .filter((passage) => passage.text !== '');
}

const endsSources = /^\s*(?:question|user question|query|task|instructions?|answer)\s*:/i;
const bracketLabel = /^\s*(?:[-*]\s+)?([[【]\^?[\w .:/#=&†-]{1,80}?[\]】])\s*[:\-–—]?\s*(?!\()(.*)$/;
const fileLabel = /^\s*(?:[-*]\s+)?([\w./ -]{1,80}\.[a-z]{2,5}(?:#[\w=&-]+)?)\s*(?::|\||—|–)\s+(.*)$/i;
const parenthesisLabel = /^\s*(?:[-*]\s+|\d+[.)]\s*)?(\([\w./ -]{1,80}\.[a-z]{2,5}\))\s*:?\s+(.*)$/i;
const numberLabel =
  /^\s*(?:[-*]\s+)?((?:source|document|doc|passage|context|chunk|excerpt)\s*#?\d+)\s*[:\-–—)]\s*(.*)$/i;

function label(line: string): { label: string; rest: string } | undefined {
  const inBrackets = bracketLabel.exec(line) ?? parenthesisLabel.exec(line);
  const [, name = '', rest = ''] = inBrackets ?? fileLabel.exec(line) ?? numberLabel.exec(line) ?? [];
  if (name === '') return undefined;
  return { label: inBrackets === null ? bracketed(name) : name, rest };
}

function bracketed(name: string): string {
  return /^[[【].*[\]】]$/.test(name) ? name : `[${name}]`;
}
