import type { Choice } from './choice.ts';
import type { Completion } from './write-completion.ts';

/** Writes a chunk with one delta. */
export type WriteDelta = (delta: unknown) => string;

/** The role, and the calls: the first one begins in the role's own chunk. */
export function* openingFrames(completion: Completion, choice: Choice, write: WriteDelta): Iterable<string> {
  const role = {
    content: choice.content === null ? null : '',
    ...(completion.context !== undefined && { context: completion.context }),
    refusal: null,
    role: 'assistant',
  };
  const [first, ...others] = choice.toolCalls;
  if (first === undefined) {
    yield write(role);
    return;
  }
  if (completion.dialect === 'functions') {
    yield write({
      content: null,
      function_call: { arguments: '', name: first.name },
      refusal: null,
      role: 'assistant',
    });
    for (const piece of argumentPieces(first.arguments)) yield write({ function_call: { arguments: piece } });
    return;
  }
  yield write({ ...role, tool_calls: [callHead(first, 0)] });
  for (const piece of argumentPieces(first.arguments))
    yield write({ tool_calls: [callPiece(first, piece, 0)] });
  for (const [rest, call] of others.entries()) {
    yield write({ tool_calls: [callHead(call, rest + 1)] });
    for (const piece of argumentPieces(call.arguments))
      yield write({ tool_calls: [callPiece(call, piece, rest + 1)] });
  }
}

function callHead(call: Choice['toolCalls'][number], index: number): Record<string, unknown> {
  if (call.kind === 'custom')
    return { custom: { input: '', name: call.name }, id: call.id, index, type: 'custom' };
  return { function: { arguments: '', name: call.name }, id: call.id, index, type: 'function' };
}

function callPiece(call: Choice['toolCalls'][number], piece: string, index: number): Record<string, unknown> {
  return call.kind === 'custom'
    ? { custom: { input: piece }, index }
    : { function: { arguments: piece }, index };
}

function argumentPieces(text: string): readonly string[] {
  return text.match(/[\s\S]{1,6}/gu) ?? [];
}
