import { UsageError } from '../usage-error.ts';
import type { Choice, Questions } from './questions.ts';

/** A choice that is made by an option, because only one is possible, or by asking. */
export interface Pick<Named> {
  readonly message: string;
  readonly option: string;
  readonly choices: readonly Choice[];
  /** The message when there is nothing to choose from. */
  readonly none: string;
  /** The value of the option. */
  readonly named?: Named | undefined;
}

/** @throws UsageError when there is nothing to choose from, or the option names something else. */
export async function pickOne(questions: Questions, pick: Pick<string>): Promise<string> {
  const [first, second] = pick.choices;
  if (first === undefined) throw new UsageError(pick.none);
  if (pick.named !== undefined) return known(pick.named, pick);
  return second === undefined ? first.value : questions.one(pick.message, pick.choices, pick.option);
}

/** @throws UsageError when there is nothing to choose from, or the option names something that does not exist. */
export async function pickSome(
  questions: Questions,
  pick: Pick<readonly string[]>,
): Promise<readonly string[]> {
  const [first, second] = pick.choices;
  if (first === undefined) throw new UsageError(pick.none);
  if (pick.named !== undefined) return pick.named.map((name) => known(name, pick));
  return second === undefined ? [first.value] : questions.some(pick.message, pick.choices);
}

function known(name: string, { option, choices }: Pick<unknown>): string {
  if (choices.some(({ value }) => value === name)) return name;
  const names = choices.map(({ value }) => JSON.stringify(value)).join(', ');
  throw new UsageError(
    `Cannot use ${JSON.stringify(name)} of \`${option}\`: there is none. Known names: ${names}.`,
  );
}
