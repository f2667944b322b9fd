import type { Readable, Writable } from 'node:stream';
import { printableJson } from './printable.ts';

/** Where a command writes. */
export interface Output {
  /** Whether a person looks at it. */
  readonly isTTY: boolean;
  write(text: string): void;
}

/** The world of a command: everything it reads, and everywhere it writes. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: AsyncIterable<string | Uint8Array> & { readonly isTTY: boolean };
  /** Results, for people and for pipes. */
  readonly out: Output;
  /** Progress and complaints. */
  readonly err: Output;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Keys and screen of the person who can be asked; absent where nobody is at a terminal. */
  readonly keyboard?: { readonly input: Readable; readonly output: Writable };
  /** Keeps a text out of everything that is shown from then on. `run` sets it. */
  readonly conceal?: (secret: string) => void;
}

/** Writes one line. */
export function line(output: Output, text = ''): void {
  output.write(`${text}\n`);
}

/** Writes a value as JSON. */
export function json(output: Output, value: unknown): void {
  line(output, printableJson(JSON.stringify(value, null, 2)));
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
