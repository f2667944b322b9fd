import { catalog, type Model } from '@aoai/config';
import { modelError, resourceNotFound } from '../service/envelopes.ts';
import { modelTraits } from '../service/model-traits.ts';
import type { Capability } from '../service/model-traits.ts';
import type { Operation, OperationRequest } from '../service/operation.ts';
import { Refusal } from '../service/refusal.ts';
import { json, type WireResponse } from '../service/wire-response.ts';

/** The models that a resource knows, in the shape of each surface. */
export const modelOperations: readonly Operation[] = [
  { name: 'Models_List', method: 'GET', v1: '/models', dated: '/models', target: 'resource', handle: list },
  {
    name: 'Models_Get',
    method: 'GET',
    v1: '/models/{model}',
    dated: '/models/{model}',
    target: 'resource',
    handle: get,
  },
  { name: 'Model_Info', method: 'GET', inference: '/models/info', target: 'resource', handle: info },
];

interface Listed {
  readonly id: string;
  readonly [member: string]: unknown;
}

function list(request: OperationRequest): WireResponse {
  return json({ object: 'list', data: modelsOf(request) });
}

function get(request: OperationRequest): WireResponse {
  const id = request.params['model'] ?? '';
  const models = modelsOf(request);
  // A model may be requested without its version (azure-sdk-for-python, test_models.py).
  const found =
    models.find((model) => model.id === id) ?? models.findLast((model) => isVersionOf(model.id, id));
  if (found !== undefined) return json(found);
  const message = `The model '${id.slice(0, 200)}' does not exist`;
  const error = { message, type: 'invalid_request_error', param: 'model', code: 'model_not_found' };
  throw new Refusal(modelError(404, error));
}

function isVersionOf(id: string, name: string): boolean {
  return (
    id.startsWith(`${name}-`) &&
    Object.hasOwn(catalog.models.entries, name) &&
    !/[a-z]/.test(id.slice(name.length))
  );
}

/** The model behind Foundry's inference surface: the one that the query or a header names, else the first. */
function info(request: OperationRequest): WireResponse {
  const header = request.headers['x-ms-model-mesh-model-name'];
  const asked = request.query.get('model') ?? (typeof header === 'string' ? header : undefined);
  const { deployments } = request.resource;
  const deployment = asked === undefined ? deployments[0] : request.resource.deployment(asked);
  if (deployment === undefined) return resourceNotFound();
  const isEmbedding = deployment.traits.capabilities.includes('embeddings');
  return json({
    model_name: deployment.model,
    model_type: isEmbedding ? 'embeddings' : 'chat-completion',
    model_provider_name: 'openai',
  });
}

/**
 * On v1 the deployments come first, then the base models: callers put the name of a deployment into `model`.
 * Dated versions list base models only (docs/wire/errors.md#4.9).
 */
function modelsOf(request: OperationRequest): Listed[] {
  const base = Object.entries(catalog.models.entries).flatMap(([name, model]) =>
    Object.keys(model.versions).map((version) => ({ name, model, version })),
  );
  if (request.surface !== 'v1') return base.map(baseModel);
  const names = request.resource.deployments.map((deployment) => deployment.name);
  const ids = new Set([...names, ...base.map(({ name, version }) => `${name}-${version}`)]);
  const created = createdAt('2025-08-01');
  return [...ids].map((id) => ({ id, created, object: 'model', owned_by: 'system' }));
}

/** The older format: the capabilities of a model and its retirement. */
function baseModel({ name, model, version }: { name: string; model: Model; version: string }): Listed {
  const { capabilities } = modelTraits(name);
  const can = (capability: Capability): boolean => capabilities.includes(capability);
  const retires = model.versions[version]?.retires;
  const created = createdAt(version);
  return {
    status: 'succeeded',
    capabilities: {
      fine_tune: false,
      inference: true,
      completion: can('completion'),
      chat_completion: can('chatCompletion'),
      embeddings: can('embeddings'),
    },
    lifecycle_status: model.versions[version]?.stage === 'preview' ? 'preview' : 'generally-available',
    deprecation: retires === undefined ? {} : { inference: createdAt(retires) },
    id: `${name}-${version}`,
    created_at: created,
    updated_at: created,
    object: 'model',
  };
}

function createdAt(text: string): number {
  const ms = /^\d{4}-/.test(text) ? Date.parse(text.slice(0, 10)) : Date.UTC(2024, 0, 1);
  return ms / 1000;
}
