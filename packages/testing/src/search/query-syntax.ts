import { badParameter } from './search-error.ts';

/** A full-text query. */
export type TextQuery =
  | { readonly kind: 'everything' }
  | { readonly kind: 'term'; readonly text: string; readonly field?: string; readonly boost?: number }
  | { readonly kind: 'prefix'; readonly text: string; readonly field?: string }
  | { readonly kind: 'fuzzy'; readonly text: string; readonly distance: number; readonly field?: string }
  | { readonly kind: 'phrase'; readonly text: string; readonly field?: string }
  | { readonly kind: 'not'; readonly query: TextQuery }
  | { readonly kind: 'and' | 'or'; readonly queries: readonly TextQuery[] };

export interface SyntaxOptions {
  /** `full` understands Lucene's fields, operators in words, fuzziness and boosts as well. */
  readonly queryType: 'simple' | 'full';
  /** How terms without an operator combine. */
  readonly searchMode: 'any' | 'all';
}

interface Token {
  readonly kind: 'word' | 'phrase' | '(' | ')' | 'and' | 'or' | 'not';
  readonly text: string;
  readonly field?: string;
}

/** Reads the simple query syntax, or the full one as far as it goes here. @throws {NeighbourError} */
export function parseQuery(text: string, options: SyntaxOptions): TextQuery {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === '*') return { kind: 'everything' };
  const tokens = tokenize(trimmed, options.queryType);
  const state = { tokens, at: 0, options };
  const query = parseSequence(state);
  if (state.at < tokens.length && options.queryType === 'full')
    throw badParameter(
      'search',
      `Failed to parse query string at position ${state.at}. See https://aka.ms/azure-search-full-query for supported syntax.`,
    );
  return query;
}

/** `\` escapes the next character. */
const pattern = /"((?:[^"\\]|\\.)*)"|([()|])|((?:[^\s"()|\\]|\\.)+)/gu;

function tokenize(text: string, queryType: 'simple' | 'full'): Token[] {
  const tokens: Token[] = [];
  for (const [, phrase, sign, word] of text.matchAll(pattern)) {
    if (phrase !== undefined) {
      const before = tokens.at(-1);
      // `title:"a phrase"`: the field came as a word of its own.
      const field =
        queryType === 'full' && before?.kind === 'word' && before.text.endsWith(':')
          ? tokens.pop()?.text.slice(0, -1)
          : undefined;
      tokens.push({
        kind: 'phrase',
        text: phrase.replace(/\\(.)/gu, '$1'),
        ...(field !== undefined && { field }),
      });
    } else if (sign !== undefined)
      tokens.push({ kind: sign === '|' ? 'or' : (sign as '(' | ')'), text: sign });
    else if (word !== undefined) tokens.push(...wordTokens(word, queryType));
  }
  return tokens;
}

const wordOperators: ReadonlyMap<string, 'and' | 'or' | 'not'> = new Map(
  Object.entries<'and' | 'or' | 'not'>({
    AND: 'and',
    '&&': 'and',
    OR: 'or',
    '||': 'or',
    NOT: 'not',
  }),
);

function wordTokens(word: string, queryType: 'simple' | 'full'): Token[] {
  const operator = queryType === 'full' ? wordOperators.get(word) : undefined;
  if (operator !== undefined) return [{ kind: operator, text: word }];
  const [first = ''] = word;
  const sign =
    first === '+' ? 'and' : first === '-' || (queryType === 'full' && first === '!') ? 'not' : undefined;
  if (sign === undefined) return [{ kind: 'word', text: word }];
  const rest = word.slice(1);
  const operatorToken: Token = { kind: sign, text: first };
  return rest === '' ? [operatorToken] : [operatorToken, ...wordTokens(rest, queryType)];
}

interface State {
  readonly tokens: readonly Token[];
  at: number;
  readonly options: SyntaxOptions;
}

/** Operators bind from left to right, all alike (Lucene's SimpleQueryParser). */
function parseSequence(state: State): TextQuery {
  const usual = state.options.searchMode === 'all' ? 'and' : 'or';
  let found: TextQuery | undefined;
  let operator: 'and' | 'or' | undefined;
  for (;;) {
    const token = state.tokens[state.at];
    if (token === undefined || token.kind === ')') break;
    if (token.kind === 'or' || token.kind === 'and') {
      operator = token.kind;
      state.at += 1;
      continue;
    }
    const query = parseUnary(state);
    if (query === undefined) continue;
    found = found === undefined ? query : combine(operator ?? usual, found, query);
    operator = undefined;
  }
  return found ?? { kind: 'everything' };
}

function combine(kind: 'and' | 'or', left: TextQuery, right: TextQuery): TextQuery {
  return left.kind === kind ? { kind, queries: [...left.queries, right] } : { kind, queries: [left, right] };
}

function parseUnary(state: State): TextQuery | undefined {
  const token = state.tokens[state.at];
  if (token === undefined) return undefined;
  state.at += 1;
  switch (token.kind) {
    case 'not': {
      const query = parseUnary(state);
      return query === undefined ? undefined : { kind: 'not', query };
    }
    case '(': {
      const query = parseSequence(state);
      if (state.tokens[state.at]?.kind === ')') state.at += 1;
      return query;
    }
    case 'phrase':
      return {
        kind: 'phrase',
        text: token.text,
        ...(token.field === undefined ? {} : { field: token.field }),
      };
    case 'word':
      return readWord(token.text, state.options.queryType);
    default:
      return undefined;
  }
}

function readWord(word: string, queryType: 'simple' | 'full'): TextQuery | undefined {
  const parts = queryType === 'full' ? /^(?:([\w/]+):)?(.+?)(?:~(\d?))?(?:\^([\d.]+))?$/u.exec(word) : null;
  const field = parts?.[1];
  const text = unescape(parts?.[2] ?? word);
  const at = field === undefined ? {} : { field };
  if (parts?.[3] !== undefined)
    return { kind: 'fuzzy', text, distance: parts[3] === '' ? 2 : Number(parts[3]), ...at };
  if (text === '*') return { kind: 'everything' };
  if (text.endsWith('*') && !word.endsWith('\\*')) return { kind: 'prefix', text: text.slice(0, -1), ...at };
  return { kind: 'term', text, ...at, ...(parts?.[4] === undefined ? {} : { boost: Number(parts[4]) }) };
}

function unescape(word: string): string {
  return word.replace(/\\(.)/gu, '$1');
}
