import type { Asked } from '../choice/choice.ts';
import { promptChain } from '../choice/prompt-chain.ts';
import type { PromptChain } from '../choice/prompt-chain.ts';
import type { CallRequest } from '../request/call-request.ts';

/** What the choice of a target depends on: the kind of the call, and the beginning of its prompt. */
export function askedOf({ operation, stream, json, text }: CallRequest): Asked {
  let chain: PromptChain | undefined;
  const hasPrompt = operation === 'chat' || operation === 'responses' || operation === 'text_completion';
  return {
    kind: stream ? streamKinds[operation] : operation,
    chain: () => (chain ??= promptChain(hasPrompt ? json : undefined, text?.length ?? 0)),
  };
}

/** Names of the kinds, joined once: not again for each call. */
const streamKinds: Readonly<Record<CallRequest['operation'], string>> = {
  chat: 'chat stream',
  text_completion: 'text_completion stream',
  responses: 'responses stream',
  embeddings: 'embeddings stream',
  image: 'image stream',
  audio: 'audio stream',
  realtime: 'realtime stream',
  other: 'other stream',
};
