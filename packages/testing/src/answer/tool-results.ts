import type { Conversation, ToolResult } from './conversation.ts';
import { cite, extract } from './extract.ts';
import { passages } from './passages.ts';
import { isRecord, parseJson } from './records.ts';
import { stems } from './words.ts';

/** An answer in prose from the results of the tools that were called. */
export function answerFromResults({ question, results }: Conversation): string {
  const parts = results.map((result) => fromResult(result, question, results.length > 1));
  return parts.join(parts.some((part) => part.includes('\n')) ? '\n\n' : ' ');
}

function fromResult(result: ToolResult, question: string, isOneOfMany: boolean): string {
  const value = parseJson(result.text) ?? result.text;
  const start = isOneOfMany ? lead(result) : '';
  if (typeof value === 'string')
    return fromText(value, question, isOneOfMany ? start : missingPlace(value, result));
  const cited = cite(
    extract(
      question,
      passages(result.text).filter((passage) => passage.label !== undefined),
    ),
  );
  if (cited !== '') return cited;
  const text = describe(value, question);
  return start !== '' && text.startsWith('- ') ? `${start.trimEnd()}\n${text}` : `${start}${text}`;
}

/** “80 degrees F” is useless without the place. */
function missingPlace(text: string, result: ToolResult): string {
  const given = parseJson(result.arguments);
  if (!isRecord(given) || text.trim() === '' || text.length >= 60) return '';
  const place = Object.entries(given).find(([name]) =>
    /^(?:loc(?:ation)?|city|place|town|country)$/i.test(name),
  )?.[1];
  return typeof place === 'string' && place !== '' && !text.includes(place) ? `${place}: ` : '';
}

function fromText(text: string, question: string, start: string): string {
  if (text.trim() === '') return `${start}${start === '' ? 'The' : 'the'} tool returned nothing.`;
  const sources = passages(text);
  const isLong = text.length > 300 || sources.some((source) => source.label !== undefined);
  if (!isLong) return `${start}${sentence(text.trim())}`;
  const found = cite(extract(question, sources));
  if (found !== '') return found;
  return cite(sources.slice(0, 1).map((first) => ({ ...first, text: first.text.slice(0, 400), score: 0 })));
}

/** Says which of several calls a result belongs to, by its first argument. */
function lead(result: ToolResult): string {
  const given = parseJson(result.arguments);
  const first = isRecord(given) ? Object.values(given).find((value) => typeof value === 'string') : undefined;
  return `${first ?? result.tool}: `;
}

/** A JSON value in words: “temperature 22, unit celsius.” */
function describe(value: unknown, question: string): string {
  if (Array.isArray(value)) return describeList(value, question);
  if (!isRecord(value)) return sentence(plain(value));
  const lists = Object.values(value).filter((each) => Array.isArray(each) && each.some(isRecord));
  const [only] = lists;
  return describeList(Array.isArray(only) && lists.length === 1 ? only : [value], question);
}

/** The rows that match the question, or all of them. */
function describeList(rows: readonly unknown[], question: string): string {
  const asked = new Set(stems(question));
  const texts = rows.map((row) => (isRecord(row) ? fields(row) : plain(row))).filter((text) => text !== '');
  const scores = texts.map((text) => stems(text).filter((each) => asked.has(each)).length);
  const best = Math.max(...scores);
  const kept = texts.filter((_, index) => scores[index] === best).slice(0, 10);
  const [single, second] = kept;
  if (single === undefined) return 'There are no results.';
  return second === undefined ? sentence(single) : kept.map((text) => `- ${text}`).join('\n');
}

function fields(value: Readonly<Record<string, unknown>>): string {
  return Object.entries(value)
    .map(([name, each]) => [name, each === null ? '' : plain(each)] as const)
    .filter(([, text]) => text !== '')
    .map(
      ([name, text]) =>
        `${name
          .replace(/([a-z])([A-Z])/g, '$1 $2')
          .replaceAll('_', ' ')
          .toLowerCase()} ${text}`,
    )
    .join(', ');
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(' and ');
  if (isRecord(value)) return `(${fields(value)})`;
  return String(value);
}

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?)\]]$/.test(capital) ? capital : `${capital}.`;
}
