import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AnswerContext } from './answer.ts';
import type { Azure } from './azure.ts';
import { dimensions, embedWith } from './embed.ts';
import { ingest, type FileResult, type IngestOptions } from './ingest.ts';
import type { Passages } from './passages.ts';
import { openSqlite } from './sqlite.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The documents that come with the sample. */
export const documentsFolder: string = process.env.DOCUMENTS_FOLDER ?? join(root, 'documents');

/** Passages, and what is needed to find and answer: what the server, the ingest and the evaluation have in common. */
export interface Handbook extends AnswerContext {
  readonly passages: Passages;
  /** Where it keeps its files. */
  readonly dataFolder: string;
  /** Makes the index say what a folder says. */
  ingest(folder?: string, options?: Omit<IngestOptions, 'passages' | 'embed'>): Promise<FileResult[]>;
  close(): Promise<void>;
}

/** Azure AI Search when `AZURE_SEARCH_ENDPOINT` is set, else a SQLite file. */
export async function openHandbook(
  azure: Azure,
  { dataFolder = usualFolder(azure) } = {},
): Promise<Handbook> {
  const endpoint = azure.settings.AZURE_SEARCH_ENDPOINT;
  const passages = endpoint
    ? await (
        await import('./search-service.ts')
      ).openSearchService(endpoint, { credential: azure.credential, dimensions })
    : openSqlite(join(dataFolder, 'passages.db'));
  const embed = embedWith(azure.client);
  return {
    client: azure.client,
    embed,
    passages,
    dataFolder,
    ingest: (folder = documentsFolder, options = {}) => ingest(folder, { passages, embed, ...options }),
    close: () => passages.close(),
  };
}

/** Vectors of the mock and of a model are not the same thing: each has a folder of its own. */
function usualFolder(azure: Azure): string {
  const base = process.env.DATA_FOLDER ?? join(root, '.data');
  return join(base, azure.mock === undefined ? 'azure' : 'mock');
}
