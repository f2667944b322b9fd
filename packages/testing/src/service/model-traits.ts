import type { Capability } from './operation.ts';

/** How a model behaves on the wire. */
export interface ModelTraits {
  readonly version: string;
  readonly capabilities: readonly Capability[];
  /** Tokens of prompt and completion together. */
  readonly contextTokens: number;
  readonly outputTokens: number;
  /** Thinks first: refuses sampling parameters and `max_tokens`, and reports reasoning tokens. */
  readonly isReasoning: boolean;
}

const chat: readonly Capability[] = ['chatCompletion', 'responses'];

function chatModel(version: string, contextTokens: number, outputTokens: number): ModelTraits {
  return { version, capabilities: chat, contextTokens, outputTokens, isReasoning: false };
}

function reasoningModel(version: string, contextTokens: number, outputTokens: number): ModelTraits {
  return { ...chatModel(version, contextTokens, outputTokens), isReasoning: true };
}

function other(capability: Capability, version: string, contextTokens = 8191): ModelTraits {
  return { version, capabilities: [capability], contextTokens, outputTokens: 0, isReasoning: false };
}

// wire.md 11 (learn.microsoft.com, 2026-06-11). The first pattern that fits counts.
const table: readonly (readonly [RegExp, ModelTraits])[] = [
  [/embedding-ada/, other('embeddings', '2')],
  [/embed/, other('embeddings', '1')],
  [/image|dall-e/, other('imageGenerations', '2025-04-15')],
  [/tts/, other('speech', '001')],
  [/whisper|transcribe/, other('transcriptions', '001')],
  [/gpt-35-turbo-instruct|davinci|babbage/, other('completion', '0914', 4097)],
  [/gpt-35-turbo|gpt-3\.5-turbo/, chatModel('0125', 16_385, 4096)],
  [/gpt-4o-mini/, chatModel('2024-07-18', 128_000, 16_384)],
  [/gpt-4o/, chatModel('2024-11-20', 128_000, 16_384)],
  [/gpt-4\.1/, chatModel('2025-04-14', 1_047_576, 32_768)],
  [/gpt-4/, chatModel('turbo-2024-04-09', 128_000, 4096)],
  [/gpt-5.*-chat|gpt-chat/, chatModel('2025-10-03', 128_000, 16_384)],
  [/gpt-5\.4/, reasoningModel('2026-03-05', 1_050_000, 128_000)],
  [/gpt-5\.5/, reasoningModel('2026-04-23', 1_050_000, 128_000)],
  [/gpt-5\.6/, reasoningModel('2026-07-09', 1_050_000, 128_000)],
  [/gpt-5\.1/, reasoningModel('2025-11-13', 400_000, 128_000)],
  [/gpt-5\.2/, reasoningModel('2025-12-11', 400_000, 128_000)],
  [/gpt-5/, reasoningModel('2025-08-07', 400_000, 128_000)],
  [/gpt-6/, reasoningModel('2026-09-22', 1_050_000, 128_000)],
  [/^o3-mini/, reasoningModel('2025-01-31', 200_000, 100_000)],
  [/^o[134]/, reasoningModel('2025-04-16', 200_000, 100_000)],
];

const unknown = chatModel('1', 128_000, 16_384);

/** How `model` behaves; a model that nobody knows is a plain chat model. */
export function modelTraits(model: string): ModelTraits {
  return table.find(([pattern]) => pattern.test(model))?.[1] ?? unknown;
}
