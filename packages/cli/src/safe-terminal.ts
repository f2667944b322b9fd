import { betweenCodes, unmarked } from './paint.ts';
import { printable } from './printable.ts';
import { createSecrets, type Secrets } from './secrets.ts';
import type { Output, Terminal } from './terminal.ts';

/** A terminal that can be given any text. */
export interface SafeTerminal extends Terminal {
  conceal(secret: string): void;
  /** Writes what was held back because a secret could have begun with it. */
  flush(): void;
}

/**
 * The terminal of a command: whatever is written to it, by whomever it was composed, arrives without characters that a terminal
 * obeys and without a secret that this process knows. Only the codes of `paint` pass.
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

/** The same for what shows keys on purpose, as the mock shows its own. */
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
      // First the characters that could lie inside a secret, then the secrets. They may lie across two pieces of a stream.
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
