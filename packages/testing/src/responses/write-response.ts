import { defaultEffort } from '../chat/reasoning-rules.ts';
import { serviceTier } from '../chat/write-usage.ts';
import { readMetadata } from '../collections/metadata.ts';
import type { FilterResults } from '../filters/filter-results.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { contentFilter } from './content-filters.ts';
import type { Item } from './items.ts';
import type { Prompt } from './read-prompt.ts';
import type { IncompleteReason, ResponseObject, ResponseUsage } from './response-object.ts';

/** A finished answer. */
export interface Finished {
  readonly prompt: Prompt;
  /** `undefined` for an answer that is whole. */
  readonly reason: IncompleteReason | undefined;
  readonly output: readonly Item[];
  readonly usage: ResponseUsage;
  readonly filters: {
    readonly prompt: FilterResults;
    readonly completion: FilterResults;
    readonly length: number;
  };
  readonly format: unknown;
}

/** A response in its final state. */
export interface FinishedResponse extends ResponseObject {
  readonly usage: ResponseUsage;
}

/** Writes the response object. Its members are in the order of the service. */
export function writeResponse(request: DeploymentRequest, finished: Finished): FinishedResponse {
  const { body, deployment, random, dateMs, era } = request;
  const { prompt, reason, filters } = finished;
  const reasoning = (body['reasoning'] ?? {}) as Readonly<Record<string, unknown>>;
  const text = (body['text'] ?? {}) as Readonly<Record<string, unknown>>;
  // Recordings of 2025 do not have these members; those of spring 2026 do.
  const isNew = era === '2026';
  const createdAt = Math.floor(dateMs / 1000);
  return {
    id: random.id('resp_', 50),
    object: 'response',
    created_at: createdAt,
    status: reason === undefined ? 'completed' : 'incomplete',
    background: body['background'] === true,
    ...(isNew && { completed_at: reason === undefined ? createdAt : null }),
    content_filters: [
      contentFilter('prompt', filters.prompt, prompt.text().length),
      contentFilter('completion', filters.completion, filters.length),
    ],
    ...(prompt.conversation !== undefined && { conversation: { id: prompt.conversation } }),
    error: null,
    ...(isNew && { frequency_penalty: 0 }),
    incomplete_details: reason === undefined ? null : { reason },
    instructions: body['instructions'] ?? null,
    max_output_tokens: body['max_output_tokens'] ?? null,
    max_tool_calls: body['max_tool_calls'] ?? null,
    // Chat completions name the model, responses the deployment (docs/wire/streams.md#6.4).
    model: deployment.name,
    output: finished.output,
    parallel_tool_calls: body['parallel_tool_calls'] ?? true,
    ...(isNew && { presence_penalty: 0 }),
    previous_response_id: body['previous_response_id'] ?? null,
    prompt_cache_key: body['prompt_cache_key'] ?? null,
    ...(isNew && { prompt_cache_retention: body['prompt_cache_retention'] ?? null }),
    reasoning: {
      effort: reasoning['effort'] ?? (deployment.traits.isReasoning ? defaultEffort(deployment.model) : null),
      summary: reasoning['summary'] ?? null,
    },
    safety_identifier: body['safety_identifier'] ?? null,
    service_tier: serviceTier(request),
    store: body['store'] ?? true,
    temperature: body['temperature'] ?? 1,
    text: { format: finished.format, verbosity: text['verbosity'] ?? 'medium' },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: prompt.tools.echo,
    top_logprobs: body['top_logprobs'] ?? 0,
    top_p: body['top_p'] ?? 1,
    truncation: body['truncation'] ?? 'disabled',
    usage: finished.usage,
    user: body['user'] ?? null,
    metadata: readMetadata(body['metadata']),
  };
}
