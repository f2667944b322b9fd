import { costOf } from '../answer/usage.ts';
import type { CallFinished, Operation, Usage } from '../events/events.ts';
import type { Call } from './call.ts';
import type { Engine } from './engine.ts';

/** Operations that use tokens. What else a client may ask for costs nothing, or is paid in another way. */
const usesTokens: ReadonlySet<Operation> = new Set([
  'chat',
  'text_completion',
  'responses',
  'embeddings',
  'image',
  'audio',
]);

/**
 * Holds what a call may use at most: its estimate, at the price of its dearest target.
 * @throws BudgetExceededError when a budget has no room for it.
 */
export async function holdBudget(engine: Engine, call: Call): Promise<void> {
  const { budgets } = engine;
  const { request, route, settings } = call;
  if (budgets === undefined || request.name === undefined || !usesTokens.has(request.operation)) return;
  const { input, output } = request.tokens;
  const estimate = { inputTokens: input, outputTokens: output, cachedInputTokens: 0, reasoningTokens: 0 };
  const costs = route.tiers.flat().map(({ target }) => {
    const { price } = target.deployment;
    return price === undefined ? 0 : costOf(estimate, price);
  });
  const cost = budgets.needsCost ? Math.max(0, ...costs) : undefined;
  call.budgetHold = await budgets.hold(settings.tags, { tokens: input + output, cost });
}

/** What is known of a call at its end. */
interface BudgetEnd {
  readonly outcome: CallFinished['outcome'];
  readonly usage: Usage | undefined;
  readonly cost: number | undefined;
}

/** Puts what a call used in place of its estimate. Where that is not known the estimate stays, unless nothing was answered. */
export function settleBudget(engine: Engine, call: Call, { outcome, usage, cost }: BudgetEnd): void {
  const hold = call.budgetHold;
  if (engine.budgets === undefined || hold === undefined) return;
  call.budgetHold = undefined;
  if (usage !== undefined) {
    engine.budgets.settle(hold, { tokens: usage.inputTokens + usage.outputTokens, cost });
    return;
  }
  const isUnanswered = outcome === 'error' || call.attempts === 0;
  engine.budgets.settle(hold, isUnanswered ? { tokens: 0, cost: 0 } : undefined);
}
