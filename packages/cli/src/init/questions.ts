import type { Readable, Writable } from 'node:stream';
import { oneLine } from '../printable.ts';
import { UsageError } from '../usage-error.ts';

/** Something to choose from. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** How a command asks for decisions. */
export interface Questions {
  /** Chooses one. `option` is the flag that answers the same question. */
  one(message: string, choices: readonly Choice[], option: string): Promise<string>;
  /** Chooses some; all are selected at first. */
  some(message: string, choices: readonly Choice[]): Promise<readonly string[]>;
  /** Whether to replace existing files. */
  mayReplace(what: string): Promise<boolean>;
}

/** The person cancelled: Ctrl-C or Esc. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/** Does not ask: an open question is an error that names the option. */
export function unasked({ force }: { readonly force: boolean }): Questions {
  return {
    async one(message, choices, option) {
      const known = choices.map(({ value }) => JSON.stringify(value)).join(', ');
      throw new UsageError(
        `${message.replace(/\?$/, '')} is not clear: there are ${known}. Give \`${option}\`.`,
      );
    },
    async some(_, choices) {
      return choices.map(({ value }) => value);
    },
    async mayReplace() {
      return force;
    },
  };
}

/** Asks the person at a keyboard, with arrow keys. */
export function atKeyboard(keyboard: {
  readonly input: Readable;
  readonly output: Writable;
  readonly signal: AbortSignal;
}): Questions {
  const common = { ...keyboard, maxItems: 12 };
  return {
    async one(message, choices) {
      const { select } = await import('@clack/prompts');
      return answered(await select({ ...common, message, options: choices.map(shown) }));
    },
    async some(message, choices) {
      const { multiselect } = await import('@clack/prompts');
      const initialValues = choices.map(({ value }) => value);
      return answered(
        await multiselect({ ...common, message, options: choices.map(shown), initialValues, required: true }),
      );
    },
    async mayReplace(what) {
      const { confirm } = await import('@clack/prompts');
      return answered(await confirm({ ...keyboard, message: `Replace ${what}?`, initialValue: false }));
    },
  };
}

function answered<Value>(value: Value): Exclude<Value, symbol> {
  if (typeof value === 'symbol') throw new Cancelled('Nothing was chosen.');
  return value as Exclude<Value, symbol>;
}

/** Names come from a service: control characters are removed. */
function shown({ value, label, hint }: Choice): { value: string; label: string; hint?: string } {
  return { value, label: oneLine(label), ...(hint !== undefined && { hint: oneLine(hint) }) };
}
