import { harmlessCompletion, harmlessPrompt } from '../filters/filter-results.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import type { Choice } from './choice.ts';
import { modelWords } from './model-words.ts';
import type { Completion } from './write-completion.ts';

const ascii = /^[\0-\x7f]*$/;

/**
 * Whether the body of an answer is plain ASCII for certain: everything in it is ASCII. Checking the finished body
 * instead would make V8 copy it once more.
 */
export function isPlainAnswer({ deployment }: DeploymentRequest, completion: Completion): boolean {
  return (
    completion.promptFilter === harmlessPrompt &&
    completion.context === undefined &&
    ascii.test(modelWords(deployment).model) &&
    completion.choices.every(isPlainChoice)
  );
}

function isPlainChoice({ content, refusal, toolCalls, filter }: Choice): boolean {
  return (
    filter === harmlessCompletion &&
    refusal === null &&
    toolCalls.length === 0 &&
    (content === null || ascii.test(content))
  );
}
