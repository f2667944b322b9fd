import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import type { Usage } from './usage.ts';
import { latencyCheckpoint, routing, serviceTier, writeUsage } from './write-usage.ts';

const usage: Usage = {
  prompt: 10,
  cached: 4,
  cacheWrites: 6,
  completion: 20,
  reasoning: 0,
  acceptedPrediction: 0,
  rejectedPrediction: 0,
  audio: 0,
};

const write = (more: Partial<Usage> = {}, { model = 'gpt-4o', era = '2026' } = {}, latency?: string) =>
  JSON.parse(
    writeUsage(
      { era, deployment: { model, servedModel: model } } as DeploymentRequest,
      { ...usage, ...more },
      latency,
    ),
  ) as unknown;

const details = {
  accepted_prediction_tokens: 0,
  audio_tokens: 0,
  reasoning_tokens: 0,
  rejected_prediction_tokens: 0,
};
const written = {
  completion_tokens: 20,
  completion_tokens_details: details,
  prompt_tokens: 10,
  prompt_tokens_details: { audio_tokens: 0, cached_tokens: 4 },
  total_tokens: 30,
};

test('usage adds prompt and completion up', () => {
  expect(write()).toEqual(written);
  expect(write({}, { era: '2025' })).toEqual(written);
  expect(write({}, { era: '2024' })).toEqual({ completion_tokens: 20, prompt_tokens: 10, total_tokens: 30 });
});

test('only the newest models say what they wrote to the cache', () => {
  const details = { audio_tokens: 0, cache_write_tokens: 6, cached_tokens: 4 };
  expect(write({}, { model: 'gpt-5.6' })).toEqual({ ...written, prompt_tokens_details: details });
  expect(write({}, { model: 'gpt-5.4' })).toEqual(written);
});

test('an answer that is whole says how long it took', () => {
  expect(write({}, {}, '{"x":1}')).toEqual({ ...written, latency_checkpoint: { x: 1 } });
});

test.each<[Partial<Usage>, object]>([
  [{ acceptedPrediction: 1 }, { accepted_prediction_tokens: 1 }],
  [{ audio: 1 }, { audio_tokens: 1 }],
  [{ reasoning: 1 }, { reasoning_tokens: 1 }],
  [{ rejectedPrediction: 1 }, { rejected_prediction_tokens: 1 }],
])('details have %j', (more, expected) => {
  expect(write(more)).toEqual({ ...written, completion_tokens_details: { ...details, ...expected } });
});

test('a number that JSON does not have is null', () => {
  expect(write({ completion: Infinity, cached: Number.NaN, reasoning: Infinity })).toMatchObject({
    completion_tokens: null,
    completion_tokens_details: { reasoning_tokens: null },
    prompt_tokens: 10,
    prompt_tokens_details: { cached_tokens: null },
    total_tokens: null,
  });
});

/** A request whose random numbers are all the same. */
const fixed = (next: number) => ({ random: { ...createRandom(1), next: () => next } }) as DeploymentRequest;

test.each([
  [0, 3, 30, 60, 200],
  [0.5, 9, 105, 90, 300],
  [0.999, 14, 179, 119, 399],
])('latencies add up (%f)', (random, between, first, before, service) => {
  const last = first + between * 20;
  expect(JSON.parse(latencyCheckpoint(fixed(random), usage))).toEqual({
    engine_tbt_ms: between,
    engine_ttft_ms: first,
    engine_ttlt_ms: last,
    pre_inference_ms: before,
    service_tbt_ms: between,
    service_ttft_ms: first + service,
    service_ttlt_ms: last + service,
    user_visible_ttft_ms: first + service - before,
  });
});

test.each([
  [0, 0],
  [0.999, 9],
])('an answer comes from one of ten replicas (%f)', (random, replica) => {
  expect(JSON.parse(routing(fixed(random)))).toEqual({
    serving_pipereplica: `d20260919103649-bf00bd58-default-r${replica}-dp0-default`,
  });
});

test.each([
  [undefined, 'default'],
  ['auto', 'default'],
  ['scale', 'default'],
  ['priority', 'priority'],
  ['flex', 'flex'],
])('the tier %s is served by %s', (service_tier, tier) => {
  expect(serviceTier({ body: { service_tier } } as unknown as DeploymentRequest)).toBe(tier);
});
