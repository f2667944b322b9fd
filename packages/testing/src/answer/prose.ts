import type { Conversation } from './conversation.ts';
import { cite, extract, type Finding } from './extract.ts';
import { quotedAfter } from './frame-text.ts';
import type { Passage } from './passages.ts';
import { questionParts } from './question-parts.ts';
import { refersBack } from './refers-back.ts';
import { longForm } from './long-form.ts';
import { smallTalk } from './small-talk.ts';
import { doTask } from './tasks.ts';
import { answerFromResults } from './tool-results.ts';

/** The answer in prose: from tool results, from the sources of the prompt, or a plain word that there is none. */
export function prose(conversation: Conversation): string {
  return knownProse(conversation) ?? unanswered(conversation);
}

/** The answer in prose, where there is one. */
export function knownProse(conversation: Conversation): string | undefined {
  if (conversation.results.length > 0) return answerFromResults(conversation);
  const { question, background, sources } = conversation;
  return (
    smallTalk(question) ??
    identity(conversation) ??
    doTask(conversation) ??
    found(cite(extractParts(question, sources))) ??
    (refersBack(question) ? found(cite(extract(question, sources, background))) : undefined) ??
    longForm(question) ??
    acknowledged(conversation)
  );
}

/** Each part of a question is answered by itself; one that refers back, with the part before it in mind. */
function extractParts(question: string, sources: readonly Passage[]): readonly Finding[] {
  const parts = questionParts(question);
  if (parts.length === 1) return extract(question, sources);
  const all = parts.flatMap((part, index) => {
    const own = extract(part, sources);
    // Of several parts each gets its two best sentences.
    const best = own.length > 0 ? own : extract(part, sources, parts[index - 1] ?? '');
    return best.toSorted((a, b) => b.score - a.score).slice(0, 2);
  });
  const distinct = all.filter(({ text }, index) => all.findIndex((other) => other.text === text) === index);
  return distinct.length > 0 ? distinct : extract(question, sources);
}

function found(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function identity({ question, model, sources }: Conversation): string | undefined {
  if (!/^(?:who|what) are you\b|\bwhat can you (?:do|help)|\bwhat(?:'s| is) your name\b/i.test(question))
    return undefined;
  const known =
    sources.length > 0 ? 'I answer from the text that I was given' : 'I answer from the text in the prompt';
  return `I am ${model}, played by a mock of Azure OpenAI. ${known}, call the tools that I am offered and fill in JSON schemas.`;
}

/** The message is a statement, not a question. */
function acknowledged({ asked, media }: Conversation): string | undefined {
  const isTold =
    media === 0 &&
    !asked.includes('?') &&
    /^(?:my|i|i'm|we|our|the|it|he|she|they|there|note|remember|fyi)\b(?! (?:want|need|would|wonder|have a question))/i.test(
      asked,
    );
  return isTold ? 'Thank you, I have noted that.' : undefined;
}

/** Says that there is no answer, in the words that the instructions ask for if they do. */
function unanswered({ instructions, asked, question, sources, media, model }: Conversation): string {
  const orders = `${instructions}\n${asked}`;
  const wording = quotedAfter(String.raw`\b(?:say|answer|respond|reply)(?: with| that)?:?\s+`, orders);
  if (wording !== undefined) return wording;
  if (/\b(?:say|answer)[^.]{0,40}\bdo(?:es)?(?:n't| not) know\b/i.test(orders)) return "I don't know.";
  if (media > 0)
    return `The message holds ${media === 1 ? 'one attachment' : `${media} attachments`}, which this mock of ${model} cannot see or hear. You asked: ${quote(question)}`;
  if (sources.length > 0) return `I could not find an answer to ${quote(question)} in the text I was given.`;
  return `You said: ${quote(question)} This is a mock of ${model}. It answers from the text in the prompt, and there is none that answers this.`;
}

function quote(text: string): string {
  const short = text.length > 200 ? `${text.slice(0, 197)}...` : text;
  return `"${short}"`;
}
