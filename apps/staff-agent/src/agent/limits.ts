/** What one run may take. Each limit ends it with its own words. */
export interface Limits {
  /** @default 8 */
  readonly steps?: number;
  /** @default 60 */
  readonly seconds?: number;
  /** Tokens in and out, of all steps. @default 20_000 */
  readonly tokens?: number;
  /** In the currency of `prices`. @default 0.05 */
  readonly money?: number;
}

/** What a million tokens cost in your contract. */
export const prices = { input: 0.25, output: 2, currency: 'EUR' } as const;

export interface Spent {
  readonly steps: number;
  readonly tokens: number;
  readonly money: number;
}

/** A run reached one of its limits. */
class LimitError extends Error {
  override readonly name = 'LimitError';
  readonly limit: keyof Limits;

  constructor(limit: keyof Limits, most: number) {
    const words = {
      steps: `after ${most} steps`,
      seconds: `after ${most} seconds`,
      tokens: `at ${most.toLocaleString('en')} tokens`,
      money: `at ${most} ${prices.currency}`,
    };
    super(`I stopped ${words[limit]}: that is the limit of one question. Ask again with less to do.`);
    this.limit = limit;
  }
}

export interface Budget {
  readonly spent: Spent;
  /** Before each question to the model. @throws LimitError */
  beginStep(): void;
  /** After each answer. Returns what this step cost. */
  add(usage: { readonly prompt_tokens: number; readonly completion_tokens: number } | undefined): number;
  /** Aborts when the run is too old, or when the person stops it. */
  readonly signal: AbortSignal;
  /** Stops the clock. */
  close(): void;
}

/** Counts what a run takes. `before` is what it took until it last waited for the person. */
export function startBudget(limits: Limits, before: Spent, stop: AbortSignal): Budget {
  const { steps = 8, seconds = 60, tokens = 20_000, money = 0.05 } = limits;
  const clock = new AbortController();
  const timer = setTimeout(() => {
    clock.abort(new LimitError('seconds', seconds));
  }, seconds * 1000);
  let spent = before;
  return {
    get spent() {
      return spent;
    },
    beginStep: () => {
      if (spent.steps >= steps) throw new LimitError('steps', steps);
      if (spent.tokens >= tokens) throw new LimitError('tokens', tokens);
      if (spent.money >= money) throw new LimitError('money', money);
      spent = { ...spent, steps: spent.steps + 1 };
    },
    add: (usage) => {
      const { prompt_tokens: input = 0, completion_tokens: output = 0 } = usage ?? {};
      const cost = (input * prices.input + output * prices.output) / 1_000_000;
      spent = { ...spent, tokens: spent.tokens + input + output, money: spent.money + cost };
      return cost;
    },
    signal: AbortSignal.any([stop, clock.signal]),
    close: () => {
      clearTimeout(timer);
    },
  };
}
