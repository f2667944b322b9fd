import type { IndexField, IndexSchema } from './index-schema.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';

/** A document of an index. */
export type Document = Readonly<Record<string, unknown>>;

/** Every value at `path`: those of all members of a collection on the way. */
export function valuesAt(document: Document, path: string): readonly unknown[] {
  return path.split('/').reduce<readonly unknown[]>(
    (values, name) =>
      values.flatMap((value) => {
        const found = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
        return Array.isArray(found) ? (found as unknown[]) : found === undefined ? [] : [found];
      }),
    [document],
  );
}

/** Checks the names and types of a document's fields. @throws {NeighbourError} in the words of the service. */
export function checkDocument(schema: IndexSchema, document: Document): void {
  checkFields(schema.fields, document);
}

function checkFields(fields: readonly IndexField[], value: Document): void {
  for (const [name, member] of Object.entries(value)) {
    if (name.startsWith('@')) continue;
    const field = fields.find((entry) => entry.name === name);
    if (field === undefined)
      throw invalid(
        `The request is invalid. Details: parameters : The property '${name}' does not exist on type 'search.documentFields' or is not present in the API version. Make sure to only use property names that are defined by the type.`,
      );
    if (member !== null) checkValue(field, member);
  }
}

function checkValue(field: IndexField, value: unknown): void {
  const isCollection = field.type.startsWith('Collection(');
  if (isCollection !== Array.isArray(value)) throw wrongType(field, value);
  const members = Array.isArray(value) ? (value as unknown[]) : [value];
  if (field.dimensions !== undefined && members.length !== field.dimensions)
    throw invalid(
      `The request is invalid. Details: parameters : The vector field '${field.name}', with dimension '${field.dimensions}', expects a length of '${field.dimensions}'. However, the provided vector has a length of '${members.length}'. Please ensure that the vector length matches the expected length of the vector field. Read the following documentation for more details: https://aka.ms/vector-search.`,
    );
  if (field.fields.length > 0) {
    for (const member of members) if (isObject(member)) checkFields(field.fields, member);
    return;
  }
  if (!members.every((member) => fits(field.type, member))) throw wrongType(field, value);
}

function fits(type: string, value: unknown): boolean {
  if (/String|DateTimeOffset/.test(type)) return typeof value === 'string';
  if (type.includes('Boolean')) return typeof value === 'boolean';
  if (type.includes('GeographyPoint')) return isObject(value);
  if (/Int|Byte/.test(type)) return Number.isInteger(value);
  return typeof value === 'number' || value === 'NaN' || value === 'INF' || value === '-INF';
}

function wrongType({ name, type }: IndexField, value: unknown): NeighbourError {
  const found = JSON.stringify(value).slice(0, 100);
  return invalid(
    `The request is invalid. Details: parameters : Cannot convert the literal '${found}' to the expected type '${type}' of field '${name}'.`,
  );
}

function invalid(message: string): NeighbourError {
  return new NeighbourError(400, 'InvalidDocument', message);
}

/** The document with the retrievable fields of `select`. */
export function project(
  schema: IndexSchema,
  document: Document,
  select: readonly string[] | undefined,
): Record<string, unknown> {
  const wanted = select ?? schema.fields.map(({ name }) => name);
  const shown: Record<string, unknown> = {};
  for (const path of wanted) {
    const [name = '', ...rest] = path.split('/');
    const field = schema.byPath.get(path);
    if (field?.isRetrievable === false) continue;
    const value = Object.hasOwn(document, name) ? (document[name] ?? null) : null;
    shown[name] = rest.length === 0 ? value : merge(shown[name], narrow(value, rest));
  }
  return shown;
}

function narrow(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((member) => narrow(member, path));
  return isObject(value) ? { [name]: narrow(value[name] ?? null, rest) } : value;
}

function merge(before: unknown, added: unknown): unknown {
  if (Array.isArray(before) && Array.isArray(added))
    return before.map((member, index) => merge(member, added[index]));
  return isObject(before) && isObject(added) ? { ...before, ...added } : added;
}

function isObject(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
