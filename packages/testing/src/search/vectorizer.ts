import { catalog, entryOf } from '@aoai/config';
import { embedText, shorten } from '../embeddings/feature-hash.ts';
import type { IndexSchema } from './index-schema.ts';

/**
 * The vector of a text for a vector field: the one that the mock's deployment of the vectorizer's model gives.
 * `undefined` when the field has no vectorizer.
 */
export function vectorize(schema: IndexSchema, path: string, text: string): readonly number[] | undefined {
  const field = schema.byPath.get(path);
  const search = schema.definition['vectorSearch'] as VectorSettings | undefined;
  const profile = search?.profiles?.find(({ name }) => name === field?.vectorProfile);
  const vectorizer = search?.vectorizers?.find(({ name }) => name === profile?.vectorizer);
  if (field?.dimensions === undefined || vectorizer === undefined) return undefined;
  const model = vectorizer.azureOpenAIParameters?.modelName ?? 'text-embedding-3-small';
  const own = entryOf(catalog.models, model)?.dimensions ?? 1536;
  return [...shorten(embedText(text, Math.max(own, field.dimensions)), field.dimensions)];
}

interface VectorSettings {
  readonly profiles?: readonly { readonly name?: string; readonly vectorizer?: string }[];
  readonly vectorizers?: readonly {
    readonly name?: string;
    readonly azureOpenAIParameters?: { readonly modelName?: string };
  }[];
}
