import { isFields } from '../fields.ts';
import { outputMessages } from '../events/event-content.ts';

/** What events say about an answer. */
export interface AnswerSummary {
  readonly responseId?: string;
  readonly responseModel?: string;
  readonly finishReasons?: readonly string[];
  readonly content?: unknown;
}

/** What a whole JSON answer says. */
export function summarize(answer: unknown, withContent: boolean): AnswerSummary {
  if (!isFields(answer)) return {};
  const { id, model, choices, status } = answer;
  const reasons = Array.isArray(choices)
    ? choices.flatMap((choice: { finish_reason?: unknown } | null) =>
        typeof choice?.finish_reason === 'string' ? [choice.finish_reason] : [],
      )
    : typeof status === 'string'
      ? [status]
      : [];
  return {
    ...(typeof id === 'string' ? { responseId: id } : undefined),
    ...(typeof model === 'string' ? { responseModel: model } : undefined),
    ...(reasons.length === 0 ? undefined : { finishReasons: reasons }),
    ...(withContent ? { content: outputMessages(answer) } : undefined),
  };
}
