import type { Answer, AnswerInput } from './answer-input.ts';
import { answer } from './answer.ts';

const answers = new Map<string, Answer>();

/** Caches `answer`, which is deterministic: a repeated plain question is not computed again. */
export function rememberedAnswer(input: AnswerInput): Answer {
  const key = keyOf(input);
  if (key === undefined || key.length > 4_096) return answer(input);
  const known = answers.get(key);
  if (known !== undefined) return known;
  const made = answer(input);
  if (answers.size === 256) answers.clear();
  answers.set(key, made);
  return made;
}

/** The cache key of a plain conversation; `undefined` for one with tools, media or a format. */
function keyOf({ model, messages, tools, format, stop, maxTokens }: AnswerInput): string | undefined {
  if (tools !== undefined || stop !== undefined || maxTokens !== undefined) return undefined;
  if (format !== undefined && format.kind !== 'text') return undefined;
  let key = model;
  for (const { role, text, media, toolCalls, toolCallId } of messages) {
    if ((toolCalls?.length ?? 0) > 0 || toolCallId !== undefined || (media ?? 0) > 0) return undefined;
    key += `\n${role}\n${text}`;
  }
  return key;
}
