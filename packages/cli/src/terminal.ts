import { styleText } from 'node:util';

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
}

/** Colours that a command uses. */
export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';

/** Text in colour where a person looks at it and has not asked for none (`NO_COLOR`). */
export function paint(output: Output, env: Terminal['env']): (colour: Colour, text: string) => string {
  const isColoured = output.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return (colour, text) => (isColoured ? styleText(colour, text, { validateStream: false }) : text);
}

/** Control characters can move the cursor and hide text; answers of a service are shown without them. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what is removed
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/** Writes one line. */
export function line(output: Output, text = ''): void {
  output.write(`${text}\n`);
}

/** Writes a value as JSON. */
export function json(output: Output, value: unknown): void {
  line(output, JSON.stringify(value, null, 2));
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
