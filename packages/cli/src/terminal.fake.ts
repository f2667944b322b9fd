import type { Terminal } from './terminal.ts';

/** A terminal for tests: input comes from a list, output is collected. */
export interface FakeTerminal extends Terminal {
  output(): string;
  errors(): string;
}

/** A terminal that is not interactive, with an empty environment. */
export function fakeTerminal(
  parts: {
    readonly cwd?: string;
    readonly env?: Terminal['env'];
    readonly input?: Iterable<string> | AsyncIterable<string>;
    readonly isTTY?: boolean;
    readonly signal?: AbortSignal;
    readonly now?: () => number;
    readonly onWrite?: () => void;
    readonly keyboard?: Terminal['keyboard'];
  } = {},
): FakeTerminal {
  const { cwd = '/', env = {}, input = [], isTTY = false, onWrite } = parts;
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    isTTY,
    write: (text: string) => {
      written[name] += text;
      onWrite?.();
    },
  });
  return {
    cwd,
    env,
    input: {
      isTTY,
      async *[Symbol.asyncIterator]() {
        yield* input;
      },
    },
    out: output('out'),
    err: output('err'),
    signal: parts.signal ?? new AbortController().signal,
    now: parts.now ?? (() => Date.parse('2026-11-22T12:00:00Z')),
    ...(parts.keyboard !== undefined && { keyboard: parts.keyboard }),
    output: () => written.out,
    errors: () => written.err,
  };
}
