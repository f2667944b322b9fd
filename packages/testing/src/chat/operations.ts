import type { Operation } from '../service/operation.ts';
import { completeChat } from './complete.ts';
import { estimateTokens } from '../limits/estimate.ts';
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
    estimate: (request) => estimateTokens(request, maxTokensOf(request.body)),
    handle: completeChat,
  },
  ...storedCompletionOperations,
];
