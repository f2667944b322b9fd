import { badParameter } from './search-error.ts';

/** A piece of an OData filter. */
export interface FilterToken {
  readonly kind: 'name' | 'string' | 'number' | 'date' | 'geography' | 'sign';
  readonly text: string;
  readonly position: number;
}

/** Numbers and dates are tried before names, which may contain digits. */
const pattern =
  /\s*(?:geography'POINT\s*\(([^)]*)\)'|'((?:[^']|'')*)'|(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d))|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w/])|([A-Za-z_][\w.]*(?:\/[A-Za-z_]\w*)*)|([(),:]))/uy;

const kinds = ['geography', 'string', 'date', 'number', 'name', 'sign'] as const;

/** The pieces of a filter. @throws {NeighbourError} for a sign that no filter has. */
export function tokenize(filter: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  const end = filter.trimEnd().length;
  let position = 0;
  while (position < end) {
    pattern.lastIndex = position;
    const match = pattern.exec(filter);
    const index = match?.slice(1).findIndex((group: string | undefined) => group !== undefined) ?? -1;
    const kind = kinds[index];
    if (match === null || kind === undefined)
      throw badParameter(
        '$filter',
        `Invalid expression: Syntax error: character '${filter.charAt(position)}' is not valid at position ${position} in '${filter}'.`,
      );
    const text = match[index + 1] ?? '';
    tokens.push({ kind, text: kind === 'string' ? text.replaceAll("''", "'") : text.trim(), position });
    position = pattern.lastIndex;
  }
  return tokens;
}
