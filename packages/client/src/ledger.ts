import type { CallFinished } from './events.ts';

/** What calls came to. */
export interface Spending {
  readonly calls: number;
  /** Calls that ended in an error, were aborted or cut. */
  readonly failed: number;
  readonly attempts: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  /** By the prices of the config; calls of deployments without one add nothing. */
  readonly cost: number;
}

/** Adds calls up: all of them, by deployment and by tag. */
export interface Ledger {
  add(call: CallFinished): void;
  total(): Spending;
  byDeployment(): Readonly<Record<string, Spending>>;
  /** By `key=value` of the tags. */
  byTag(): Readonly<Record<string, Spending>>;
}

const nothing: Spending = {
  calls: 0,
  failed: 0,
  attempts: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  cost: 0,
};

/** A tag such as a user id may have any number of values: only so many are told apart. */
const mostTags = 1_000;
const otherTags = 'other tags';

/** An empty ledger. */
export function ledger(): Ledger {
  let total = nothing;
  const deployments = new Map<string, Spending>();
  const tags = new Map<string, Spending>();
  return {
    add: (call) => {
      total = plus(total, call);
      const { deployment } = call;
      if (deployment !== undefined) deployments.set(deployment, plus(deployments.get(deployment), call));
      for (const [key, value] of Object.entries(call.tags)) {
        const tag = `${key}=${value}`;
        const place = tags.has(tag) || tags.size < mostTags ? tag : otherTags;
        tags.set(place, plus(tags.get(place), call));
      }
    },
    total: () => total,
    byDeployment: () => Object.fromEntries(deployments),
    byTag: () => Object.fromEntries(tags),
  };
}

function plus(sum: Spending = nothing, { outcome, attempts, usage, cost = 0 }: CallFinished): Spending {
  return {
    calls: sum.calls + 1,
    failed: sum.failed + (outcome === 'ok' ? 0 : 1),
    attempts: sum.attempts + attempts,
    inputTokens: sum.inputTokens + (usage?.inputTokens ?? 0),
    cachedInputTokens: sum.cachedInputTokens + (usage?.cachedInputTokens ?? 0),
    outputTokens: sum.outputTokens + (usage?.outputTokens ?? 0),
    cost: sum.cost + cost,
  };
}
