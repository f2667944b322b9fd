import { valuesAt } from './document.ts';
import type { Document } from './document.ts';
import type { IndexField, IndexSchema } from './index-schema.ts';
import { tokenize } from './odata-token.ts';
import type { FilterToken } from './odata-token.ts';
import { badParameter } from './search-error.ts';

/** Decides whether a document passes a filter. */
export type Predicate = (document: Document) => boolean;

/** Keys of the documents that a full-text query inside a filter finds. */
export type TextMatcher = (text: string, fields: readonly string[] | undefined) => ReadonlySet<string>;

interface Parser {
  readonly tokens: readonly FilterToken[];
  at: number;
  readonly schema: IndexSchema;
  readonly matches: TextMatcher;
}

/** A value of the document or of a range variable: which, for a given document and bindings. */
type Values = (scope: Scope) => readonly unknown[];

interface Scope {
  readonly document: Document;
  readonly variables: Readonly<Record<string, unknown>>;
}

type Condition = (scope: Scope) => boolean;

/** Reads an OData filter as Azure AI Search understands it. @throws {NeighbourError} in the words of the service. */
export function parseFilter(filter: string, schema: IndexSchema, matches: TextMatcher): Predicate {
  const parser: Parser = { tokens: tokenize(filter), at: 0, schema, matches };
  const condition = parseOr(parser, {});
  if (parser.at < parser.tokens.length) throw syntaxError(parser);
  return (document) => condition({ document, variables: {} });
}

/** Range variables in sight and the collections they go through. */
type Variables = Readonly<Record<string, string>>;

function parseOr(parser: Parser, variables: Variables): Condition {
  const parts = [parseAnd(parser, variables)];
  while (takeWord(parser, 'or')) parts.push(parseAnd(parser, variables));
  return (scope) => parts.some((part) => part(scope));
}

function parseAnd(parser: Parser, variables: Variables): Condition {
  const parts = [parseNot(parser, variables)];
  while (takeWord(parser, 'and')) parts.push(parseNot(parser, variables));
  return (scope) => parts.every((part) => part(scope));
}

function parseNot(parser: Parser, variables: Variables): Condition {
  if (takeWord(parser, 'not')) {
    const inner = parseNot(parser, variables);
    return (scope) => !inner(scope);
  }
  if (takeSign(parser, '(')) {
    const inner = parseOr(parser, variables);
    expectSign(parser, ')');
    return inner;
  }
  return parseComparison(parser, variables);
}

const comparisons: ReadonlyMap<string, (order: number) => boolean> = new Map(
  Object.entries<(order: number) => boolean>({
    eq: (order) => order === 0,
    ne: (order) => order !== 0,
    gt: (order) => order > 0,
    ge: (order) => order >= 0,
    lt: (order) => order < 0,
    le: (order) => order <= 0,
  }),
);

function parseComparison(parser: Parser, variables: Variables): Condition {
  const token = next(parser);
  if (token.kind !== 'name') throw syntaxError(parser);
  if (token.text === 'search.in') return parseSearchIn(parser, variables);
  if (token.text === 'search.ismatch' || token.text === 'search.ismatchscoring') return parseIsMatch(parser);
  if (token.text === 'geo.distance') return parseDistance(parser, variables);
  if (token.text === 'true' || token.text === 'false') return () => token.text === 'true';
  const lambda = /^(.+)\/(any|all)$/.exec(token.text);
  if (lambda !== null && peekSign(parser, '('))
    return parseLambda(parser, variables, { path: lambda[1] ?? '', isAll: lambda[2] === 'all' });
  const { values, field } = reference(parser, token.text, variables);
  const operator = parser.tokens[parser.at];
  const compare = operator?.kind === 'name' ? comparisons.get(operator.text) : undefined;
  if (compare === undefined) {
    if (field.type !== 'Edm.Boolean') throw syntaxError(parser);
    return (scope) => values(scope)[0] === true;
  }
  if (field.type.startsWith('Collection('))
    throw badFilter(`The collection '${token.text}' cannot be compared. Use any() or all().`);
  parser.at += 1;
  const literal = readLiteral(parser, field);
  const isEquality = operator?.text === 'eq' || operator?.text === 'ne';
  return (scope) => {
    const value = values(scope)[0] ?? null;
    // Nothing is larger or smaller than null.
    if (value === null || literal === null) return isEquality && compare(value === literal ? 0 : 1);
    return compare(order(value, literal));
  };
}

function parseLambda(
  parser: Parser,
  variables: Variables,
  { path, isAll }: { readonly path: string; readonly isAll: boolean },
): Condition {
  const { values, field, path: full } = reference(parser, path, variables);
  if (!field.type.startsWith('Collection')) throw badFilter(`The property '${path}' is not a collection.`);
  expectSign(parser, '(');
  if (takeSign(parser, ')')) return (scope) => values(scope).length > 0;
  const variable = next(parser).text;
  expectSign(parser, ':');
  const inner = parseOr(parser, { ...variables, [variable]: full });
  expectSign(parser, ')');
  return (scope) => {
    const members = values(scope);
    const test = (member: unknown): boolean =>
      inner({ ...scope, variables: { ...scope.variables, [variable]: member } });
    return isAll ? members.every(test) : members.some(test);
  };
}

/** `search.in(field, 'a,b', ',')`. Without a delimiter, commas and spaces part the values. */
function parseSearchIn(parser: Parser, variables: Variables): Condition {
  expectSign(parser, '(');
  const { values } = reference(parser, next(parser).text, variables);
  expectSign(parser, ',');
  const list = readText(parser);
  const delimiters = takeSign(parser, ',') ? readText(parser) : ', ';
  expectSign(parser, ')');
  const wanted = new Set(split(list, delimiters));
  return (scope) => values(scope).some((value) => wanted.has(String(value)));
}

function split(list: string, delimiters: string): string[] {
  let parts = [list];
  for (const delimiter of delimiters) parts = parts.flatMap((part) => part.split(delimiter));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function parseIsMatch(parser: Parser): Condition {
  expectSign(parser, '(');
  const text = readText(parser);
  const fields = takeSign(parser, ',') ? split(readText(parser), ',') : undefined;
  while (takeSign(parser, ',')) next(parser);
  expectSign(parser, ')');
  const keys = parser.matches(text, fields);
  const { name } = parser.schema.key;
  return ({ document }) => keys.has(String(document[name]));
}

/** `geo.distance(field, geography'POINT(lon lat)') lt 5`, in kilometres, either way round. */
function parseDistance(parser: Parser, variables: Variables): Condition {
  expectSign(parser, '(');
  const one = parsePoint(parser, variables);
  expectSign(parser, ',');
  const other = parsePoint(parser, variables);
  expectSign(parser, ')');
  const compare = comparisons.get(next(parser).text);
  const limit = next(parser);
  if (compare === undefined || limit.kind !== 'number') throw syntaxError(parser);
  return (scope) => {
    const [from, to] = [one(scope), other(scope)];
    return from !== undefined && to !== undefined && compare(order(kilometres(from, to), Number(limit.text)));
  };
}

type Point = readonly [longitude: number, latitude: number];

function parsePoint(parser: Parser, variables: Variables): (scope: Scope) => Point | undefined {
  const token = next(parser);
  if (token.kind === 'geography') {
    const [longitude = 0, latitude = 0] = token.text.split(/\s+/).map(Number);
    return () => [longitude, latitude];
  }
  const { values } = reference(parser, token.text, variables);
  return (scope) => {
    const [value] = values(scope);
    return (value as { readonly coordinates?: Point } | undefined)?.coordinates;
  };
}

/** The haversine distance on a sphere of the Earth's mean radius. */
export function kilometres([lon1, lat1]: Point, [lon2, lat2]: Point): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const a =
    Math.sin(radians(lat2 - lat1) / 2) ** 2 +
    Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * Math.sin(radians(lon2 - lon1) / 2) ** 2;
  return 2 * 6371 * Math.asin(Math.sqrt(a));
}

function reference(
  parser: Parser,
  text: string,
  variables: Variables,
): { readonly values: Values; readonly field: IndexField; readonly path: string } {
  const [head = '', ...rest] = text.split('/');
  const collection = Object.hasOwn(variables, head) ? variables[head] : undefined;
  const path = collection === undefined ? text : [collection, ...rest].join('/');
  const found = parser.schema.byPath.get(path);
  if (found === undefined)
    throw badFilter(`Could not find a property named '${text}' on type 'search.document'.`);
  if (!found.isFilterable && found.fields.length === 0)
    throw badFilter(
      `The field '${text}' is not filterable. Only filterable fields can be used in filter expressions.`,
    );
  const isMember = collection !== undefined && rest.length === 0;
  const field = isMember ? { ...found, type: found.type.replace(/^Collection\((.+)\)$/, '$1') } : found;
  const values: Values = ({ document, variables: bound }) => {
    if (collection === undefined) return valuesAt(document, path);
    return isMember ? [bound[head]] : valuesAt(bound[head] as Document, rest.join('/'));
  };
  return { values, field, path };
}

function readLiteral(parser: Parser, field: IndexField): unknown {
  const { kind, text } = next(parser);
  if (kind === 'name' && text === 'null') return null;
  const isText = field.type === 'Edm.String';
  if (isText !== (kind === 'string'))
    throw badFilter(
      `A binary operator with incompatible types was detected. Found operand types '${field.type}' and '${kind === 'string' ? 'Edm.String' : text}' for operator kind 'Equal'.`,
    );
  if (kind === 'string' || kind === 'date') return text;
  if (kind === 'number') return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  throw syntaxError(parser);
}

function readText(parser: Parser): string {
  const token = next(parser);
  if (token.kind !== 'string') throw syntaxError(parser);
  return token.text;
}

/** Dates are compared as times, texts by code unit. */
export function order(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [a, b] = [String(one), String(other)];
  if (a === b) return 0;
  const isDate = /^\d{4}-\d\d-\d\dT/;
  if (isDate.test(a) && isDate.test(b)) return Date.parse(a) - Date.parse(b);
  return a < b ? -1 : 1;
}

function next(parser: Parser): FilterToken {
  const token = parser.tokens[parser.at];
  if (token === undefined) throw syntaxError(parser);
  parser.at += 1;
  return token;
}

function takeWord(parser: Parser, word: string): boolean {
  const token = parser.tokens[parser.at];
  const isThere = token?.kind === 'name' && token.text === word;
  if (isThere) parser.at += 1;
  return isThere;
}

function peekSign(parser: Parser, sign: string): boolean {
  const token = parser.tokens[parser.at];
  return token?.kind === 'sign' && token.text === sign;
}

function takeSign(parser: Parser, sign: string): boolean {
  const isThere = peekSign(parser, sign);
  if (isThere) parser.at += 1;
  return isThere;
}

function expectSign(parser: Parser, sign: string): void {
  if (!takeSign(parser, sign)) throw syntaxError(parser);
}

function syntaxError(parser: Parser): Error {
  return badFilter(`Syntax error at position ${parser.tokens[parser.at]?.position ?? 'end'}.`);
}

function badFilter(message: string): Error {
  return badParameter('$filter', `Invalid expression: ${message}`);
}
