import { refuse } from '../service/parameter.ts';

/** The owner of a schema, for the message of a refusal. */
export interface SchemaOwner {
  /** `response_format 'answer'` or `function 'search'`. */
  readonly what: string;
  readonly param: string;
  readonly code: string | null;
}

/** A JSON schema, unchecked. */
export type Schema = Readonly<Record<string, unknown>>;

const maxDepth = 64;

/** Refuses a schema that is invalid in strict mode: open objects, optional properties (how-to/structured-outputs). */
export function checkStrictSchema(schema: unknown, owner: SchemaOwner): void {
  const { type, $ref } = schema as Schema;
  if (type !== 'object' && $ref === undefined) {
    const found = typeof type === 'string' ? `"${type}"` : 'None';
    throw invalid(owner, `schema must be a JSON Schema of 'type: "object"', got 'type: ${found}'.`);
  }
  walk(schema, [], owner);
}

/** A schema in the form of strict mode: every object closed, every property required (SAP AI Core on Azure, April 2026). */
export function strictSchema(schema: unknown, depth = 0): unknown {
  if (!isSchema(schema) || depth > maxDepth) return schema;
  const inside = (value: unknown): unknown => strictSchema(value, depth + 1);
  const each = (value: unknown): unknown =>
    isSchema(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inside(member)]))
      : value;
  const { properties, items, anyOf } = schema;
  return {
    ...schema,
    ...(items !== undefined && { items: inside(items) }),
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map(inside) }),
    ...(schema['$defs'] !== undefined && { $defs: each(schema['$defs']) }),
    ...(schema['definitions'] !== undefined && { definitions: each(schema['definitions']) }),
    ...((schema['type'] === 'object' || isSchema(properties)) && {
      properties: each(properties ?? {}),
      required: Object.keys(isSchema(properties) ? properties : {}),
      additionalProperties: false,
    }),
  };
}

function walk(schema: unknown, context: readonly string[], owner: SchemaOwner): void {
  if (!isSchema(schema) || context.length > maxDepth) return;
  const properties = schema['properties'];
  if (schema['type'] === 'object' || isSchema(properties)) checkObject(schema, context, owner);
  if (isSchema(properties)) {
    for (const name in properties) walk(properties[name], [...context, 'properties', name], owner);
  }
  walk(schema['items'], [...context, 'items'], owner);
  for (const keyword of ['$defs', 'definitions']) {
    const definitions = schema[keyword];
    if (!isSchema(definitions)) continue;
    for (const name in definitions) walk(definitions[name], [...context, keyword, name], owner);
  }
  const { anyOf } = schema;
  if (!Array.isArray(anyOf)) return;
  for (const [index, alternative] of anyOf.entries()) {
    walk(alternative, [...context, 'anyOf', String(index)], owner);
  }
}

function checkObject(schema: Schema, context: readonly string[], owner: SchemaOwner): void {
  const where = `In context=${contextOf(context)}`;
  if (schema['additionalProperties'] !== false) {
    throw invalid(owner, `${where}, 'additionalProperties' is required to be supplied and to be false.`);
  }
  const names = Object.keys(isSchema(schema['properties']) ? schema['properties'] : {});
  const required = Array.isArray(schema['required']) ? (schema['required'] as unknown[]) : [];
  const absent = names.find((name) => !required.includes(name));
  if (absent === undefined) return;
  throw invalid(
    owner,
    `${where}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${absent}'.`,
  );
}

function invalid({ what, param, code }: SchemaOwner, problem: string): Error {
  return refuse(`Invalid schema for ${what}: ${problem}`, param, code);
}

/** A place in a schema as the service, which is Python, writes it: `()`, `('properties', 'a')`, `('items',)`. */
export function contextOf(context: readonly string[]): string {
  const quoted = context.map((part) => `'${part}'`).join(', ');
  return `(${quoted}${context.length === 1 ? ',' : ''})`;
}

/** Whether this may be a schema: an object. */
export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
