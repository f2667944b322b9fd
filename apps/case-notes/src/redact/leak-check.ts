import { findKnown } from './known-values.ts';
import type { KnownValue } from './known-values.ts';
import type { Kind } from './kind.ts';

/** A known identifier stands in what was about to leave. It says where and of which kind, never what. */
export class WouldLeakError extends Error {
  override readonly name = 'WouldLeakError';
  readonly code = 'WOULD_LEAK';
  readonly leaks: readonly Leak[];

  constructor(leaks: readonly Leak[]) {
    const places = [...new Set(leaks.map(({ kind, path }) => `${kind} in ${path}`))].join(', ');
    super(
      `Not sent: the request holds identifiers of the record (${places}). Mark them in the note, then try again.`,
    );
    this.leaks = leaks;
  }
}

export interface Leak {
  readonly kind: Kind;
  /** `messages[1].content` */
  readonly path: string;
}

/**
 * Refuses a request body that holds a known value of the record in any spelling, in any of its texts or keys.
 * `constants` are texts of the program that are the same for every patient: a coding list may name Wilson's disease.
 *
 * @throws WouldLeakError before anything is sent.
 */
export function refuseLeaks(
  body: unknown,
  values: readonly KnownValue[],
  constants: readonly string[],
): void {
  const leaks = [...textsOf(body, '')]
    .filter(({ text }) => !constants.includes(text))
    .flatMap(({ text, path }) => findKnown(text, values).map(({ kind }) => ({ kind, path })));
  if (leaks.length > 0) throw new WouldLeakError(leaks);
}

function* textsOf(value: unknown, path: string): Generator<{ text: string; path: string }> {
  if (typeof value === 'string') yield { text: value, path };
  if (typeof value === 'number' || typeof value === 'bigint') yield { text: String(value), path };
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) yield { text: key, path };
    yield* textsOf(item, Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
  }
}
