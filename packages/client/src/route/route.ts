import { resolveName } from '@aoai/config';
import type { Config } from '@aoai/config';
import type { Target } from './target.ts';
import { waitingLine } from '../waiting/waiting-line.ts';
import type { WaitingLine } from '../waiting/waiting-line.ts';

/** A target of a tier. */
export interface Candidate {
  readonly target: Target;
  /** Its share of the tier's traffic, where the config gives one. */
  readonly weight?: number | undefined;
}

/** Where a name leads: tiers of candidates, from first to last. */
export interface Route {
  readonly name: string;
  readonly tiers: readonly (readonly Candidate[])[];
  /** Codes of refusals that are not final here. */
  readonly leadOn: readonly string[];
  /** Calls that wait for one of the targets. */
  readonly line: WaitingLine;
}

/** Finds the route of a name. */
export interface Router {
  (name: string): Route;
  /** The routes of all names of the config. */
  readonly all: ReadonlyMap<string, Route>;
}

/**
 * The routes of a config, worked out once.
 * The router throws a `RangeError` that lists the known names for a name that the config does not have.
 */
export function router(config: Config, targets: ReadonlyMap<string, Target>, now: () => number): Router {
  const made = (name: string): Route => ({
    name,
    tiers: tiersOf(config, targets, name),
    leadOn: config.leadOn?.[name] ?? [],
    line: waitingLine(now),
  });
  const routes = new Map<string, Route>(config.names.map((name) => [name, made(name)]));
  // A name that is not there throws.
  const find = (name: string): Route => routes.get(name) ?? made(name);
  return Object.assign(find, { all: routes });
}

function tiersOf(config: Config, targets: ReadonlyMap<string, Target>, name: string): Route['tiers'] {
  return resolveName(config, name).map((tier) =>
    tier.flatMap(({ deployment, weight }) => {
      const target = targets.get(deployment);
      return target === undefined ? [] : [{ target, weight }];
    }),
  );
}
