import type { Resource } from '@aoai/config';
import { headerText } from './header-lines.ts';
import type { MockDeployment } from './mock-deployment.ts';
import { regionName } from './region-name.ts';

/** How a resource calls other services, as its managed identity. */
export interface Outbound {
  /** A token for `scope` of the identity of the resource. */
  token(scope: string): Promise<string>;
  /** Where to call `endpoint`: another address for a neighbour whose certificate is trusted only by its callers. */
  locate(endpoint: string): string;
}

/** A resource of the mock. */
export interface MockResource {
  /** Key in the config. */
  readonly name: string;
  /** As the config has it, with its endpoint in Azure. */
  readonly config: Resource;
  /** The region as Azure's headers and messages write it: `Sweden Central`. */
  readonly regionName: string;
  /** Key material that only this resource has, for encryption and signatures. */
  readonly secret: string;
  /** Its key in the config. */
  readonly scheme: 'http' | 'https';
  /** Whether the resource accepts API keys (ARM's `disableLocalAuth` is off). */
  readonly takesKeys: boolean;
  /** Keys that the resource accepts. */
  readonly apiKeys: ReadonlySet<string>;
  /** Finds a deployment by its Azure name. */
  deployment(name: string): MockDeployment | undefined;
  readonly deployments: readonly MockDeployment[];
  /** Adds a deployment, or replaces the one of that name. */
  put(deployment: MockDeployment): void;
  remove(name: string): void;
  /** How the resource itself calls other services. */
  readonly outbound: Outbound;
  /** The resource's own instance of a state that an operation group keeps: `resource.state(storedCompletions)`. */
  state<State>(create: () => State): State;
}

/** A mock of the resource `config` with its `deployments`. `anyDeployment` creates one for every other name. */
export function mockResource(
  name: string,
  config: Resource,
  options: {
    readonly deployments: readonly MockDeployment[];
    readonly apiKeys: ReadonlySet<string>;
    readonly takesKeys: boolean;
    readonly secret: string;
    readonly scheme?: 'http' | 'https';
    readonly outbound: Outbound;
    readonly anyDeployment?: (name: string) => MockDeployment;
  },
): MockResource {
  const byName = new Map(options.deployments.map((deployment) => [deployment.name, deployment]));
  let deployments = options.deployments;
  const states = new Map<() => unknown, unknown>();
  return {
    name,
    config,
    regionName: headerText(regionName(config.region)),
    takesKeys: options.takesKeys,
    secret: options.secret,
    scheme: options.scheme ?? 'http',
    apiKeys: options.apiKeys,
    outbound: options.outbound,
    get deployments() {
      return deployments;
    },
    put(deployment) {
      byName.set(deployment.name, deployment);
      const isNew = !deployments.some(({ name: known }) => known === deployment.name);
      deployments = isNew
        ? [...deployments, deployment]
        : deployments.map((known) => (known.name === deployment.name ? deployment : known));
    },
    remove(unwanted) {
      byName.delete(unwanted);
      deployments = deployments.filter(({ name: known }) => known !== unwanted);
    },
    deployment(wanted) {
      const found = byName.get(wanted);
      if (found !== undefined || options.anyDeployment === undefined || wanted === '') return found;
      const made = options.anyDeployment(wanted);
      // Bounded: a hostile caller must not fill the memory with names.
      if (byName.size < 10_000) byName.set(wanted, made);
      return made;
    },
    state<State>(create: () => State): State {
      if (!states.has(create)) states.set(create, create());
      return states.get(create) as State;
    },
  };
}
