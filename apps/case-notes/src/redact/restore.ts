import { placeholderKinds, placeholderPattern } from './kind.ts';
import type { Replacement } from './redact.ts';

/** The answer holds a placeholder that the note did not, or one that was damaged or left out of a quote. */
export class PlaceholderError extends Error {
  override readonly name = 'PlaceholderError';
  readonly code = 'PLACEHOLDER_UNKNOWN';
  readonly placeholders: readonly string[];

  constructor(what: string, placeholders: readonly string[]) {
    super(`The answer ${what}: ${placeholders.join(', ')}. Ask again; nothing was stored.`);
    this.placeholders = placeholders;
  }
}

const damaged = new RegExp(
  `(?<![[\\w])[[({<]?(?:${placeholderKinds.join('|')})[ _-]?\\d+[\\])}>]?(?!\\w)`,
  'gi',
);

/**
 * Puts back what the placeholders of an answer stand for.
 *
 * @throws PlaceholderError when the answer holds one that the note did not have, or one that was changed.
 */
export function restore(answer: string, replacements: readonly Replacement[]): string {
  const values = valuesOf(replacements);
  const whole = [...answer.matchAll(placeholderPattern)].map(([placeholder]) => placeholder);
  const invented = whole.filter((placeholder) => !values.has(placeholder));
  if (invented.length > 0) throw new PlaceholderError('invents placeholders', [...new Set(invented)]);
  const broken = [...answer.replace(placeholderPattern, ' ').matchAll(damaged)].map(([text]) => text);
  if (broken.length > 0) throw new PlaceholderError('damages placeholders', [...new Set(broken)]);
  return answer.replace(placeholderPattern, (placeholder) => values.get(placeholder) ?? placeholder);
}

/** A person stands in the note under several spellings: the longest is put back. */
function valuesOf(replacements: readonly Replacement[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { placeholder, value } of replacements) {
    if (value.length > (values.get(placeholder)?.length ?? 0)) values.set(placeholder, value);
  }
  return values;
}
