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
  const value = parseJson(result.text);
  if (value === undefined || typeof value === 'string')
    return fromPlainText(typeof value === 'string' ? value : result.text, result, { question, isOneOfMany });
  const sources = passages(result.text).filter((passage) => passage.label !== undefined);
  const cited = sources.length > 0 ? cite(extract(question, sources)) : '';
  if (cited !== '') return cited;
  return `${lead(result, isOneOfMany)}${describe(value, question)}`;
}

function fromPlainText(
  text: string,
  result: ToolResult,
  { question, isOneOfMany }: { readonly question: string; readonly isOneOfMany: boolean },
): string {
  const place = isOneOfMany ? undefined : placeOf(result);
  // “80 degrees F” is useless without the place.
  const isMissing = place !== undefined && text.trim() !== '' && text.length < 60 && !text.includes(place);
  return fromText(text, question, isMissing ? `${place}: ` : lead(result, isOneOfMany));
}

function placeOf(result: ToolResult): string | undefined {
  const given = parseJson(result.arguments);
  if (!isRecord(given)) return undefined;
  const name = Object.keys(given).find((each) => /^(?:loc(?:ation)?|city|place|town|country)$/i.test(each));
  const value = name === undefined ? undefined : given[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function fromText(text: string, question: string, start: string): string {
  if (text.trim() === '') return `${start}the tool returned nothing.`;
  const sources = passages(text);
  const isLong = text.length > 300 || sources.some((source) => source.label !== undefined);
  if (!isLong) return `${start}${sentence(text.trim())}`;
  const found = cite(extract(question, sources));
  if (found !== '') return found;
  const first = sources[0];
  return first === undefined ? text : cite([{ ...first, text: first.text.slice(0, 400), score: 0 }]);
}

/** Says which of several calls a result belongs to, by its first argument. */
function lead(result: ToolResult, isOneOfMany: boolean): string {
  if (!isOneOfMany) return '';
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
  if (Array.isArray(only) && lists.length === 1) return describeList(only, question);
  return sentence(fields(value));
}

/** The rows that match the question, or all of them. */
function describeList(rows: readonly unknown[], question: string): string {
  if (rows.length === 0) return 'There are no results.';
  const asked = new Set(stems(question));
  const texts = rows.map((row) => (isRecord(row) ? fields(row) : plain(row)));
  const scores = texts.map((text) => stems(text).filter((each) => asked.has(each)).length);
  const best = Math.max(...scores);
  const kept = texts.filter((_, index) => best === 0 || (scores[index] ?? 0) >= best).slice(0, 10);
  const [single] = kept;
  return kept.length === 1 && single !== undefined
    ? sentence(single)
    : kept.map((text) => `- ${text}`).join('\n');
}

function fields(value: Readonly<Record<string, unknown>>): string {
  return Object.entries(value)
    .filter(([, each]) => each !== null && each !== '')
    .map(
      ([name, each]) =>
        `${name
          .replace(/([a-z])([A-Z])/g, '$1 $2')
          .replaceAll('_', ' ')
          .toLowerCase()} ${plain(each)}`,
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
