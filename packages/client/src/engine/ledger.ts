import type { CallFinished, Usage } from '../events/events.ts';

/** Calls, tokens and cost, added up. */
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

/** What is counted of a call. */
interface Spent {
  readonly outcome: CallFinished['outcome'];
  readonly attempts: number;
  readonly usage: Usage | undefined;
  readonly cost: number | undefined;
  readonly deployment: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Adds calls up: all of them, by deployment and by tag. */
export interface Ledger {
  add(call: Spent): void;
  total(): Spending;
  byDeployment(): Readonly<Record<string, Spending>>;
  /** By `key=value` of the tags. */
  byTag(): Readonly<Record<string, Spending>>;
}

/** A tag such as a user id may have any number of values: so many are counted apart, the rest together. */
const mostTags = 1_000;
const otherTags = 'other tags';

/** An empty ledger. */
export function ledger(): Ledger {
  const total = nothing();
  const deployments = new Map<string, Sum>();
  const tags = new Map<string, Sum>();
  return {
    add: (call) => {
      add(total, call);
      const { deployment } = call;
      if (deployment !== undefined) add(sumOf(deployments, deployment), call);
      for (const key of Object.keys(call.tags)) {
        const tag = `${key}=${call.tags[key]}`;
        add(sumOf(tags, tags.has(tag) || tags.size < mostTags ? tag : otherTags), call);
      }
    },
    total: () => ({ ...total }),
    byDeployment: () => copies(deployments),
    byTag: () => copies(tags),
  };
}

type Sum = { -readonly [Key in keyof Spending]: number };

function nothing(): Sum {
  return {
    calls: 0,
    failed: 0,
    attempts: 0,
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    cost: 0,
  };
}

function sumOf(sums: Map<string, Sum>, key: string): Sum {
  let sum = sums.get(key);
  if (sum === undefined) sums.set(key, (sum = nothing()));
  return sum;
}

function add(sum: Sum, { outcome, attempts, usage, cost }: Spent): void {
  sum.calls += 1;
  if (outcome !== 'ok') sum.failed += 1;
  sum.attempts += attempts;
  if (usage !== undefined) {
    sum.inputTokens += usage.inputTokens;
    sum.cachedInputTokens += usage.cachedInputTokens;
    sum.outputTokens += usage.outputTokens;
  }
  if (cost !== undefined) sum.cost += cost;
}

function copies(sums: ReadonlyMap<string, Sum>): Readonly<Record<string, Spending>> {
  return Object.fromEntries([...sums].map(([key, sum]) => [key, { ...sum }]));
}
