import { outputMessages } from '../events/event-content.ts';

/** What somebody who watches calls wants to know about an answer. */
export interface AnswerSummary {
  readonly responseId?: string;
  readonly responseModel?: string;
  readonly finishReasons?: readonly string[];
  readonly content?: unknown;
}

/** Reads a whole JSON answer. Costs a parse, so it is done only when somebody watches. */
export function summarize(body: Buffer, withContent: boolean): AnswerSummary {
  const answer = parse(body);
  if (typeof answer !== 'object' || answer === null) return {};
  const { id, model, choices, status } = answer as Readonly<Record<string, unknown>>;
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

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
