import type { PromptChain } from './prompt-chain.ts';
import type { Target } from '../route/target.ts';

/** Which target has which beginnings of prompts in its cache, as far as this client has sent them. */
export interface PromptCache {
  /** The targets whose cache has the longest beginning of a prompt; `undefined` when none has. */
  find(chain: PromptChain, nowMs: number): CachedPrompt | undefined;
  /** The target is sent the prompt, and has it from then on. */
  sent(chain: PromptChain, target: Target, nowMs: number): void;
  /** How much of a call that should have found its beginning came from the cache. */
  learn(target: Target, wasCached: boolean): void;
}

/** What a cache is known to have of a prompt. */
interface CachedPrompt {
  readonly targets: readonly Target[];
  /** The beginning is all of an earlier prompt: the conversation goes on. Otherwise prompts only begin alike. */
  readonly goesOn: boolean;
}

interface Entry {
  /** When each target was last sent it. */
  readonly sentAtMs: Map<Target, number>;
  goesOn: boolean;
}

// “Caches are typically cleared within 5 to 10 minutes of inactivity” (Microsoft, “Prompt caching”).
const keptMs = 600_000;
const mostEntries = 20_000;

/** A target that found none of so many expected prompts in its cache does not cache. */
const enoughMisses = 8;

/** An empty memory. The entries that were longest unused are forgotten first. */
export function promptCache(): PromptCache {
  const entries = new Map<number, Entry>();
  const hits = new Map<Target, { expected: number; found: number }>();

  const caches = (target: Target): boolean => {
    const { expected, found } = hits.get(target) ?? { expected: 0, found: 0 };
    return expected < enoughMisses || found > 0;
  };

  return {
    find: ({ hashes }, nowMs) => {
      for (let at = hashes.length - 1; at >= 0; at -= 1) {
        const entry = entries.get(hashes[at] ?? 0);
        if (entry === undefined) continue;
        const targets: Target[] = [];
        for (const [target, sentAtMs] of entry.sentAtMs) {
          if (nowMs - sentAtMs > keptMs) entry.sentAtMs.delete(target);
          else if (caches(target)) targets.push(target);
        }
        if (targets.length > 0) return { targets, goesOn: entry.goesOn };
      }
      return undefined;
    },
    sent: ({ hashes, hasKey }, target, nowMs) => {
      for (const [at, hash] of hashes.entries()) {
        const entry = entries.get(hash) ?? { sentAtMs: new Map<Target, number>(), goesOn: false };
        entry.goesOn ||= at === hashes.length - 1 || (at === 0 && hasKey);
        entry.sentAtMs.set(target, nowMs);
        entries.delete(hash);
        entries.set(hash, entry);
      }
      if (entries.size > mostEntries) forgetOldest(entries);
    },
    learn: (target, wasCached) => {
      const seen = hits.get(target) ?? { expected: 0, found: 0 };
      hits.set(target, seen);
      seen.expected += 1;
      if (wasCached) seen.found += 1;
      // It may cache by now.
      if (seen.expected < 10 * enoughMisses) return;
      seen.expected /= 2;
      seen.found = Math.floor(seen.found / 2);
    },
  };
}

function forgetOldest(entries: Map<number, Entry>): void {
  for (const hash of entries.keys()) {
    if (entries.size <= mostEntries * 0.9) return;
    entries.delete(hash);
  }
}

/** How much a target is the place for a prompt (rendezvous hashing): every replica comes to the same order. */
export function rendezvous(hash: number, { name }: Target): number {
  let mixed = (hash >>> 0) ^ Math.floor(hash / 0x100000000);
  for (let at = 0; at < name.length; at += 1) mixed = Math.imul(mixed ^ name.charCodeAt(at), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 0x100000000;
}
