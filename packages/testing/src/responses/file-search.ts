import type { AnswerMessage } from '../answer/answer-input.ts';
import { isRecord } from '../answer/records.ts';
import { smallTalk } from '../answer/small-talk.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { searchStore, type SearchResult } from '../vector-stores/search-store.ts';
import { vectorStores } from '../vector-stores/vector-store.ts';
import type { Item } from './items.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the `file_search` tool found for a question. */
export interface FileSearch {
  /** The call, as an output item. */
  readonly item: Item;
  /** The results for the model: each piece under the name of its file. */
  readonly message: AnswerMessage;
  /** An answer without its file names, and their positions. */
  cite(text: string): { readonly text: string; readonly annotations: readonly object[] };
}

/** Searches the vector stores that a request offers; `undefined` where none is offered or there is nothing to look for. */
export function searchFiles(
  request: DeploymentRequest,
  {
    tools,
    question,
    hasResults,
  }: { readonly tools: readonly Json[]; readonly question: string; readonly hasResults: boolean },
): FileSearch | undefined {
  const tool = tools.find((each) => each['type'] === 'file_search');
  if (tool === undefined || request.body['tool_choice'] === 'none') return undefined;
  const ids = Array.isArray(tool['vector_store_ids']) ? tool['vector_store_ids'].map(String) : [];
  for (const id of ids) vectorStores.find(request, id);
  if (question.trim() === '' || smallTalk(question) !== undefined) return undefined;
  const found = search(request, tool, { ids, question });
  const results = found.map(({ fileId, filename, score, attributes, text }) => ({
    file_id: fileId,
    filename,
    score,
    attributes,
    text,
  }));
  return {
    item: {
      id: request.random.id('fs_', 50),
      type: 'file_search_call',
      status: 'completed',
      queries: [question],
      results: hasResults ? results : null,
    },
    message: {
      role: 'system',
      text: found.map(({ filename, text }) => `[${filename}] ${text}`).join('\n\n'),
    },
    cite: (text) => citeFiles(text, found),
  };
}

function search(
  request: DeploymentRequest,
  tool: Json,
  { ids, question }: { readonly ids: readonly string[]; readonly question: string },
): SearchResult[] {
  const limit = typeof tool['max_num_results'] === 'number' ? tool['max_num_results'] : 20;
  const ranking = isRecord(tool['ranking_options']) ? tool['ranking_options'] : {};
  const scoreThreshold = typeof ranking['score_threshold'] === 'number' ? ranking['score_threshold'] : 0;
  return ids
    .flatMap((id) =>
      searchStore(request, id, { query: question, limit, filters: tool['filters'], scoreThreshold }),
    )
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

function citeFiles(text: string, found: readonly SearchResult[]): { text: string; annotations: object[] } {
  const byName = new Map(found.map((each) => [each.filename, each]));
  const annotations: object[] = [];
  let written = '';
  let end = 0;
  for (const label of text.matchAll(/\s?\[([^\]\n]+)\]/g)) {
    const source = byName.get(label[1] ?? '');
    if (source === undefined) continue;
    written += text.slice(end, label.index);
    end = label.index + label[0].length;
    annotations.push({
      type: 'file_citation',
      index: written.length,
      file_id: source.fileId,
      filename: source.filename,
    });
  }
  return { text: written + text.slice(end), annotations };
}
