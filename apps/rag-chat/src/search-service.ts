import type { TokenCredential } from '@azure/identity';
import { SearchClient, SearchIndexClient, type SearchIndex } from '@azure/search-documents';
import { candidates, type Passage, type Passages } from './passages.ts';
import { groupFilter, type Reader } from './rights.ts';

const index = 'handbook';

/** A passage as the index holds it. */
interface Entry extends Passage {
  /** A key of the index has letters, digits, `_`, `-` and `=` only. */
  readonly key: string;
  readonly groups: string[];
  readonly vector: number[];
  readonly fingerprint: string;
  /** The first passage of a document is written last: a document without it is not in. */
  readonly ordinal: number;
}

const shown = ['id', 'document', 'title', 'heading', 'text', 'start', 'end'] as const;
/** A body may have 16 MiB; 512 dimensions as text take about 6 KiB. */
const perUpload = 500;

/** Passages in Azure AI Search. `credential` writes; a person's own token reads, where the reader has one. */
export async function openSearchService(
  endpoint: string,
  { credential, dimensions }: { readonly credential: TokenCredential; readonly dimensions: number },
): Promise<Passages> {
  await new SearchIndexClient(endpoint, credential).createOrUpdateIndex(definition(dimensions));
  const own = new SearchClient<Entry>(endpoint, index, credential);
  const clientOf = ({ searchToken }: Reader): SearchClient<Entry> =>
    searchToken === undefined ? own : new SearchClient<Entry>(endpoint, index, bearer(searchToken));

  async function keysOf(document: string): Promise<string[]> {
    const { results } = await own.search('*', {
      filter: `document eq '${quoted(document)}'`,
      select: ['key'],
    });
    const keys: string[] = [];
    for await (const result of results) keys.push(result.document.key);
    return keys;
  }

  async function ask(reader: Reader, condition: string): Promise<Passage[]> {
    if (reader.groups.length === 0) return [];
    const filter = `(${condition}) and ${groupFilter(reader)}`;
    const { results } = await clientOf(reader).search('*', {
      filter,
      select: [...shown],
      orderBy: ['start asc'],
    });
    return collect(results);
  }

  return {
    async documents() {
      const { results } = await own.search('*', {
        filter: 'ordinal eq 0',
        select: ['document', 'fingerprint'],
      });
      const found = new Map<string, string>();
      for await (const result of results) found.set(result.document.document, result.document.fingerprint);
      return found;
    },
    async put({ path, fingerprint, groups, passages }) {
      const old = await keysOf(path);
      const entries = passages.map((passage, ordinal): Entry => {
        const key = keyOf(passage.id);
        return { ...passage, key, groups: [...groups], vector: [...passage.vector], fingerprint, ordinal };
      });
      const [first, ...others] = entries;
      for (let start = 0; start < others.length; start += perUpload)
        await own.uploadDocuments(others.slice(start, start + perUpload), { throwOnAnyFailure: true });
      if (first !== undefined) await own.uploadDocuments([first], { throwOnAnyFailure: true });
      const kept = new Set(entries.map(({ key }) => key));
      const gone = old.filter((key) => !kept.has(key));
      if (gone.length > 0) await own.deleteDocuments('key', gone);
    },
    async remove(path) {
      const keys = await keysOf(path);
      if (keys.length > 0) await own.deleteDocuments('key', keys);
    },
    async search({ text, vector, top }, reader) {
      if (reader.groups.length === 0) return [];
      const { results } = await clientOf(reader).search(text, {
        top,
        select: [...shown],
        searchFields: ['title', 'heading', 'text'],
        filter: groupFilter(reader),
        vectorSearchOptions: {
          // The filter comes first: else the nearest passages might all be somebody else's, and none be left.
          filterMode: 'preFilter',
          queries: [
            { kind: 'vector', vector: [...vector], fields: ['vector'], kNearestNeighborsCount: candidates },
          ],
        },
      });
      return collect(results);
    },
    read: (path, reader) => ask(reader, `document eq '${quoted(path)}'`),
    find: async (ids, reader) =>
      ids.length === 0 ? [] : ask(reader, `search.in(id, '${ids.map(quoted).join('|')}', '|')`),
    close: async () => undefined,
  };
}

async function collect(results: AsyncIterable<{ readonly document: Partial<Passage> }>): Promise<Passage[]> {
  const found: Passage[] = [];
  for await (const { document } of results) found.push(document as Passage);
  return found;
}

function definition(dimensions: number): SearchIndex {
  const text = { type: 'Edm.String', searchable: true, analyzerName: 'en.microsoft' } as const;
  return {
    name: index,
    fields: [
      { name: 'key', type: 'Edm.String', key: true, filterable: true },
      { name: 'id', type: 'Edm.String', filterable: true },
      { name: 'document', type: 'Edm.String', filterable: true },
      { name: 'fingerprint', type: 'Edm.String' },
      { name: 'ordinal', type: 'Edm.Int32', filterable: true },
      { name: 'start', type: 'Edm.Int32', sortable: true },
      { name: 'end', type: 'Edm.Int32' },
      { name: 'groups', type: 'Collection(Edm.String)', filterable: true, hidden: true },
      { name: 'title', ...text },
      { name: 'heading', ...text },
      { name: 'text', ...text },
      {
        name: 'vector',
        type: 'Collection(Edm.Single)',
        searchable: true,
        hidden: true,
        vectorSearchDimensions: dimensions,
        vectorSearchProfileName: 'nearest',
      },
    ],
    vectorSearch: {
      algorithms: [{ name: 'graph', kind: 'hnsw' }],
      profiles: [{ name: 'nearest', algorithmConfigurationName: 'graph' }],
    },
  };
}

function keyOf(id: string): string {
  return Buffer.from(id).toString('base64url');
}

/** A text within quotes of a filter. */
function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

function bearer(token: () => Promise<string>): TokenCredential {
  // The token is asked for at each search: the session knows when it ends.
  return { getToken: async () => ({ token: await token(), expiresOnTimestamp: Date.now() + 60_000 }) };
}
