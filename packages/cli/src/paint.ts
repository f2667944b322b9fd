import { randomBytes } from 'node:crypto';
import { styleText } from 'node:util';
import type { Output, Terminal } from './terminal.ts';

/** Colours that a command uses. */
export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';

/** A random mark that a service cannot guess, so that its output never counts as one of our codes. */
const nonce = randomBytes(12).toString('hex');
const [start, end] = ['\u0001', '\u0002'];
const marked = new RegExp(`${start}${nonce}([^${end}]*)${end}`, 'u');

function mark(code: string): string {
  return `${start}${nonce}${code}${end}`;
}

/** Puts the cursor at the start of the line and clears it. */
export const clearLine: string = mark('\r\u001b[K');

/**
 * Colours text on a terminal, unless `NO_COLOR` is set. Its codes are marked, so that
 * `safeTerminal` lets them through and no others.
 */
export function paint(output: Output, env: Terminal['env']): (colour: Colour, text: string) => string {
  const isColoured = output.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  return (colour, text) => {
    if (!isColoured) return text;
    const [before = '', after = ''] = styleText(colour, '\u0000', { validateStream: false }).split('\u0000');
    return `${mark(before)}${text}${mark(after)}`;
  };
}

/** Applies `change` to everything between our own codes, which are kept. */
export function betweenCodes(text: string, change: (piece: string) => string): string {
  return text
    .split(marked)
    .map((piece, index) => (index % 2 === 0 ? change(piece) : mark(piece)))
    .join('');
}

/** Turns the marked codes into codes of the terminal. */
export function unmarked(text: string): string {
  return text.split(marked).join('');
}
