import type { Config, Pool } from './config.ts';

/**
 * The tiers behind a name: those of the pool, or one tier of one for a deployment.
 * @throws RangeError when the config has no such name; the message lists the names it has.
 */
export function resolveName(config: Config, name: string): Pool {
  if (Object.hasOwn(config.pools, name)) return config.pools[name] ?? [];
  if (Object.hasOwn(config.deployments, name)) return [[{ deployment: name }]];
  throw new RangeError(unknownName(config, name));
}

/** The message for a name that is in neither `deployments` nor `pools`. */
function unknownName(config: Config, name: unknown): string {
  const quoted = typeof name === 'string' ? JSON.stringify(name.slice(0, 100)) : `of type ${typeof name}`;
  const shown = config.names.slice(0, namesShown).map((known) => JSON.stringify(known));
  const hidden = config.names.length - shown.length;
  const more = hidden > 0 ? ` and ${hidden} more` : '';
  return `Cannot resolve deployment ${quoted}: not in this config. Known names: ${shown.join(', ')}${more}.`;
}

const namesShown = 20;
