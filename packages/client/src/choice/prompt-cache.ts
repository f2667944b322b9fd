import type { PromptChain } from './prompt-chain.ts';
import type { Target } from '../route/target.ts';

/** Which beginnings of prompts each target has in its cache, from the prompts that this client has sent. */
export interface PromptCache {
  /** The targets whose cache has the longest beginning of a prompt; `undefined` when none has. */
  find(chain: PromptChain, nowMs: number): CachedPrompt | undefined;
  /** Records that the prompt is sent to the target, which has it in its cache from then on. */
  sent(chain: PromptChain, target: Target, nowMs: number): void;
  /** Records whether a call whose beginning should have been in the cache found it there. */
  learn(target: Target, wasCached: boolean): void;
}

/** The targets that have a beginning of a prompt in their cache. */
interface CachedPrompt {
  readonly targets: readonly Target[];
  /** Whether that beginning is a whole earlier prompt: the conversation goes on. Otherwise prompts only begin alike. */
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

/** After this many prompts that should have been in its cache and were not, a target counts as one without a cache. */
const enoughMisses = 8;

/** Starts empty. The least recently used entries are removed first. */
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
          if (nowMs - sentAtMs <= keptMs && caches(target)) targets.push(target);
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

/** The score of a target for a prompt (rendezvous hashing): every replica computes the same order. */
export function rendezvous(hash: number, { name }: Target): number {
  let mixed = (hash >>> 0) ^ Math.floor(hash / 0x100000000);
  for (let at = 0; at < name.length; at += 1) mixed = Math.imul(mixed ^ name.charCodeAt(at), 0x01000193);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) / 0x100000000;
}
