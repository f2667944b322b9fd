import type { AnswerTool } from './answer-input.ts';
import type { Draft } from './draft.ts';

/** A draft whose calls are of the kind of the tool that they call, unless they say what they are. */
export function withOfferedKinds(draft: Draft, tools: readonly AnswerTool[]): Draft {
  const custom = new Set(tools.filter(({ kind }) => kind === 'custom').map(({ name }) => name));
  const kindOf = (name: string) => (custom.has(name) ? 'custom' : 'function');
  return {
    ...draft,
    toolCalls: (draft.toolCalls ?? []).map((call) => ({ kind: kindOf(call.name), ...call })),
  };
}
