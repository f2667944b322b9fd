import { resolveName } from '@aoai/config';
import type { Config } from '@aoai/config';
import type { Target } from './target.ts';

/** A target and its share of its tier's traffic. */
export interface Candidate {
  readonly target: Target;
  readonly weight: number;
}

/** Where a name leads: tiers of candidates, from first to last. */
export interface Route {
  readonly name: string;
  readonly tiers: readonly (readonly Candidate[])[];
}

/** Finds the route of a name. */
export type Router = (name: string) => Route;

/**
 * The routes of a config, worked out once.
 * The router throws a `RangeError` that lists the known names for a name that the config does not have.
 */
export function router(config: Config, targets: ReadonlyMap<string, Target>): Router {
  const routes = new Map<string, Route>(config.names.map((name) => [name, routeOf(config, targets, name)]));
  return (name) => routes.get(name) ?? routeOf(config, targets, name);
}

function routeOf(config: Config, targets: ReadonlyMap<string, Target>, name: string): Route {
  const tiers = resolveName(config, name).map((tier) =>
    tier.flatMap(({ deployment, weight }) => {
      const target = targets.get(deployment);
      return target === undefined ? [] : [{ target, weight }];
    }),
  );
  return { name, tiers };
}
