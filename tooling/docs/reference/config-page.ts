import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../documents.ts';
import { code, table } from './words.ts';

/** As much of JSON Schema as `packages/config/schema.json` uses. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const intro = `# Config file

What \`aoai.config.{ts,js,json,yaml}\` may contain, generated from the JSON Schema that \`@aoai/config\` publishes
(\`aoai config schema\` prints it). Names of resources, deployments and pools are yours. In TypeScript a value from the
environment is \`env('NAME')\`, in JSON and YAML it is \`{ "$env": "NAME" }\`.`;

/** Every key of a config: path, type and meaning. */
export function configPage(): string {
  const schema = JSON.parse(readFileSync(join(root, 'packages/config/schema.json'), 'utf8')) as Schema;
  const rows = rowsOf(schema, schema, '').filter(
    ([key]) => !/`(?:names|leadOn\.\*|\$schema)`/.test(key ?? ''),
  );
  const section = (key: string) => /^`(\w+)/.exec(key)?.[1] ?? '';
  const sections = [...new Set(rows.map(([key = '']) => section(key)))];
  return [
    intro,
    ...sections.flatMap((name) => [
      `## ${name}`,
      table(
        ['Key', 'Type', 'What it says'],
        rows.filter(([key = '']) => section(key) === name),
      ),
    ]),
  ].join('\n\n');
}

function rowsOf(schema: Schema, whole: Schema, path: string): readonly (readonly string[])[] {
  const found = resolve(schema, whole);
  const properties = Object.entries(found.properties ?? {}).flatMap(([name, property]) => {
    const key = path === '' ? name : `${path}.${name}`;
    const required = found.required?.includes(name) === true ? ' (required)' : '';
    const target = resolve(property, whole);
    const below = rowsOf(property, whole, key);
    if (isMap(target)) return below;
    return [[code(key) + required, typeOf(property, whole), sentence(property, target)], ...below];
  });
  if (!isMap(found)) return properties;
  const of = found.additionalProperties as Schema;
  const key = `${path}.*`;
  const below = rowsOf(of, whole, key);
  return [
    ...properties,
    ...(below.length > 0 ? below : [[code(key), typeOf(of, whole), sentence(of, resolve(of, whole))]]),
  ];
}

function isMap(schema: Schema): boolean {
  return typeof schema.additionalProperties === 'object';
}

function sentence(property: Schema, target: Schema): string {
  return property.description ?? target.description ?? '';
}

/** The schema that a reference leads to; of alternatives, the one with properties. */
function resolve(schema: Schema, whole: Schema): Schema {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace('#/definitions/', '');
    const definition = whole.definitions?.[name];
    if (definition === undefined) throw new Error(`The schema of the config has no definition ${name}.`);
    return resolve(definition, whole);
  }
  const structured = schema.anyOf?.find((each) => isStructured(each, whole));
  return structured === undefined ? schema : { ...resolve(structured, whole), ...described(schema) };
}

function described({ description }: Schema): Schema {
  return description === undefined ? {} : { description };
}

function isStructured(schema: Schema, whole: Schema): boolean {
  if (schema.$ref === '#/definitions/env') return false;
  const { properties, additionalProperties } = schema.$ref === undefined ? schema : resolve(schema, whole);
  return properties !== undefined || typeof additionalProperties === 'object';
}

function typeOf(schema: Schema, whole: Schema): string {
  const names = new Set(typesOf(schema, whole));
  return [...names].map((name) => code(name)).join(' or ');
}

function typesOf(schema: Schema, whole: Schema): readonly string[] {
  if (schema.$ref === '#/definitions/env') return [];
  if (schema.$ref !== undefined) return typesOf(resolve(schema, whole), whole);
  if (schema.anyOf !== undefined) {
    const types = schema.anyOf.flatMap((each) => typesOf(each, whole));
    // A list of examples beside "any string" says no more than its description.
    return types.includes('string') ? types.filter((type) => !type.startsWith("'")) : types;
  }
  if (schema.enum !== undefined)
    return schema.enum.map((value) => (typeof value === 'string' ? `'${value}'` : String(value)));
  if (schema.type === 'array' && schema.items !== undefined)
    return [`list of ${typesOf(schema.items, whole).join(' or ') || 'string'}`];
  return [schema.type ?? 'any'];
}
