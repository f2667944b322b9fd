import { betweenCodes, unmarked } from './paint.ts';
import { printable } from './printable.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import type { Output, Terminal } from './terminal.ts';

/** A terminal that accepts any text. */
export interface SafeTerminal extends Terminal {
  conceal(secret: string): void;
  /** Writes text that was held back because it could be the start of a secret. */
  flush(): void;
}

/**
 * The terminal of a command: everything that is written to it arrives without control characters and without the
 * secrets that this process knows. Only the codes of `paint` are kept.
 */
export function safeTerminal(terminal: Terminal): SafeTerminal {
  const secrets = createSecrets(terminal.env);
  const out = safeOutput(terminal.out, secrets);
  const err = safeOutput(terminal.err, secrets);
  return {
    ...terminal,
    out,
    err,
    conceal: secrets.add,
    flush: () => {
      out.flush();
      err.flush();
    },
  };
}

/** The same for output that shows keys on purpose, such as that of the mock. */
export function unmaskedTerminal(terminal: Terminal): SafeTerminal {
  return safeTerminal({ ...terminal, env: {} });
}

interface SafeOutput extends Output {
  flush(): void;
}

function safeOutput(output: Output, secrets: Secrets): SafeOutput {
  let held = '';
  const show = (text: string): void => {
    if (text !== '') output.write(unmarked(text));
  };
  return {
    isTTY: output.isTTY,
    write(text) {
      // First removes characters that could split a secret, then the secrets, which may span two pieces of a stream.
      const masked = secrets.mask(held + betweenCodes(text, printable));
      const cut = masked.length - secrets.openEnd(masked);
      held = masked.slice(cut);
      show(masked.slice(0, cut));
    },
    flush() {
      show(held);
      held = '';
    },
  };
}
