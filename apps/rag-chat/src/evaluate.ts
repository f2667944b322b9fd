import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { answer, type AnswerState } from './answer.ts';
import type { Handbook } from './open-handbook.ts';
import type { Passage } from './passages.ts';
import type { Reader } from './rights.ts';

/** A question with what should come of it. */
export interface EvaluationQuestion {
  readonly person: string;
  readonly question: string;
  /** Document that answers it. Absent: the right answer is that there is none. */
  readonly source?: string;
  readonly paraphrase?: boolean;
}

/** What became of one question. */
export interface EvaluationResult extends EvaluationQuestion {
  readonly state: AnswerState;
  readonly answer: string;
  /** Place of the first passage of the right document, from 1; `undefined` when it was not found. */
  readonly rank: number | undefined;
  /** Share of the sentences that the passages they cite hold. */
  readonly grounded: number;
  readonly ms: number;
}

export interface EvaluationSummary {
  readonly questions: number;
  /** Share of the questions whose document is among the six passages. */
  readonly recall: number;
  /** Mean reciprocal rank of that document. */
  readonly mrr: number;
  readonly recallOfParaphrases: number;
  readonly groundedness: number;
  /** Share of the questions without a source that were refused. */
  readonly refusals: number;
  /** Share of the questions with a source that were answered. */
  readonly answered: number;
}

export async function readQuestions(path: string): Promise<readonly EvaluationQuestion[]> {
  return parse(await readFile(path, 'utf8')) as EvaluationQuestion[];
}

/** Asks all questions, each as its person. */
export async function evaluate(
  handbook: Handbook,
  questions: readonly EvaluationQuestion[],
  readerOf: (person: string) => Reader,
): Promise<EvaluationResult[]> {
  const results: EvaluationResult[] = [];
  for (const question of questions)
    results.push(await evaluateOne(handbook, question, readerOf(question.person)));
  return results;
}

async function evaluateOne(
  handbook: Handbook,
  question: EvaluationQuestion,
  reader: Reader,
): Promise<EvaluationResult> {
  const startedAt = performance.now();
  let sources: readonly Passage[] = [];
  let text = '';
  let state: AnswerState = 'failed';
  const options = { reader, history: [], signal: new AbortController().signal };
  for await (const event of answer(handbook, question.question, options)) {
    if (event.type === 'sources') sources = event.sources;
    if (event.type === 'text') text += event.text;
    if (event.type !== 'end') continue;
    state = event.state;
    break;
  }
  const rank = sources.findIndex(({ document }) => document === question.source) + 1;
  return {
    ...question,
    state,
    answer: text,
    rank: rank === 0 ? undefined : rank,
    grounded: state === 'answered' ? groundedness(text, sources) : 1,
    ms: performance.now() - startedAt,
  };
}

/**
 * Share of the sentences of an answer most of whose words stand in a passage that they cite. A plain measure: it needs no model
 * to judge, finds what was made up, and does not see a claim turned round.
 */
export function groundedness(text: string, sources: readonly Passage[]): number {
  const claims = [...text.matchAll(/([^[\]]+?)((?:\s*\[\d+\])+)/g)];
  if (claims.length === 0) return 0;
  const held = claims.filter(([, claim = '', marks = '']) => {
    const cited = [...marks.matchAll(/\d+/g)].map(([number]) => sources[Number(number) - 1]?.text ?? '');
    const known = new Set(words(cited.join(' ')));
    const own = words(claim);
    return own.filter((word) => known.has(word)).length >= own.length * 0.7;
  });
  const uncited = text.replace(/[\s\S]*\[\d+\]/, '').trim() === '' ? 0 : 1;
  return held.length / (claims.length + uncited);
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
}

export function summarise(results: readonly EvaluationResult[]): EvaluationSummary {
  const withSource = results.filter(({ source }) => source !== undefined);
  const paraphrases = withSource.filter(({ paraphrase }) => paraphrase === true);
  const withoutSource = results.filter(({ source }) => source === undefined);
  return {
    questions: results.length,
    recall: mean(withSource.map(({ rank }) => (rank === undefined ? 0 : 1))),
    mrr: mean(withSource.map(({ rank }) => (rank === undefined ? 0 : 1 / rank))),
    recallOfParaphrases: mean(paraphrases.map(({ rank }) => (rank === undefined ? 0 : 1))),
    groundedness: mean(
      withSource.filter(({ state }) => state === 'answered').map(({ grounded }) => grounded),
    ),
    refusals: mean(withoutSource.map(({ state }) => (state === 'not-found' ? 1 : 0))),
    answered: mean(withSource.map(({ state }) => (state === 'answered' ? 1 : 0))),
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
