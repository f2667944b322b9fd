import { NeighbourError } from '../neighbour/neighbour-error.ts';

/** A field of an index, with the defaults of the service filled in. */
export interface IndexField {
  readonly name: string;
  /** Path from the document, for example `address/city`. */
  readonly path: string;
  /** For example `Edm.String` or `Collection(Edm.Single)`. */
  readonly type: string;
  readonly isKey: boolean;
  readonly isSearchable: boolean;
  readonly isFilterable: boolean;
  readonly isSortable: boolean;
  readonly isFacetable: boolean;
  readonly isRetrievable: boolean;
  readonly analyzer: string;
  /** Length of the vectors of a vector field. */
  readonly dimensions?: number;
  readonly vectorProfile?: string;
  readonly fields: readonly IndexField[];
}

/** An index as the service stores it. */
export interface IndexSchema {
  readonly name: string;
  /** As it was sent, with its etag. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly key: IndexField;
  readonly fields: readonly IndexField[];
  /** Every field at any depth, by path. */
  readonly byPath: ReadonlyMap<string, IndexField>;
}

const simpleTypes = [
  'String',
  'Boolean',
  'Int16',
  'Int32',
  'Int64',
  'Single',
  'Double',
  'Half',
  'Byte',
  'SByte',
  'DateTimeOffset',
  'GeographyPoint',
  'ComplexType',
];

/** Reads the definition of an index. @throws {NeighbourError} in the words of the service. */
export function readSchema(definition: unknown): IndexSchema {
  const body = record(definition);
  const name = body['name'];
  if (
    typeof name !== 'string' ||
    !/^[a-z0-9](?:[a-z0-9-]{0,126}[a-z0-9])?$/.test(name) ||
    name.includes('--')
  )
    throw invalid(
      `Invalid index name: Index name must only contain lowercase letters, digits or dashes, cannot start or end with dashes and is limited to 128 characters.`,
    );
  const fields = readFields(body['fields'], '');
  const keys = fields.filter(({ isKey }) => isKey);
  const [key] = keys;
  if (key === undefined || keys.length > 1)
    throw invalid(
      `The request is invalid. Details: definition : Found ${keys.length} key fields in index '${name}'. Each index must have one, and only one, key field.`,
    );
  const byPath = new Map(flatten(fields).map((field) => [field.path, field]));
  return { name, definition: body, key, fields, byPath };
}

function readFields(value: unknown, parent: string): IndexField[] {
  if (!Array.isArray(value) || value.length === 0)
    throw invalid('The request is invalid. Details: definition : The index must have at least one field.');
  return value.map((entry) => readField(record(entry), parent));
}

function readField(field: Readonly<Record<string, unknown>>, parent: string): IndexField {
  const { name, type } = field;
  if (typeof name !== 'string' || !/^[a-z]\w*$/i.test(name))
    throw invalid(`The request is invalid. Details: definition : Invalid field name '${String(name)}'.`);
  const element = /^(?:Collection\()?Edm\.(\w+)\)?$/.exec(String(type))?.[1];
  if (typeof type !== 'string' || element === undefined || !simpleTypes.includes(element))
    throw invalid(
      `The request is invalid. Details: definition : The type '${String(type)}' of field '${name}' is not supported.`,
    );
  const path = parent === '' ? name : `${parent}/${name}`;
  const { dimensions } = field;
  const isVector = typeof dimensions === 'number';
  const isText = element === 'String';
  const isPlain = !isVector && element !== 'ComplexType';
  const flag = (key: string, usually: boolean): boolean =>
    typeof field[key] === 'boolean' ? field[key] : usually;
  return {
    name,
    path,
    type,
    isKey: field['key'] === true,
    isSearchable: flag('searchable', isText || isVector),
    isFilterable: isPlain && flag('filterable', true),
    isSortable: isPlain && flag('sortable', !type.startsWith('Collection')),
    isFacetable: isPlain && flag('facetable', element !== 'GeographyPoint'),
    isRetrievable: flag('retrievable', true),
    analyzer: text(field['analyzer'] ?? field['indexAnalyzer'], 'standard.lucene'),
    ...(isVector ? { dimensions } : {}),
    ...(typeof field['vectorSearchProfile'] === 'string'
      ? { vectorProfile: field['vectorSearchProfile'] }
      : {}),
    fields: element === 'ComplexType' ? readFields(field['fields'], path) : [],
  };
}

function flatten(fields: readonly IndexField[]): IndexField[] {
  return fields.flatMap((field) => [field, ...flatten(field.fields)]);
}

function invalid(message: string): NeighbourError {
  return new NeighbourError(400, 'InvalidRequestParameter', message);
}

/** The value as a JSON object. @throws {NeighbourError} for anything else. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new NeighbourError(
    400,
    'InvalidRequest',
    'The request is invalid. Details: a JSON object was expected.',
  );
}

/** The value if it is text, else `otherwise`. */
export function text(value: unknown, otherwise = ''): string {
  return typeof value === 'string' ? value : otherwise;
}
