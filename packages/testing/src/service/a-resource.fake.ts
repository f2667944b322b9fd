import type { MockResource } from './mock-resource.ts';

/** What holds the state of operations: a resource without the rest of one. */
export function aResource(): { readonly resource: MockResource } {
  const states = new Map<unknown, unknown>();
  const state = <State>(create: () => State): State => {
    if (!states.has(create)) states.set(create, create());
    return states.get(create) as State;
  };
  return { resource: { state } as MockResource };
}
