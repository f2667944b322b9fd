import type { Citation } from '../answer/draft.ts';
import { thrownMessage } from '../thrown-message.ts';

/** An Azure AI Search index and a query. */
export interface SearchTarget {
  readonly endpoint: string;
  readonly index: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: string;
  readonly top: number;
  readonly filter: string | undefined;
  /** `fields_mapping` of the request. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type SearchOutcome =
  | { readonly ok: true; readonly citations: readonly Citation[] }
  | { readonly ok: false; readonly problem: string };

type Document = Readonly<Record<string, unknown>>;

/** Searches an index on this machine. Any other has no documents: a mock never reaches the network. */
export async function searchDocuments(target: SearchTarget): Promise<SearchOutcome> {
  if (!isLoopback(target.endpoint)) return { ok: true, citations: [] };
  const url = `${target.endpoint.replace(/\/+$/, '')}/indexes/${encodeURIComponent(target.index)}/docs/search?api-version=2024-07-01`;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...target.headers },
      body: JSON.stringify({
        search: target.query,
        top: target.top,
        ...(target.filter !== undefined && { filter: target.filter }),
      }),
    });
    const body = (await response.json()) as {
      readonly value?: readonly Document[];
      readonly error?: { readonly message?: string };
    };
    if (!response.ok) return { ok: false, problem: `${response.status} ${body.error?.message ?? ''}`.trim() };
    return { ok: true, citations: (body.value ?? []).map((document) => citationOf(document, target.fields)) };
  } catch (error) {
    return { ok: false, problem: thrownMessage(error) };
  }
}

function isLoopback(endpoint: string): boolean {
  const host = URL.parse(endpoint)?.hostname ?? '';
  return /^(?:127\.\d+\.\d+\.\d+|\[::1\]|(?:.+\.)?localhost)$/.test(host);
}

function citationOf(document: Document, fields: Document): Citation {
  const score = document['@search.rerankerScore'];
  return {
    content: contentOf(document, fields['content_fields']),
    title: textOf(document, fields['title_field'], ['title', 'name']),
    url: textOf(document, fields['url_field'], ['url', 'sourceUrl', 'source']),
    filepath: textOf(document, fields['filepath_field'], ['filepath', 'file', 'sourcefile', 'path']),
    chunk_id: textOf(document, undefined, ['chunk_id', 'chunkId']) ?? '0',
    ...(typeof score === 'number' && { rerank_score: score }),
  };
}

function contentOf(document: Document, names: unknown): string {
  if (Array.isArray(names) && names.length > 0) {
    return names
      .map((name: string) => document[name])
      .filter((text) => typeof text === 'string')
      .join('\n');
  }
  const known = textOf(document, undefined, ['content', 'chunk', 'text', 'body', 'description']);
  if (known !== null) return known;
  return Object.entries(document)
    .filter(([name, value]) => !name.startsWith('@') && typeof value === 'string')
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n');
}

function textOf(document: Document, mapped: unknown, usual: readonly string[]): string | null {
  for (const name of typeof mapped === 'string' ? [mapped] : usual) {
    const value = document[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
