import type { AnswerMessage } from '../answer/answer-input.ts';
import type { Citation } from '../answer/draft.ts';
import { modelError } from '../service/envelopes.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';
import { searchDocuments, type SearchTarget } from './search-documents.ts';

type Sent = Readonly<Record<string, unknown>>;

/** What the service found in the caller's data (On Your Data). */
export interface Grounding {
  readonly citations: readonly Citation[];
  /** JSON text: the queries that were made of the conversation. */
  readonly intent: string;
  /** Whether answers come from the documents only. */
  readonly inScope: boolean;
  readonly includeAll: boolean;
}

const types = ['azure_search', 'azure_cosmos_db', 'elasticsearch', 'pinecone', 'mongo_db'];

/** The answer when the documents have none and no other knowledge may be used. */
export const notFound =
  'The requested information is not available in the retrieved data. Please try another query or topic.';

/** Retrieves documents for the conversation; `undefined` without `data_sources`. */
export function ground(
  request: DeploymentRequest,
  messages: readonly AnswerMessage[],
): Promise<Grounding> | undefined {
  const sources = request.body['data_sources'];
  if (sources === undefined || sources === null) return undefined;
  const [source] = sources as readonly unknown[];
  checkValue(source, 'data_sources[0]', { type: 'object' });
  const { type, parameters } = source as Sent;
  if (type === undefined) throw missing('data_sources[0].type');
  checkValue(type, 'data_sources[0].type', { type: 'string', oneOf: types });
  if (parameters === undefined) throw missing('data_sources[0].parameters');
  checkValue(parameters, 'data_sources[0].parameters', { type: 'object' });
  return retrieve(request, { type: type as string, parameters: parameters as Sent }, messages);
}

async function retrieve(
  request: DeploymentRequest,
  { type, parameters }: { readonly type: string; readonly parameters: Sent },
  messages: readonly AnswerMessage[],
): Promise<Grounding> {
  const query = messages.findLast((message) => message.role === 'user')?.text ?? '';
  const included = parameters['include_contexts'];
  const citations = type === 'azure_search' ? await search(request, parameters, query) : [];
  return {
    citations,
    intent: JSON.stringify([query]),
    inScope: parameters['in_scope'] !== false,
    includeAll: Array.isArray(included) && included.includes('all_retrieved_documents'),
  };
}

async function search(
  request: DeploymentRequest,
  parameters: Sent,
  query: string,
): Promise<readonly Citation[]> {
  const path = 'data_sources[0].parameters';
  for (const name of ['endpoint', 'index_name']) {
    if (parameters[name] === undefined) throw missing(`${path}.${name}`);
    checkValue(parameters[name], `${path}.${name}`, { type: 'string' });
  }
  const target: SearchTarget = {
    endpoint: request.resource.outbound.locate(String(parameters['endpoint'])),
    index: String(parameters['index_name']),
    headers: await authentication(request, parameters['authentication']),
    query,
    top: typeof parameters['top_n_documents'] === 'number' ? parameters['top_n_documents'] : 5,
    filter: typeof parameters['filter'] === 'string' ? parameters['filter'] : undefined,
    fields: (parameters['fields_mapping'] ?? {}) as Sent,
  };
  const found = await searchDocuments(target);
  if (found.ok) return found.citations;
  throw new Refusal(
    modelError(400, {
      message: `Failed to make a search request: ${found.problem}`,
      type: 'invalid_request_error',
      param: 'data_sources',
      code: null,
    }),
  );
}

/** How the service itself signs in to the index. */
async function authentication(request: DeploymentRequest, sent: unknown): Promise<Record<string, string>> {
  const { type, key, access_token: token } = (sent ?? {}) as Sent;
  if (type === 'api_key') return { 'api-key': String(key) };
  if (type === 'access_token') return { authorization: `Bearer ${String(token)}` };
  return {
    authorization: `Bearer ${await request.resource.outbound.token('https://search.azure.com/.default')}`,
  };
}

/** `message.context` of an answer; `scripted` citations win. */
export function contextOf(
  { citations, intent, includeAll }: Grounding,
  scripted: readonly Citation[] | undefined,
): Record<string, unknown> {
  const cited = scripted ?? citations;
  if (!includeAll) return { citations: cited, intent };
  const all = cited.map((citation, index) => ({
    ...citation,
    data_source_index: 0,
    original_search_score: 1 / (index + 1),
    search_queries: JSON.parse(intent) as unknown,
  }));
  return { all_retrieved_documents: all, citations: cited, intent };
}

/** The conversation with the documents in front, labelled as answers cite them: `[doc1]`. */
export function withDocuments(
  messages: readonly AnswerMessage[],
  { citations }: Grounding,
): readonly AnswerMessage[] {
  const sources = citations.map(({ content }, index) => ({ id: `doc${index + 1}`, content }));
  return [{ role: 'system', text: JSON.stringify(sources) }, ...messages];
}
