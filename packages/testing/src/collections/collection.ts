import { modelError } from '../service/envelopes.ts';
import type { OperationRequest } from '../service/operation.ts';
import { Refusal } from '../service/refusal.ts';
import type { Listed } from './page.ts';

type Holder = Pick<OperationRequest, 'resource'>;

/** Objects of one kind that a resource keeps, oldest first; by `parent` where they belong to another object. */
export interface Collection<Kept extends Listed> {
  all(holder: Holder, parent?: string): readonly Kept[];
  /** @throws Refusal with 404 where there is none */
  find(holder: Holder, id: string, parent?: string): Kept;
  /** Adds an object, or replaces it by a newer version. */
  put(holder: Holder, kept: Kept, parent?: string): Kept;
  /** @throws Refusal with 404 where there is none */
  remove(holder: Holder, id: string, parent?: string): Kept;
}

/** How many objects a resource keeps under one parent; the oldest are dropped first. */
const capacity = 10_000;

/** Makes a collection. `what` is the name of its objects in a 404: `Vector store`. */
export function collection<Kept extends Listed>(what: string): Collection<Kept> {
  const create = (): Map<string, Map<string, Kept>> => new Map();

  function under({ resource }: Holder, parent = ''): Map<string, Kept> {
    const groups = resource.state(create);
    const group = groups.get(parent) ?? new Map<string, Kept>();
    groups.set(parent, group);
    return group;
  }

  function find(holder: Holder, id: string, parent?: string): Kept {
    const found = under(holder, parent).get(id);
    if (found !== undefined) return found;
    const message = `${what} with id '${id.slice(0, 200)}' not found.`;
    throw new Refusal(modelError(404, { message, type: 'invalid_request_error', param: null, code: null }));
  }

  return {
    all: (holder, parent) => [...under(holder, parent).values()],
    find,
    put(holder, kept, parent) {
      const group = under(holder, parent);
      group.set(kept.id, kept);
      const [oldest] = group.keys();
      if (group.size > capacity && oldest !== undefined) group.delete(oldest);
      return kept;
    },
    remove(holder, id, parent) {
      const found = find(holder, id, parent);
      under(holder, parent).delete(id);
      return found;
    },
  };
}
