import type { CallRequest } from '../request/read-request.ts';

// Things that the service keeps, by the prefixes of their ids: responses, files, batches, conversations, …
const id =
  '(?:asst|batch|cntr|conv|eval|evalrun|file|ftjob|msg|resp|run|thread|upload|video|vs)[-_][\\w-]{4,}';
const idInPath = new RegExp(`/(${id})(?=/|$)`, 'g');
const idInJson = new RegExp(`"(${id})"`, 'g');

/** A path that names no thing, such as `/chat/completions`. */
const plainPath = /^[a-z/]*$/;

/** Which resource holds which thing. */
export interface Sticky {
  /** The things that a request refers to. */
  idsIn(request: CallRequest): readonly string[];
  /** The resource that holds the first known one of them. */
  resourceOf(ids: readonly string[]): string | undefined;
  /** Remembers where the things are that an answer speaks of. */
  learn(text: string, resource: string): void;
}

/** A memory of `size` ids; the longest unused is forgotten first. */
export function sticky(size = 10_000): Sticky {
  const known = new Map<string, string>();

  function remember(thing: string, resource: string): void {
    known.delete(thing);
    known.set(thing, resource);
    if (known.size <= size) return;
    for (const oldest of known.keys()) {
      known.delete(oldest);
      return;
    }
  }

  return {
    idsIn: ({ path, json, text, operation }) => {
      const inPath = plainPath.test(path) ? [] : [...path.matchAll(idInPath)].map(([, found = '']) => found);
      if (json === undefined || text === undefined || !mayRefer(operation, text)) return inPath;
      return [...inPath, ...[...text.matchAll(idInJson)].map(([, found = '']) => found)];
    },
    resourceOf: (ids) => {
      for (const thing of ids) {
        const resource = known.get(thing);
        if (resource === undefined) continue;
        remember(thing, resource);
        return resource;
      }
      return undefined;
    },
    learn: (text, resource) => {
      for (const [, found = ''] of text.matchAll(idInJson)) remember(found, resource);
    },
  };
}

/** A quick look at bodies that are long and usually refer to nothing. */
function mayRefer(operation: CallRequest['operation'], text: string): boolean {
  if (operation === 'other') return true;
  return (
    text.includes('"previous_response_id"') ||
    text.includes('"conversation"') ||
    text.includes('"file_id"') ||
    text.includes('"vector_store_ids"') ||
    text.includes('"container"')
  );
}
