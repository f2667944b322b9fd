import { catalog, entryOf } from '@aoai/config';
import type { Deployment, Resource } from '@aoai/config';

/** The smallest call that shows whether a deployment works. */
export interface Probe {
  readonly url: string;
  /** The operation, independent of the api: `/chat/completions`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The smallest call that a deployment answers, or a text that says why there is none. */
export function probeOf(deployment: Deployment, resource: Resource): Probe | string {
  const model = entryOf(catalog.models, deployment.model);
  const kind = model?.kind ?? 'chat';
  if (entryOf(catalog.skus, deployment.sku)?.billing === 'batch')
    return 'A batch deployment answers batches only.';
  const request = (operation: string, body: Probe['body']) => ({
    url: urlOf(operation, deployment, resource),
    path: `/${operation}`,
    body: { model: deployment.deployment, ...body },
  });
  if (kind === 'embedding') return request('embeddings', { input: 'ping' });
  if (kind !== 'chat' && kind !== 'router') return `A call to a model for ${kind} costs too much to try.`;
  if (model?.operations.length === 1 && model.operations[0] === 'responses') {
    return request('responses', { input: 'ping', max_output_tokens: tokens, store: false });
  }
  const features = entryOf(catalog.apiVersions, resource.api)?.features;
  const limit =
    features?.includes('max-completion-tokens') === false ? 'max_tokens' : 'max_completion_tokens';
  return request('chat/completions', { messages: [{ role: 'user', content: 'ping' }], [limit]: tokens });
}

/** Every model accepts this number, and it costs next to nothing. */
const tokens = 16;

function urlOf(operation: string, { deployment }: Deployment, { endpoint, basePath, api }: Resource): string {
  if (api === 'v1') return `${endpoint}${basePath}/openai/v1/${operation}`;
  const path =
    operation === 'responses' ? operation : `deployments/${encodeURIComponent(deployment)}/${operation}`;
  return `${endpoint}${basePath}/openai/${path}?api-version=${encodeURIComponent(api)}`;
}
