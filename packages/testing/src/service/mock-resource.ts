import type { Resource } from '@aoai/config';
import type { MockDeployment } from './mock-deployment.ts';

/** A resource as the mock plays it. */
export interface MockResource {
  /** Key in the config. */
  readonly name: string;
  readonly config: Resource;
  /** Keys that the resource accepts. */
  readonly apiKeys: ReadonlySet<string>;
  /** Finds a deployment by its Azure name. */
  deployment(name: string): MockDeployment | undefined;
  readonly deployments: readonly MockDeployment[];
  /** The resource's own instance of a state that an operation group keeps: `resource.state(storedCompletions)`. */
  state<State>(create: () => State): State;
}

/** Plays `config` with its `deployments`. `anyDeployment` makes one for every other name. */
export function mockResource(
  name: string,
  config: Resource,
  options: {
    readonly deployments: readonly MockDeployment[];
    readonly apiKeys: ReadonlySet<string>;
    readonly anyDeployment?: (name: string) => MockDeployment;
  },
): MockResource {
  const byName = new Map(options.deployments.map((deployment) => [deployment.name, deployment]));
  const states = new Map<() => unknown, unknown>();
  return {
    name,
    config,
    apiKeys: options.apiKeys,
    deployments: options.deployments,
    deployment(wanted) {
      const found = byName.get(wanted);
      if (found !== undefined || options.anyDeployment === undefined || wanted === '') return found;
      const made = options.anyDeployment(wanted);
      // A hostile caller must not fill the memory with names.
      if (byName.size < 10_000) byName.set(wanted, made);
      return made;
    },
    state<State>(create: () => State): State {
      if (!states.has(create)) states.set(create, create());
      return states.get(create) as State;
    },
  };
}
