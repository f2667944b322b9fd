import { contentFilter, StreamTruncatedError } from '@aoai/client';
import type { Azure } from './azure.ts';
import { filterCitations } from './citations.ts';
import type { Embed } from './embed.ts';
import type { Passage, Passages } from './passages.ts';
import {
  answerPrompt,
  followUpFormat,
  followUpPrompt,
  notFound,
  rewritePrompt,
  type EarlierTurn,
} from './prompt.ts';
import type { Reader } from './rights.ts';

/** How an answer ended. */
export type AnswerState = 'answered' | 'not-found' | 'filtered' | 'cut' | 'failed';

/** What happens while an answer is made, in this order. */
export type AnswerEvent =
  | { readonly type: 'sources'; readonly sources: readonly Passage[] }
  | { readonly type: 'text'; readonly text: string }
  /** `cited` has the numbers of the sources in the answer. */
  | { readonly type: 'end'; readonly state: AnswerState; readonly cited: readonly number[] }
  | { readonly type: 'follow-ups'; readonly questions: readonly string[] };

export interface AnswerContext {
  readonly client: Azure['client'];
  readonly embed: Embed;
  readonly passages: Passages;
}

export interface AskOptions {
  readonly reader: Reader;
  readonly history: readonly EarlierTurn[];
  readonly signal: AbortSignal;
}

const sourcesPerAnswer = 6;

/** Answers a question from what the reader may see. Nothing of it is kept for anybody else. */
export async function* answer(
  context: AnswerContext,
  question: string,
  { reader, history, signal }: AskOptions,
): AsyncGenerator<AnswerEvent> {
  const { client, embed, passages } = context;
  const end = (state: AnswerState) => ({ type: 'end', state, cited: citations.cited }) as const;
  let citations = filterCitations(0);
  try {
    // Each turn searches anew, so that a follow-up never leaves the documents.
    const query = await standAlone(client, question, { history, signal });
    const [vector = []] = await embed([query], signal);
    const sources = await passages.search({ text: query, vector, top: sourcesPerAnswer }, reader);
    yield { type: 'sources', sources };
    if (sources.length === 0) {
      yield end('not-found');
      return;
    }

    citations = filterCitations(sources.length);
    let text = '';
    const chunks = [];
    const stream = await client.chat.completions.create(
      {
        model: 'chat',
        messages: answerPrompt(query === question ? question : `${question} (${query})`, sources),
        stream: true,
      },
      { signal },
    );
    for await (const chunk of stream) {
      chunks.push(chunk);
      const piece = citations.push(chunk.choices[0]?.delta.content ?? '');
      if (piece !== '') yield { type: 'text', text: piece };
      text += piece;
    }
    const rest = citations.end();
    if (rest !== '') yield { type: 'text', text: rest };
    text += rest;

    const isNotFound = text.includes(notFound) && citations.cited.length === 0;
    const state = contentFilter(chunks).filtered ? 'filtered' : isNotFound ? 'not-found' : 'answered';
    yield end(state);
    if (state !== 'answered') return;
    yield { type: 'follow-ups', questions: await followUps(client, { question, text, sources, signal }) };
  } catch (error) {
    // Whoever stopped has gone: there is nobody to tell.
    if (signal.aborted) throw error;
    if (error instanceof StreamTruncatedError) yield end('cut');
    else yield end(contentFilter(error).blocked ? 'filtered' : 'failed');
  }
}

/** “And how long is it?” means something only after the question before it. */
async function standAlone(
  client: Azure['client'],
  question: string,
  { history, signal }: Pick<AskOptions, 'history' | 'signal'>,
): Promise<string> {
  if (history.length === 0) return question;
  const completion = await client.chat.completions.create(
    { model: 'chat', messages: rewritePrompt(question, history) },
    { signal },
  );
  const query = completion.choices[0]?.message.content?.trim() ?? '';
  return query === '' ? `${history.at(-1)?.question ?? ''} ${question}` : query;
}

/** Three questions to go on with. An answer is not worth less without them. */
async function followUps(
  client: Azure['client'],
  {
    question,
    text,
    sources,
    signal,
  }: {
    readonly question: string;
    readonly text: string;
    readonly sources: readonly Passage[];
    readonly signal: AbortSignal;
  },
): Promise<string[]> {
  try {
    const completion = await client.chat.completions.create(
      { model: 'chat', messages: followUpPrompt(question, text, sources), response_format: followUpFormat },
      { signal },
    );
    const { questions } = JSON.parse(completion.choices[0]?.message.content ?? '{}') as {
      questions?: unknown;
    };
    if (!Array.isArray(questions)) return [];
    return questions
      .filter((each) => typeof each === 'string' && each.trim() !== '' && each.length < 160)
      .slice(0, 3) as string[];
  } catch (error) {
    if (signal.aborted) throw error;
    return [];
  }
}
