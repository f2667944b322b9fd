import { createCheck, unknownKey, type Check } from './read/check.ts';
import type { ConfigInput } from './config-input.ts';
import type { Config, LeadOn } from './config.ts';
import { ConfigError } from './errors.ts';
import { isFields } from './fields.ts';
import { found } from './read/found.ts';
import { seal } from './is-config.ts';
import { plain, type Environment } from './read/plain.ts';
import { readDeployment } from './read/read-deployment.ts';
import { readPool } from './read/read-pool.ts';
import type { ReadPool } from './read/read-pool.ts';
import { readResource } from './read/read-resource.ts';
import { policyBreaches } from './policy-breaches.ts';
import { readPolicy } from './read/read-policy.ts';
import { allowHostsSchema, leadOnSchema } from './read/schema.ts';

/** Options of `defineConfig`. */
export interface DefineConfigOptions {
  /** Where `env('NAME')` is read. @default process.env */
  readonly env?: Environment;
}

/**
 * The config that the input describes: checked, with environment variables read and defaults filled in, frozen.
 * @throws ConfigError with every problem at once.
 */
export function defineConfig<const R extends string, const D extends string, const P extends string = never>(
  input: ConfigInput<R, D, P>,
  { env = process.env }: DefineConfigOptions = {},
): Config<D | P> {
  return readConfig(input, { env }) as Config<D | P>;
}

/** `defineConfig` for a value from outside, such as a parsed file, whose names are not known to the compiler. */
export function readConfig(
  input: unknown,
  { env, source }: { readonly env: Environment; readonly source?: string },
): Config {
  const data = plain(input, env);
  const check = createCheck(data);
  const config =
    data.value === undefined && check.issues.length > 0 ? undefined : readSections(data.value, check);
  if (check.issues.length > 0 || config === undefined) {
    throw new ConfigError(check.issues, source === undefined ? {} : { source });
  }
  return seal(config);
}

const sections = ['resources', 'deployments', 'pools', 'policy', 'allowHosts'];
/** Further keys of a config that was written as JSON: `names` follow from the rest, `leadOn` from the pools. */
const written = ['names', 'leadOn'];

function readSections(value: unknown, check: Check): Config | undefined {
  if (!isFields(value)) {
    check.report(
      [],
      `Not a config: expected an object with \`resources\` and \`deployments\`; found ${found(value)}.`,
    );
    return undefined;
  }
  for (const key of Object.keys(value)) {
    // Editors read `$schema`.
    if (!sections.includes(key) && !written.includes(key) && key !== '$schema')
      check.report([key], unknownKey(key, sections));
  }
  const allowHosts = readAllowHosts(value['allowHosts'] ?? [], check);
  const resourceInputs = section(value, 'resources', check);
  const deploymentInputs = section(value, 'deployments', check);
  const poolInputs = value['pools'] === undefined ? {} : section(value, 'pools', check);
  const resourceNames = Object.keys(resourceInputs);
  const deploymentNames = Object.keys(deploymentInputs);
  for (const name of Object.keys(poolInputs)) {
    if (deploymentNames.includes(name))
      check.report(['pools', name], 'a deployment has this name too. Rename one of them.');
  }

  const resources = each(resourceInputs, (item, name) =>
    readResource(item, ['resources', name], { check, allowHosts }),
  );
  const deployments = each(deploymentInputs, (item, name) =>
    readDeployment(item, ['deployments', name], { check, resources: resourceNames }),
  );
  const pools = each(poolInputs, (item, name) =>
    readPool(item, ['pools', name], { check, deployments: deploymentNames }),
  );
  const leadOn = { ...readLeadOn(value['leadOn'] ?? {}, Object.keys(poolInputs), check), ...leadOnOf(pools) };
  const policy = readPolicy(value['policy'] ?? {}, check);
  if (policy.models !== undefined) requireModels(deploymentInputs, check);
  const config = {
    names: [...deploymentNames, ...Object.keys(poolInputs)],
    resources,
    deployments,
    pools: each(pools, ({ tiers }) => tiers),
    ...(Object.keys(leadOn).length > 0 && { leadOn }),
    policy,
    ...(allowHosts.length > 0 && { allowHosts }),
  };
  for (const breach of policyBreaches(config)) check.report(breach.path, breach.message);
  return config;
}

function leadOnOf(pools: Readonly<Record<string, ReadPool>>): Record<string, readonly LeadOn[]> {
  return each(pools, ({ leadOn }) => (leadOn.length === 0 ? undefined : leadOn));
}

function readLeadOn(
  value: unknown,
  pools: readonly string[],
  check: Check,
): Record<string, readonly LeadOn[]> {
  if (!isFields(value)) {
    check.report(['leadOn'], 'expected lists by the names of pools. Write `leadOn` in the pool itself.');
    return {};
  }
  return each(value, (item, name) => {
    if (!pools.includes(name)) check.report(['leadOn', name], 'no pool of this config. Remove it.');
    return check.shape(leadOnSchema, item, ['leadOn', name]);
  });
}

/** Names of hosts: a URL or a port in the list would never match. */
function readAllowHosts(value: unknown, check: Check): readonly string[] {
  const hosts = check.shape(allowHostsSchema, value, ['allowHosts']) ?? [];
  hosts.forEach((host, index) => {
    const isHost = /^([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])$/i.test(host);
    if (!isHost)
      check.unexpected(
        ['allowHosts', index],
        `${found(host)}. Write the name alone, without "https://" and port`,
      );
  });
  return hosts.map((host) => host.toLowerCase());
}

/** A policy about models needs their exact names: names of deployments are not enough. */
function requireModels(deployments: Readonly<Record<string, unknown>>, check: Check): void {
  for (const [name, item] of Object.entries(deployments)) {
    if (isFields(item) && item['model'] === undefined) {
      check.report(
        ['deployments', name, 'model'],
        '`policy.models` needs it. Write the name of the model behind the deployment.',
      );
    }
  }
}

/** A record by name. Names become part of paths and messages, so only simple ones are allowed. */
function section(
  value: Readonly<Record<string, unknown>>,
  key: string,
  check: Check,
): Readonly<Record<string, unknown>> {
  const items = value[key];
  if (!isFields(items) || (key !== 'pools' && Object.keys(items).length === 0)) {
    check.unexpected([key], isFields(items) ? 'none' : found(items));
    return {};
  }
  for (const name of Object.keys(items)) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
      check.report(
        [key, name],
        'not a name. Use up to 64 letters, digits, "-", "_" and ".", a letter or digit first.',
      );
    }
  }
  return items;
}

function each<Item, T>(
  items: Readonly<Record<string, Item>>,
  read: (item: Item, name: string) => T | undefined,
): Record<string, T> {
  const result: Record<string, T> = {};
  for (const [name, item] of Object.entries(items)) {
    const value = read(item, name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}
