import type { Answer, AnswerInput } from './answer-input.ts';
import { readConversation, type Conversation } from './conversation.ts';
import { cut } from './cut.ts';
import { frameText } from './frame-text.ts';
import { jsonInText, jsonObject } from './json-object.ts';
import { knownProse, prose } from './prose.ts';
import type { Prompt } from './schema-prompt.ts';
import { schemaValue } from './schema-value.ts';
import { searchedLength } from './tidy.ts';
import { chooseCalls } from './tool-calls.ts';

/**
 * The answer of the mock when no reply is scripted: always the same for the same input, and derived from the prompt.
 * It calls the tool that obviously fits, answers from tool results, fills a JSON schema with what the
 * text says, and otherwise quotes the sentences of the given sources that answer the last question, with
 * their citations. It has no knowledge beyond the questions of first programs.
 */
export function answer(input: AnswerInput): Answer {
  const conversation = readConversation(input);
  const calls = chooseCalls(input, conversation);
  return cut({ text: calls.length > 0 ? '' : text(input, conversation), calls }, input);
}

function text(input: AnswerInput, conversation: Conversation): string {
  const format = input.format ?? { kind: 'text' };
  const prompt = promptOf(conversation);
  if (format.kind === 'text')
    return jsonInText(conversation, prompt) ?? frameText(prose(conversation), conversation.instructions);
  if (format.kind === 'json') return JSON.stringify(jsonObject(conversation, prompt));
  return JSON.stringify(schemaValue(format.schema, prompt, format.name ?? ''));
}

/** The sources of values: first tool results and the message, then sources in the system message. */
function promptOf(conversation: Conversation): Prompt {
  const { asked, question, results, sources } = conversation;
  const given = sources.map((source) => source.text).filter((each) => !asked.includes(each));
  let known: string | undefined;
  return {
    text: [...results.map((result) => result.text), asked, ...given].join('\n').slice(0, searchedLength),
    question,
    // A value never says that nothing was found: it repeats the question instead.
    prose: () => (known ??= knownProse(conversation) ?? question),
  };
}
