import type { MockDeployment } from '../service/mock-deployment.ts';

/** The parts that all answers of a deployment have in common. */
export interface ModelWords {
  /** JSON of `model`. */
  readonly model: string;
  /** JSON of `system_fingerprint`: GPT-5 and newer have none. */
  readonly fingerprint: string;
  /** Whether `prompt_tokens_details` has `cache_write_tokens`: the newest models only. */
  readonly hasCacheWrites: boolean;
}

const known = new WeakMap<MockDeployment, ModelWords>();

/** The common parts of a deployment, computed once. */
export function modelWords(deployment: MockDeployment): ModelWords {
  const words = known.get(deployment) ?? wordsOf(deployment);
  known.set(deployment, words);
  return words;
}

function wordsOf({ model, servedModel }: MockDeployment): ModelWords {
  return {
    model: JSON.stringify(servedModel),
    fingerprint: /^gpt-[56]|^o\d/.test(model) ? 'null' : '"fp_51ebab882d"',
    hasCacheWrites: /^gpt-(?:5\.6|6)/.test(model),
  };
}
