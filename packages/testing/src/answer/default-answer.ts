import type { Draft, Question } from './draft.ts';

/** Answers a question that no script answers. */
export function defaultAnswer(question: Question): Draft {
  const last = question.messages.findLast((message) => message.role === 'user');
  if (question.format.kind !== 'text') return { content: '{}' };
  return { content: `You said: ${last?.text ?? ''}` };
}
