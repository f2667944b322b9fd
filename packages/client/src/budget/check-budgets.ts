import type { Config } from '@aoai/config';
import type { Budget } from './budget.ts';

const periods: readonly unknown[] = ['hour', 'day', 'month'];

/** @throws TypeError or RangeError for budgets that are invalid, or that the client cannot enforce. */
export function checkBudgets(config: Config, budgets: { readonly limits: readonly Budget[] }): void {
  const { limits }: { readonly limits: unknown } = budgets;
  if (!Array.isArray(limits) || limits.length === 0) {
    throw new TypeError(
      `Cannot create the client: \`budgets.limits\` is ${JSON.stringify(limits)}. Give a list such as [{ tag: "team", per: "day", tokens: 1_000_000 }].`,
    );
  }
  for (const [place, budget] of budgets.limits.entries()) checkBudget(`budgets.limits[${place}]`, budget);
  if (budgets.limits.every(({ cost }) => cost === undefined)) return;
  const unpriced = Object.entries(config.deployments)
    .filter(([, { price }]) => price === undefined)
    .map(([name]) => JSON.stringify(name));
  if (unpriced.length === 0) return;
  throw new TypeError(
    `Cannot create the client: \`budgets\` limits \`cost\`, and no \`price\` is known of ${unpriced.join(', ')}. Give each deployment a \`price\` in the config, or limit \`tokens\`.`,
  );
}

function checkBudget(at: string, { per, tag, tokens, cost, warnAt }: Budget): void {
  if (!periods.includes(per)) {
    throw new TypeError(
      `Cannot create the client: \`${at}.per\` is ${JSON.stringify(per)}. Set it to "hour", "day" or "month".`,
    );
  }
  if (tag !== undefined && (typeof tag !== 'string' || tag === '')) {
    throw new TypeError(
      `Cannot create the client: \`${at}.tag\` is ${JSON.stringify(tag)}. Give the name of a tag, such as "team".`,
    );
  }
  if (tokens === undefined && cost === undefined) {
    throw new TypeError(
      `Cannot create the client: \`${at}\` limits nothing. Give it \`tokens\` or \`cost\`.`,
    );
  }
  for (const [name, value, most] of [
    ['tokens', tokens, Number.MAX_SAFE_INTEGER],
    ['cost', cost, 1e9],
    ['warnAt', warnAt, 1],
  ] as const) {
    if (value === undefined || (typeof value === 'number' && value >= 0 && value <= most)) continue;
    throw new RangeError(
      `Cannot create the client: \`${at}.${name}\` is ${JSON.stringify(value)}. Give a number from 0 to ${most}.`,
    );
  }
}
