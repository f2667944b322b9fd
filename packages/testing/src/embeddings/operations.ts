import { catalog, entryOf, modelNamedBy } from '@aoai/config';
import type { DeploymentRequest, Operation } from '../service/operation.ts';
import { promptTokens } from '../limits/estimate.ts';
import { checkParameters, missing, refuse, type Rules } from '../service/parameter.ts';
import { jsonText, type WireResponse } from '../service/wire-response.ts';
import { checkLength, readInputs, tokensOf, type EmbeddingInput } from './embedding-input.ts';
import { embedText, embedTokens, shorten } from './feature-hash.ts';

const createEmbeddings: Operation = {
  name: 'Embeddings_Create',
  method: 'POST',
  v1: '/embeddings',
  dated: '/deployments/{deployment}/embeddings',
  inference: '/models/embeddings',
  target: 'deployment',
  capability: 'embeddings',
  estimate: (request) => ({ tokens: promptTokens(request) }),
  handle: embed,
};

/** Embeddings. */
export const embeddingOperations: readonly Operation[] = [createEmbeddings];

const rules: Rules = new Map([
  ['input', { type: 'any' }],
  ['model', { type: 'string' }],
  ['user', { type: 'string' }],
  ['input_type', { type: 'string' }],
  ['encoding_format', { type: 'string', oneOf: ['float', 'base64'] }],
  ['dimensions', { type: 'integer', min: 1, since: '2024-02-15-preview' }],
]);

function embed(request: DeploymentRequest): WireResponse {
  const { body, deployment } = request;
  checkParameters(request, rules);
  if (body['input'] === undefined) throw missing('input');
  const inputs = readInputs(body['input']);
  const dimensions = dimensionsOf(request);
  const counts = inputs.map(tokensOf);
  for (const count of counts) checkLength(count, deployment.traits.contextTokens);
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  const write = body['encoding_format'] === 'base64' ? base64 : float;
  const data = inputs.map((input, index) => {
    const vector = write(vectorOf(input, deployment.model, dimensions));
    return `{"object":"embedding","index":${index},"embedding":${vector}}`;
  });
  const usage = `{"prompt_tokens":${tokens},"total_tokens":${tokens}}`;
  const model = JSON.stringify(deployment.servedModel);
  return jsonText(`{"object":"list","data":[${data.join(',')}],"model":${model},"usage":${usage}}`, {
    usedTokens: { tokens },
  });
}

function dimensionsOf({ body, deployment }: DeploymentRequest): number {
  const own = nativeDimensions(deployment.model);
  const asked = body['dimensions'];
  if (typeof asked !== 'number') return own;
  if (deployment.model.includes('ada')) {
    throw refuse('This model does not support specifying dimensions.', null, null);
  }
  if (asked > own) {
    const message = `Invalid value for 'dimensions' = ${asked}. Must be less than or equal to ${own}.`;
    throw refuse(message, null, null);
  }
  return asked;
}

function nativeDimensions(model: string): number {
  return entryOf(catalog.models, modelNamedBy(model) ?? '')?.dimensions ?? 1536;
}

function vectorOf(input: EmbeddingInput, model: string, dimensions: number): Float32Array {
  const own = nativeDimensions(model);
  const vector = typeof input === 'string' ? embedText(input, own) : embedTokens(input, own);
  return shorten(vector, dimensions);
}

function float(vector: Float32Array): string {
  let text = '[';
  for (let index = 0; index < vector.length; index++) {
    const value = Math.round((vector[index] ?? 0) * 1e8) / 1e8;
    text += index === 0 ? String(value) : `,${value}`;
  }
  return `${text}]`;
}

/** Little-endian 32-bit floats, as the openai SDKs ask for unless told otherwise. */
function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (let index = 0; index < vector.length; index++) bytes.writeFloatLE(vector[index] ?? 0, index * 4);
  return `"${bytes.toString('base64')}"`;
}
