import { gatewayError } from '../service/envelopes.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { regionName } from '../service/region-name.ts';
import type { WireResponse } from '../service/wire-response.ts';
import { rateLimitMessage, type MessageEra, type RateLimitSubject } from './rate-limit-message.ts';

/** The subject of a refusal. */
export interface RateLimitRefusal extends Pick<RateLimitSubject, 'kind' | 'retryAfterMs'> {
  /** The operation in Azure's words, for example `ChatCompletions_Create`. */
  readonly operation: string;
  /** @default that of the headers */
  readonly era?: MessageEra | undefined;
}

/** The 429 of a deployment, without the headers that say when to come back. */
export function rateLimitResponse(request: DeploymentRequest, refusal: RateLimitRefusal): WireResponse {
  const { era = messageEra(request), ...subject } = refusal;
  const { deployment, resource, surface, api } = request;
  return gatewayError(
    429,
    rateLimitMessage(
      {
        ...subject,
        api: surface === 'v1' ? 'v1' : api,
        deployment: deployment.name,
        model: deployment.model,
        region: regionName(resource.config.region),
      },
      era,
    ),
  );
}

/** The text of a 429 changed in the middle of 2025: headers of that year go with the new text. */
export function messageEra({ era }: Pick<DeploymentRequest, 'era'>): MessageEra {
  return era === '2024' ? '2024' : '2025';
}
