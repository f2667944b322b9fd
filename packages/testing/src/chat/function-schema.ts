import { refuse } from '../service/parameter.ts';
import { checkStrictSchema, contextOf, isSchema, type Schema, type SchemaOwner } from './strict-schema.ts';

const types = ['string', 'number', 'boolean', 'integer', 'object', 'array', 'null'];
const maxDepth = 64;

/**
 * Refuses schemas that are invalid for every function, strict or not: another type than an object, an object without
 * properties (spring-projects/spring-ai#4776), a list of who knows what (modelscope/ms-agent#610).
 */
export function checkFunctionSchema(
  schema: unknown,
  { name, param, isStrict }: { readonly name: string; readonly param: string; readonly isStrict: boolean },
): void {
  const owner: SchemaOwner = { what: `function '${name}'`, param, code: 'invalid_function_parameters' };
  if (isStrict) checkStrictSchema(schema, owner);
  const { type, properties } = schema as Schema;
  if (type !== 'object') {
    const found = typeof type === 'string' ? `"${type}"` : '"None"';
    throw invalid(owner, `schema must be a JSON Schema of 'type: "object"', got 'type: ${found}'.`);
  }
  if (!isSchema(properties)) throw invalid(owner, 'In context=(), object schema missing properties.');
  walk(schema, [], owner);
}

function walk(schema: unknown, context: readonly string[], owner: SchemaOwner): void {
  if (!isSchema(schema) || context.length > maxDepth) return;
  const { type, properties, items } = schema;
  if (typeof type === 'string' && !types.includes(type)) {
    throw invalid(owner, `'${type.slice(0, 200)}' is not valid under any of the given schemas.`);
  }
  if (type === 'array' && items === undefined) {
    throw invalid(owner, `In context=${contextOf(context)}, array schema missing items.`);
  }
  if (isSchema(properties)) {
    for (const name in properties) walk(properties[name], [...context, 'properties', name], owner);
  }
  walk(items, [...context, 'items'], owner);
}

function invalid({ what, param, code }: SchemaOwner, problem: string): Error {
  return refuse(`Invalid schema for ${what}: ${problem}`, param, code);
}
