import { createRandom } from '../random.ts';
import type { OperationRequest } from '../service/operation.ts';

const random = createRandom(1);

/** A request, as far as faults look at it. */
export function asked(changes: Partial<OperationRequest> = {}): OperationRequest {
  const path = '/openai/v1/chat/completions';
  const principal = { kind: 'api-key' } as const;
  const usual = { path, surface: 'v1', api: 'v1', era: '2026', random, headers: {}, principal } as const;
  return { ...usual, ...changes } as OperationRequest;
}

/** A request for a deployment. */
export function askedOf(changes: Partial<OperationRequest> = {}): OperationRequest {
  const deployment = { key: 'chat', name: 'chat', model: 'gpt-4.1' };
  const resource = { config: { region: 'swedencentral' } };
  return Object.assign(asked(changes), { deployment, resource });
}
