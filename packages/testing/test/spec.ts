import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The published specs, beside the repository; optional. */
const folder = new URL('../../../../shared/spec/', import.meta.url);

const files = {
  v1: 'v1-ga.json',
  '2025-03-01-preview': '2025-03-01-preview.json',
  '2024-10-21': '2024-10-21.yaml',
} as const;

/** The surfaces that have a spec. */
export type SpecApi = keyof typeof files;

/** Whether the specs are there. */
export const hasSpecs: boolean = existsSync(new URL(files.v1, folder));

/** A way in which an answer is not as the spec says. */
export interface Violation {
  /** JSON pointer into the answer, with `*` for positions. */
  readonly at: string;
  readonly problem: string;
}

/** An answer, by the path of the spec. */
export interface SpecAnswer {
  readonly path: string;
  readonly method: string;
  readonly status: number;
  readonly type: 'application/json' | 'text/event-stream';
  readonly body: unknown;
}

type Schema = Readonly<Record<string, unknown>>;

/** Reads the spec of `api`. What it returns gives the violations of an answer, `undefined` for one that the spec lacks. */
export function loadSpec(api: SpecApi): (answer: SpecAnswer) => readonly Violation[] | undefined {
  const document = parse(readFileSync(new URL(files[api], folder), 'utf8')) as Schema;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'spec', ...(toJsonSchema(document, document) as Schema) });
  return ({ path, method, status, type, body }) => {
    const responses = at(document, ['paths', path, method.toLowerCase(), 'responses']);
    const key = at(responses, [String(status)]) === undefined ? 'default' : String(status);
    const pointer = ['paths', path, method.toLowerCase(), 'responses', key, 'content', type, 'schema'];
    const schema = at(document, pointer);
    if (schema === undefined) return undefined;
    const references = shapesOf(document, {
      schema,
      reference: `#/${pointer.map(escapePointer).join('/')}`,
      body,
    });
    const [nearest = []] = references
      .map((reference) => {
        const validate = ajv.compile({ $ref: `spec${reference}` });
        return validate(body) ? [] : leafErrors(validate.errors ?? []);
      })
      .sort((a, b) => a.length - b.length);
    return nearest;
  };
}

/** The shapes that a body may have: one by its `type` where that says it, each of a union otherwise. */
function shapesOf(
  document: Schema,
  {
    schema,
    reference,
    body,
  }: { readonly schema: unknown; readonly reference: string; readonly body: unknown },
): readonly string[] {
  const mapping = at(resolve(document, schema), ['discriminator', 'mapping']);
  const tag = at(body, ['type']);
  const mapped = typeof tag === 'string' ? at(mapping, [tag]) : undefined;
  if (typeof mapped === 'string') return [mapped];
  const union = at(schema, ['oneOf']) ?? at(schema, ['anyOf']);
  return Array.isArray(union) ? union.map((_, index) => `${reference}/anyOf/${index}`) : [reference];
}

/** OpenAPI says `nullable`; a `oneOf` whose members overlap is meant as `anyOf`. Examples refer to files that are not there. */
function toJsonSchema(node: unknown, document: Schema): unknown {
  if (Array.isArray(node)) return node.map((item) => toJsonSchema(item, document));
  if (typeof node !== 'object' || node === null) return node;
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(node)) {
    if (dropped.has(name)) continue;
    const isUnion = (name === 'oneOf' || name === 'anyOf') && Array.isArray(value);
    const tagged = isUnion ? taggedUnion(value, document) : undefined;
    if (tagged === undefined) result[isUnion ? 'anyOf' : name] = toJsonSchema(value, document);
    else Object.assign(result, tagged);
  }
  return at(node, ['nullable']) === true ? { anyOf: [{ type: 'null' }, result] } : result;
}

const dropped = new Set(['x-ms-examples', 'example', 'examples', 'discriminator', 'nullable']);

/** A union of objects that their `type` tells apart, so that errors are those of the right one. */
function taggedUnion(members: readonly unknown[], document: Schema): Schema | undefined {
  const tags = members.map((member) => {
    const type = at(resolve(document, member), ['properties', 'type']);
    return (at(type, ['const']) ?? at(type, ['enum', '0'])) as string | undefined;
  });
  if (members.length < 2 || tags.includes(undefined) || new Set(tags).size < tags.length) return undefined;
  const cases = members.map((member, index) => ({
    if: { properties: { type: { const: tags[index] } }, required: ['type'] },
    then: toJsonSchema(member, document),
  }));
  return { properties: { type: { enum: tags } }, required: ['type'], allOf: cases };
}

function resolve(document: Schema, schema: unknown): unknown {
  const reference = at(schema, ['$ref']);
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
  return at(document, reference.slice(2).split('/'));
}

function at(node: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, name) => (typeof inner === 'object' && inner !== null ? (inner as Schema)[name] : undefined),
    node,
  );
}

function escapePointer(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** Errors of `anyOf` and `if` repeat those of their branches. */
function leafErrors(errors: readonly ErrorObject[]): Violation[] {
  return errors
    .filter((error) => error.keyword !== 'anyOf' && error.keyword !== 'if')
    .map((error) => ({
      at: error.instancePath.replace(/\/\d+(?=\/|$)/g, '/*'),
      problem: `${error.message ?? error.keyword} ${JSON.stringify(error.params)}`,
    }));
}
