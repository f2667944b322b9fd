import type { AnswerInput, AnswerMessage } from './answer-input.ts';
import { passages, type Passage } from './passages.ts';
import { findQuestion } from './question.ts';
import { sentences } from './sentences.ts';
import { tidy } from './tidy.ts';

/** A conversation, prepared for answering: the current question and its sources. */
export interface Conversation {
  readonly model: string;
  /** The last user message, unchanged. */
  readonly asked: string;
  /** Its question. */
  readonly question: string;
  /** The text in it that the question is about. */
  readonly material: string;
  /** The question before this one, which a short one may refer to. */
  readonly background: string;
  /** System and developer messages. */
  readonly instructions: string;
  /** Sources in system and user messages, and what was said before. */
  readonly sources: readonly Passage[];
  /** Tool results since the last user message. */
  readonly results: readonly ToolResult[];
  /** Images and recordings in the last user message. */
  readonly media: number;
}

export interface ToolResult {
  readonly tool: string;
  readonly arguments: string;
  readonly text: string;
}

export function readConversation(input: AnswerInput): Conversation {
  const messages = input.messages.map((message) => ({ ...message, text: tidy(message.text) }));
  const last = messages.findLastIndex((message) => message.role === 'user');
  const asked = messages[last]?.text ?? '';
  const { question, material } = findQuestion(asked);
  const earlier = messages.slice(0, Math.max(last, 0));
  const system = messages.filter((message) => message.role === 'system');
  const instructions = system.map((message) => message.text).join('\n');
  return {
    model: input.model,
    asked,
    question,
    material,
    background: earlier.findLast((message) => message.role === 'user')?.text.slice(-300) ?? '',
    instructions,
    sources: [
      ...system.flatMap((message) => sourcesOf(message.text)),
      ...sourcesOf(material),
      ...earlier.flatMap(saidBefore),
    ],
    results: toolResults(messages.slice(last + 1)),
    media: messages[last]?.media ?? 0,
  };
}

/** The passages of a prompt, without the sentences that tell the model how to behave. */
function sourcesOf(text: string): Passage[] {
  return passages(text).flatMap((passage) => {
    if (passage.label !== undefined) return [passage];
    const facts = sentences(passage.text).filter((sentence) => !isInstruction.test(sentence));
    return facts.length > 0 ? [{ text: facts.join('\n') }] : [];
  });
}

const isInstruction =
  /^[\s#*\-\d.)]*(?:you(?:'re| are| can| will| must| should| have access)|your (?:task|job|role|goal|answers?|name is)|answer|use (?:the|only|this|these|a |an |square|tools?)|using|do not|don't|always|never|please|cite|respond|reply|given|based on|each (?:source|fact)|return|provide|write|be (?:brief|concise|helpful|polite|precise)|keep|only|include|act as|think|if (?:the|you|there|asking|it)|when (?:the user|you|answering)|the following|here (?:is|are)|make sure|summari[sz]e|translate|extract|classify|for (?:tabular|example)|today is|assistant (?:helps|is)|say)\b/i;

/** Earlier turns are sources as well: people refer to what they said. */
function saidBefore(message: AnswerMessage): Passage[] {
  if (message.role === 'user') {
    const { question, material } = findQuestion(message.text);
    const text = [question, material].filter((part) => part !== '' && !part.endsWith('?')).join('\n');
    return sourcesOf(text);
  }
  if (message.role === 'tool') return passages(message.text);
  return message.role === 'assistant' && message.text !== '' ? [{ text: message.text }] : [];
}

function toolResults(turn: readonly AnswerMessage[]): ToolResult[] {
  const calls = new Map(
    turn.flatMap((message) => message.toolCalls ?? []).map((call) => [call.id, call] as const),
  );
  return turn
    .filter((message) => message.role === 'tool')
    .map((message) => {
      const call = calls.get(message.toolCallId ?? '');
      return { tool: call?.name ?? 'tool', arguments: call?.arguments ?? '{}', text: message.text };
    });
}
