import { hedgedOracle, nearest, oracle, ours, roundRobin, yesterday } from './policies.ts';
import type { Policy, PolicyContext } from './policies.ts';

/** A policy with a name and a colour in the plot. */
export interface Contestant {
  readonly name: string;
  readonly colour: string;
  readonly policy: (context: PolicyContext) => Policy;
}

type ContestantName =
  'oracle' | 'hedgedOracle' | 'ours' | 'hedged' | 'tiers' | 'yesterday' | 'roundRobin' | 'nearest';

/** The policies that are compared, the ideal ones first. */
export const contestants: Readonly<Record<ContestantName, Contestant>> = {
  oracle: { name: 'oracle', colour: '#444444', policy: oracle },
  hedgedOracle: { name: 'oracle, hedged', colour: '#888888', policy: hedgedOracle },
  ours: { name: 'aoai, one tier', colour: '#0b6e4f', policy: (context) => ours(context, { tiers: 'one' }) },
  hedged: {
    name: "aoai, one tier, hedge: 'auto'",
    colour: '#2fa37c',
    policy: (context) => ours(context, { tiers: 'one', hedge: 'auto' }),
  },
  tiers: {
    name: 'aoai, a tier for each',
    colour: '#8fd3b9',
    policy: (context) => ours(context, { tiers: 'each' }),
  },
  yesterday: { name: 'better of two, average that never ages', colour: '#f4b942', policy: yesterday },
  roundRobin: { name: 'SDK, round robin', colour: '#c1432e', policy: roundRobin },
  nearest: { name: 'SDK, first region', colour: '#7a1f2b', policy: nearest },
};
