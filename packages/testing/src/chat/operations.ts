import type { DeploymentRequest, Operation } from '../service/operation.ts';
import { completeChat } from './complete.ts';
import { maxTokensOf } from './prompt.ts';
import { storedCompletionOperations } from './stored-completions.ts';

/** Chat completions, and those that were stored. */
export const chatOperations: readonly Operation[] = [
  {
    name: 'ChatCompletions_Create',
    method: 'POST',
    v1: '/chat/completions',
    dated: '/deployments/{deployment}/chat/completions',
    inference: '/models/chat/completions',
    // 2022-12-01 has completions and embeddings only.
    since: '2023-03-15-preview',
    target: 'deployment',
    capability: 'chatCompletion',
    estimate,
    handle: completeChat,
  },
  ...storedCompletionOperations,
];

/** Characters of the prompt over four, and the answer's limit; 16 where there is none (wire.md 7). */
function estimate({ body, raw }: DeploymentRequest): { tokens: number; outputTokens: number } {
  const outputTokens = maxTokensOf(body) ?? 16;
  return { tokens: Math.ceil(raw.length / 4) + outputTokens, outputTokens };
}
