import type { DeploymentRequest } from '../service/operation.ts';
import { modelWords } from './model-words.ts';
import type { Usage } from './usage.ts';

/** JSON of `usage`; `latency` is JSON too, and is inside unless the answer is a stream. */
export function writeUsage(
  { era, deployment }: DeploymentRequest,
  usage: Usage,
  latency: string | undefined,
): string {
  const total = number(usage.prompt + usage.completion);
  const completion = number(usage.completion);
  const prompt = number(usage.prompt);
  if (era === '2024') {
    return `{"completion_tokens":${completion},"prompt_tokens":${prompt},"total_tokens":${total}}`;
  }
  const details = writeDetails(usage);
  const writes = modelWords(deployment).hasCacheWrites ? `"cache_write_tokens":${usage.cacheWrites},` : '';
  const checkpoint = latency === undefined ? '' : `"latency_checkpoint":${latency},`;
  return `{"completion_tokens":${completion},"completion_tokens_details":${details},${checkpoint}"prompt_tokens":${prompt},"prompt_tokens_details":{"audio_tokens":0,${writes}"cached_tokens":${number(usage.cached)}},"total_tokens":${total}}`;
}

const noDetails =
  '{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":0,"rejected_prediction_tokens":0}';

/** JSON of `completion_tokens_details`; nearly always the same. */
function writeDetails({ acceptedPrediction, audio, reasoning, rejectedPrediction }: Usage): string {
  if (acceptedPrediction === 0 && audio === 0 && reasoning === 0 && rejectedPrediction === 0)
    return noDetails;
  return `{"accepted_prediction_tokens":${acceptedPrediction},"audio_tokens":${audio},"reasoning_tokens":${number(reasoning)},"rejected_prediction_tokens":${rejectedPrediction}}`;
}

/** A script may give any number. */
function number(count: number): string {
  return Number.isFinite(count) ? String(count) : 'null';
}

/** JSON of `latency_checkpoint`: invented, and the same for the same seed. */
export function latencyCheckpoint({ random }: DeploymentRequest, usage: Usage): string {
  const between = 3 + Math.floor(random.next() * 12);
  const first = 30 + Math.floor(random.next() * 150);
  const last = first + between * usage.completion;
  const before = 60 + Math.floor(random.next() * 60);
  const service = 200 + Math.floor(random.next() * 200);
  return `{"engine_tbt_ms":${between},"engine_ttft_ms":${first},"engine_ttlt_ms":${number(last)},"pre_inference_ms":${before},"service_tbt_ms":${between},"service_ttft_ms":${first + service},"service_ttlt_ms":${number(last + service)},"user_visible_ttft_ms":${first + service - before}}`;
}

/** JSON of `routing`, as 2026 answers have it. */
export function routing({ random }: DeploymentRequest): string {
  const replica = Math.floor(random.next() * 10);
  return `{"serving_pipereplica":"d20260919103649-bf00bd58-default-r${replica}-dp0-default"}`;
}

/** The tier that served the request. */
export function serviceTier({ body }: DeploymentRequest): string {
  const tier = body['service_tier'];
  return tier === 'priority' || tier === 'flex' ? tier : 'default';
}
