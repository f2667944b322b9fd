import type { Fields } from '../fields.ts';

/** Hashes of the beginning of a prompt: of its first 1,024 tokens, and one more every 128 tokens, as the service caches them. */
export interface PromptChain {
  /** From the shortest beginning to the longest. The first is of `prompt_cache_key` when the call has one. */
  readonly hashes: readonly number[];
  readonly hasKey: boolean;
}

// Microsoft, “Prompt caching”: from 1,024 tokens on, in steps of 128. A token is about four characters.
const firstChars = 4_096;
const stepChars = 512;
/** Longer beginnings do not help to tell conversations apart. */
const mostChars = 65_536;

const none: PromptChain = { hashes: [], hasKey: false };

/** The chain of a chat completion or of a response, from the parts of its body: tools, instructions, messages. */
export function promptChain(body: Fields | undefined, bodyLength: number): PromptChain {
  if (body === undefined) return none;
  const key = body['prompt_cache_key'];
  const hasKey = typeof key === 'string' && key !== '';
  if (!hasKey && bodyLength < firstChars) return none;
  const hash = stepHash(hasKey ? key : '');
  const hashes = hasKey ? [hash.value()] : [];
  if (bodyLength >= firstChars) {
    for (const part of partsOf(body)) {
      hash.add(part, hashes);
      if (hash.length() >= mostChars) break;
    }
  }
  return { hashes, hasKey };
}

function* partsOf(body: Fields): Generator<string, void> {
  const { tools, instructions, messages, input, prompt } = body;
  if (tools !== undefined) yield JSON.stringify(tools);
  if (typeof instructions === 'string') yield instructions;
  for (const said of [messages, input, prompt]) {
    if (typeof said === 'string') yield said;
    else if (Array.isArray(said)) for (const item of said as unknown[]) yield JSON.stringify(item);
  }
}

/** Two FNV-1a hashes side by side, 53 bits together: a Map keeps them without collisions that matter. */
function stepHash(seed: string): {
  add(text: string, into: number[]): void;
  value(): number;
  length(): number;
} {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  let length = 0;
  let nextStep = firstChars;
  const mix = (code: number): void => {
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x85ebca6b) ^ (low >>> 15);
  };
  const value = (): number => (high >>> 0) * 0x200000 + (low >>> 11);
  for (let at = 0; at < seed.length; at += 1) mix(seed.charCodeAt(at));
  return {
    add: (text, into) => {
      for (let at = 0; at < text.length && length < mostChars; at += 1) {
        mix(text.charCodeAt(at));
        length += 1;
        if (length !== nextStep) continue;
        into.push(value());
        nextStep += stepChars;
      }
    },
    value,
    length: () => length,
  };
}
