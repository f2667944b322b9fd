import { checkDocument, project } from './document.ts';
import type { Document } from './document.ts';
import { readSchema, record } from './index-schema.ts';
import type { IndexSchema } from './index-schema.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { createTextSearch } from './text-search.ts';
import type { TextSearch } from './text-search.ts';
import { createVectorSearch } from './vector-search.ts';
import type { VectorSearch } from './vector-search.ts';

/** An index with its documents. */
export interface SearchIndex {
  readonly schema: IndexSchema;
  readonly documents: ReadonlyMap<string, Document>;
  readonly text: TextSearch;
  readonly vectors: VectorSearch;
  /** Runs the actions of a batch, one after the other. @throws {NeighbourError} when the batch cannot be read. */
  change(batch: unknown): readonly ActionResult[];
  /** @throws {NeighbourError} 404 when there is none. */
  get(key: string, select: readonly string[] | undefined): Record<string, unknown>;
  /** Takes over a changed definition and keeps the documents. */
  redefine(definition: unknown): SearchIndex;
}

/** The result for one document of a batch. */
interface ActionResult {
  readonly key: string;
  readonly status: boolean;
  readonly errorMessage: string | null;
  readonly statusCode: number;
}

const maxBatch = 32_000;

/** An empty index. @throws {NeighbourError} for a definition that the service refuses. */
export function createSearchIndex(
  definition: unknown,
  kept: ReadonlyMap<string, Document> = new Map(),
): SearchIndex {
  const schema = readSchema(definition);
  const documents = new Map<string, Document>();
  const text = createTextSearch(schema, () => documents);
  const vectors = createVectorSearch(schema);
  for (const [key, document] of kept) put(key, document);

  /** A document that comes again keeps its place. */
  function put(key: string, document: Document): void {
    forget(key);
    documents.set(key, document);
    text.put(document);
    vectors.put(key, document);
  }

  function remove(key: string): void {
    forget(key);
    documents.delete(key);
  }

  function forget(key: string): void {
    const before = documents.get(key);
    if (before === undefined) return;
    text.remove(before);
    vectors.remove(key);
  }

  function run({ action, key, fields }: Action): ActionResult {
    const before = documents.get(key);
    if (action === 'delete') {
      remove(key);
      return done(key, 200);
    }
    if (action === 'merge' && before === undefined)
      return { key, status: false, errorMessage: 'Document not found.', statusCode: 404 };
    put(key, action === 'upload' ? fields : { ...before, ...fields });
    return done(key, before === undefined ? 201 : 200);
  }

  return {
    schema,
    documents,
    text,
    vectors,
    change(batch) {
      const { value } = record(batch);
      if (!Array.isArray(value) || value.length === 0)
        throw new NeighbourError(
          400,
          'InvalidRequest',
          'The request is invalid. Details: actions : No indexing actions found in the request. Please include between 1 and 32000 indexing actions in your request.',
        );
      if (value.length > maxBatch)
        throw new NeighbourError(
          400,
          'InvalidRequest',
          `The request is invalid. Details: actions : Too many indexing actions found in the request: ${value.length}. Please include between 1 and 32000 indexing actions in your request.`,
        );
      // All are read before the first is run: a batch that cannot be read changes nothing.
      return value.map((entry) => readAction(schema, entry)).map(run);
    },
    get(key, select) {
      const document = documents.get(key);
      if (document === undefined)
        throw new NeighbourError(
          404,
          'ResourceNotFound',
          `Document '${key}' was not found in index '${schema.name}'.`,
        );
      return project(schema, document, select);
    },
    redefine: (changed) => createSearchIndex(changed, documents),
  };
}

interface Action {
  readonly action: string;
  readonly key: string;
  readonly fields: Document;
}

const actions = ['upload', 'merge', 'mergeOrUpload', 'delete'];

function readAction(schema: IndexSchema, entry: unknown): Action {
  const { '@search.action': action = 'upload', ...fields } = record(entry);
  if (!actions.includes(String(action)))
    throw new NeighbourError(
      400,
      'InvalidRequest',
      `The request is invalid. Details: actions : '${String(action)}' is not a known indexing action.`,
    );
  const key = fields[schema.key.name];
  if (typeof key !== 'string' || key === '')
    throw new NeighbourError(
      400,
      'InvalidRequest',
      `The request is invalid. Details: actions : 0: Document key cannot be missing or empty. The key field is '${schema.key.name}'.`,
    );
  if (!/^[\w=-]+$/.test(key))
    throw new NeighbourError(
      400,
      'InvalidDocumentKey',
      `Invalid document key: '${key}'. Keys can only contain letters, digits, underscore (_), dash (-), or equal sign (=). If the keys in your source data contain other characters, we recommend encoding them with a URL-safe version of Base64 before uploading them to your index.`,
    );
  checkDocument(schema, fields);
  return { action: String(action), key, fields };
}

function done(key: string, statusCode: number): ActionResult {
  return { key, status: true, errorMessage: null, statusCode };
}
