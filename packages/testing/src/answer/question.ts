import { isRecord, parseJson } from './records.ts';
import { sentences } from './sentences.ts';

/** A user message, taken apart: what is asked, and the text that it is asked about. */
export interface Question {
  readonly question: string;
  readonly material: string;
}

/** Finds the question in a message that may hold its sources as well. */
export function findQuestion(text: string): Question {
  return fromJson(text) ?? fromLabel(text) ?? fromTag(text) ?? fromTask(text) ?? fromParagraphs(text);
}

const questionLabel =
  /(?:^|\n)[\s#*>-]*(?:(?:the |my |new |follow-?up |current |user'?s? |last )*(?:question|query|frage)(?: is| from the user)?)\s*[*_]*\s*:[*_\s]*(.+)/gi;

/** `{"question": …, "documents": …}` */
function fromJson(text: string): Question | undefined {
  if (!text.trimStart().startsWith('{')) return undefined;
  const value = parseJson(text);
  if (!isRecord(value)) return undefined;
  const { question, query, input, ...rest } = value;
  const asked = [question, query, input].find((each) => typeof each === 'string');
  return typeof asked === 'string' ? { question: asked, material: JSON.stringify(rest) } : undefined;
}

/** `Question: …` */
function fromLabel(text: string): Question | undefined {
  const match = [...text.matchAll(questionLabel)].at(-1);
  if (match?.[1] === undefined) return undefined;
  const material = `${text.slice(0, match.index)}\n${text.slice(match.index + match[0].length)}`;
  return { question: match[1].trim(), material: withoutHeading(material) };
}

/** `<question>…</question>` */
function fromTag(text: string): Question | undefined {
  const match = /<(question|query|user_query|user_input)>([\s\S]*?)<\/\1>/i.exec(text);
  if (match?.[2] === undefined) return undefined;
  return { question: match[2].trim(), material: text.replace(match[0], '').trim() };
}

/** `Summarise this: …`, where the text follows a colon. */
function fromTask(text: string): Question | undefined {
  const match = /^([^\n:]{3,160}):\s*(\S[\s\S]{19,})/.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const isTask = taskVerb.test(match[1]);
  return isTask ? { question: match[1].trim(), material: match[2] } : undefined;
}

const taskVerb =
  /\b(?:summari[sz]e|summary|translate|translation|rewrite|rephrase|paraphrase|classify|categori[sz]e|extract|proofread|correct|shorten|simplify|title|headline|sentiment|keywords?|explain|analy[sz]e|convert|following|this|below)\b/i;

/** The last paragraph that asks something, else the last short one; the rest is material. */
function fromParagraphs(text: string): Question {
  const paragraphs = text.split(/\n\s*\n/).filter((paragraph) => paragraph.trim() !== '');
  if (paragraphs.length > 1) {
    const asking = paragraphs.findLastIndex(
      (paragraph) => paragraph.length < 600 && /\?\s*$/.test(paragraph),
    );
    const chosen = asking >= 0 ? asking : shortestEnd(paragraphs);
    const material = paragraphs.filter((_, index) => index !== chosen).join('\n\n');
    return { question: paragraphs[chosen]?.trim() ?? '', material };
  }
  return fromSentences(text);
}

/** A task stands first or last, and is the shorter of the two. */
function shortestEnd(paragraphs: readonly string[]): number {
  const first = paragraphs[0]?.length ?? 0;
  const last = paragraphs.at(-1)?.length ?? 0;
  return first < last ? 0 : paragraphs.length - 1;
}

function fromSentences(text: string): Question {
  const all = sentences(text);
  const asking = all.filter((sentence) => sentence.endsWith('?'));
  if (asking.length === 0 || asking.length === all.length) return { question: text.trim(), material: '' };
  return {
    question: asking.join(' '),
    material: all.filter((sentence) => !sentence.endsWith('?')).join('\n'),
  };
}

function withoutHeading(text: string): string {
  return text.replace(/(?:^|\n)\s*(?:answer|response)\s*:?\s*$/i, '').trim();
}
