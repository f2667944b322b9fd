import type { Readable, Writable } from 'node:stream';
import { printableJson } from './printable.ts';

/** Where a command writes. */
export interface Output {
  /** Whether it is a terminal, and not a file or pipe. */
  readonly isTTY: boolean;
  write(text: string): void;
}

/** Everything that a command reads from and writes to. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input: AsyncIterable<string | Uint8Array> & { readonly isTTY: boolean };
  /** Results, for people and for pipes. */
  readonly out: Output;
  /** Progress and errors. */
  readonly err: Output;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Input and output for questions; absent when nobody is at a terminal. */
  readonly keyboard?: { readonly input: Readable; readonly output: Writable };
  /** Removes a text from all output from now on. `run` sets it. */
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
