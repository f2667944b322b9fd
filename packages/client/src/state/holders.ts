import type { SharedHolders } from '../quota/quota.ts';

/** Which resource holds what: responses, files, conversations, and what it alone can read. */
export interface Holders {
  /** The resource that holds the first known one of these. */
  of(references: readonly string[]): string | undefined;
  /** The same, when another process of this application may know. `undefined` when nothing is shared. */
  readonly ask: ((references: readonly string[]) => Promise<string | undefined>) | undefined;
  remember(references: Iterable<string>, resource: string): void;
}

/** So many references of one call are looked up elsewhere: the newest items of a conversation come last. */
const mostAsked = 8;

/** A memory of `size` references; the longest unused is forgotten first. */
export function holders({ size = 10_000, shared }: { size?: number; shared?: SharedHolders } = {}): Holders {
  const known = new Map<string, string>();

  function keep(reference: string, resource: string): boolean {
    const isNew = !known.delete(reference);
    known.set(reference, resource);
    if (known.size > size) {
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    }
    return isNew;
  }

  async function ask(store: SharedHolders, references: readonly string[]): Promise<string | undefined> {
    const asked = references.slice(-mostAsked);
    const answers = await Promise.all(asked.map((reference) => store.find(reference)));
    const place = answers.findLastIndex((resource) => resource !== undefined);
    const [reference, resource] = [asked[place], answers[place]];
    if (reference !== undefined && resource !== undefined) keep(reference, resource);
    return resource;
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
