import type { SharedHolders } from '../quota/quota.ts';

/** Remembers which resource holds which responses, files and conversations, and what only that resource can read. */
export interface Holders {
  /** The resource that holds the first of these references that is known. */
  of(references: readonly string[]): string | undefined;
  /** As `of`, but asks the shared store, which has the references of all replicas. `undefined` without such a store. */
  readonly ask: ((references: readonly string[]) => Promise<string | undefined>) | undefined;
  remember(references: Iterable<string>, resource: string): void;
}

/** At most this many references of one call are looked up in the shared store: the last ones, which are the newest. */
const mostAsked = 8;

/** Remembers `size` references. The least recently used one is removed first. */
export function holders({ size = 10_000, shared }: { size?: number; shared?: SharedHolders } = {}): Holders {
  const known = new Map<string, string>();

  /** Whether it is news that this resource holds it. */
  function keep(reference: string, resource: string): boolean {
    const isNews = known.get(reference) !== resource;
    known.delete(reference);
    known.set(reference, resource);
    if (known.size > size) {
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    }
    return isNews;
  }

  async function ask(store: SharedHolders, references: readonly string[]): Promise<string | undefined> {
    const asked = references
      .slice(-mostAsked)
      .map(async (reference) => ({ reference, resource: await store.find(reference) }));
    const answers = await Promise.all(asked);
    const newest = answers.findLast(({ resource }) => resource !== undefined);
    if (newest?.resource !== undefined) keep(newest.reference, newest.resource);
    return newest?.resource;
  }

  return {
    of: (references) => {
      for (const reference of references) {
        const resource = known.get(reference);
        if (resource === undefined) continue;
        keep(reference, resource);
        return resource;
      }
      return undefined;
    },
    ask: shared && ((references) => ask(shared, references)),
    remember: (references, resource) => {
      for (const reference of references) {
        if (keep(reference, resource)) void shared?.remember(reference, resource);
      }
    },
  };
}
