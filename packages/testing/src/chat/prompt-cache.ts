import type { AnswerMessage } from '../answer/answer-input.ts';
import type { Clock } from '../clock.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { DeploymentRequest } from '../service/operation.ts';

// https://learn.microsoft.com/azure/foundry/openai/how-to/prompt-caching: from 1,024 identical tokens at the beginning
// on, in steps of 128; forgotten after 5 to 10 minutes without use, or after 24 hours where the request asks for that.
// Each deployment has a cache of its own, and a `prompt_cache_key` keeps its prompts apart from those of other keys.

const cachedFrom = 1024;
const step = 128;
const inMemoryMs = 10 * 60 * 1000;
const extendedMs = 24 * 60 * 60 * 1000;
/** Characters between two places at which prompts are compared: a few dozen tokens. */
const stride = 128;
/** How many places a deployment remembers; the least recently used are dropped first. */
const capacity = 100_000;
const longest = 1_000_000;

/** The text of a prompt in the order in which the service caches it: the tools, then message by message. */
export function cachedPart(messages: readonly AnswerMessage[], toolsText: string): string {
  const said = messages.map(
    ({ role, text, toolCalls = [] }) =>
      `${role}\n${text}\n${toolCalls.map((call) => `${call.name}(${call.arguments})`).join('\n')}`,
  );
  return [toolsText, ...said].join('\n');
}

/** How many tokens of a prompt were in the cache, and how many are from now on. */
export interface CacheUse {
  readonly cached: number;
  readonly written: number;
}

const none: CacheUse = { cached: 0, written: 0 };

/** Looks a prompt of so many tokens up in the cache of its deployment, and remembers it there. */
export function usePromptCache(
  { deployment, body, clock }: Pick<DeploymentRequest, 'deployment' | 'body' | 'clock'>,
  prompt: () => string,
  tokens: number,
): CacheUse {
  if (tokens < cachedFrom) return none;
  const whole = prompt();
  const text = whole.slice(0, longest);
  const key = JSON.stringify(body['prompt_cache_key'] ?? '');
  const keptMs = body['prompt_cache_retention'] === '24h' ? extendedMs : inMemoryMs;
  const shared = cacheOf(deployment).use(placesOf(text, key), { clock, keptMs });
  const characters = Math.min(shared * stride, text.length);
  const cached = inSteps(Math.floor((characters * tokens) / whole.length));
  return { cached, written: Math.max(0, inSteps(tokens) - cached) };
}

function inSteps(tokens: number): number {
  return tokens < cachedFrom ? 0 : cachedFrom + Math.floor((tokens - cachedFrom) / step) * step;
}

/** A number for each beginning of `text`: the same for the same beginning, after the same key. */
function placesOf(text: string, key: string): number[] {
  let [a, b] = [0x811c9dc5, 0x1000193];
  const add = (code: number): void => {
    a = Math.imul(a ^ code, 0x01000193);
    b = Math.imul(b ^ code, 0x85ebca6b) ^ (b >>> 13);
  };
  for (let index = 0; index < key.length; index += 1) add(key.charCodeAt(index));
  const places: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    add(text.charCodeAt(index));
    if ((index + 1) % stride === 0 || index === text.length - 1)
      places.push((a >>> 0) * 2 ** 21 + (b >>> 11));
  }
  return places;
}

interface PromptCache {
  /** How many of these places were in the cache; all of them are from now on. */
  use(places: readonly number[], time: { readonly clock: Clock; readonly keptMs: number }): number;
}

const caches = new WeakMap<MockDeployment, PromptCache>();

function cacheOf(deployment: MockDeployment): PromptCache {
  const cache = caches.get(deployment) ?? promptCache();
  caches.set(deployment, cache);
  return cache;
}

function promptCache(): PromptCache {
  const expiryMs = new Map<number, number>();
  return {
    use(places, { clock, keptMs }) {
      const nowMs = clock.now();
      const shared = places.findLastIndex((place) => (expiryMs.get(place) ?? -Infinity) > nowMs) + 1;
      for (const place of places) {
        const before = expiryMs.get(place) ?? -Infinity;
        // Taken out first, so that the map stays in the order of use.
        expiryMs.delete(place);
        expiryMs.set(place, Math.max(before, nowMs + keptMs));
      }
      for (const place of expiryMs.keys()) {
        if (expiryMs.size <= capacity) break;
        expiryMs.delete(place);
      }
      return shared;
    },
  };
}
