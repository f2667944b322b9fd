import type { Throughput } from './throughput.ts';

/** What a model does. */
export type ModelKind =
  'audio' | 'chat' | 'embedding' | 'image' | 'realtime' | 'router' | 'speech' | 'transcription' | 'video';

/** How hard a reasoning model may be asked to think, least first. */
export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** One version of a model. */
export interface ModelVersion {
  /** First day on which it no longer answers, when one was published. */
  readonly retires?: string;
  readonly stage: 'ga' | 'preview';
}

/** Facts about a model. */
export interface Model {
  readonly kind: ModelKind;
  /** Tokens: the whole window, the largest prompt, the largest answer. */
  readonly context?: { readonly window: number; readonly input: number; readonly output: number };
  /** Which operations serve it; empty for models that are neither chat nor reasoning. */
  readonly operations: readonly ('chat-completions' | 'responses')[];
  /** Present for a reasoning model. */
  readonly reasoning?: { readonly efforts: readonly ReasoningEffort[] };
  /** Request parameters that it answers with 400. */
  readonly refuses: readonly string[];
  /** Known versions, oldest first. */
  readonly versions: Readonly<Record<string, ModelVersion>>;
  /** The replacement that Microsoft suggests, or this table where Microsoft suggests none. */
  readonly replacement?: string;
  /** Provisioned throughput, where Microsoft lists it. */
  readonly perPtu?: Throughput;
  /** Regions that offer it as `GlobalStandard`, if they are few. Absent: nearly everywhere. */
  readonly regions?: readonly string[];
  /** Length of the vectors of an embedding model. */
  readonly dimensions?: number;
  /** Set where nothing from Microsoft was found and another source was used. */
  readonly unconfirmed?: true;
}

/** Facts about a model, besides its kind and versions. */
export type ModelFacts = Partial<Omit<Model, 'versions' | 'kind'>>;

/** `2025-08-07 2027-02-06`: a version and the day it retires; `preview` in third place. */
function versions(...lines: readonly string[]): Readonly<Record<string, ModelVersion>> {
  return Object.fromEntries(
    lines.map((line) => {
      const [version = '', retires, stage] = line.split(' ');
      const dated = retires === undefined || retires === '-' ? {} : { retires };
      return [version, { ...dated, stage: stage === 'preview' ? 'preview' : 'ga' }];
    }),
  );
}

/** A model of any kind. */
export function model(kind: ModelKind, facts: ModelFacts, ...lines: readonly string[]): Model {
  return { kind, operations: [], refuses: [], versions: versions(...lines), ...facts };
}

// docs/wire/features.md#8.2. o3-mini names `temperature` unsupported where the others
// name its value (yetone/immersive-translate#2694); both are a 400.
const refusedByReasoning = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'max_tokens',
];

/** A model for chat, on both surfaces unless `operations` says otherwise. */
export function chat(facts: ModelFacts, ...lines: readonly string[]): Model {
  return model('chat', { operations: ['chat-completions', 'responses'], ...facts }, ...lines);
}

/** A chat model that thinks first. */
export function reasoning(
  efforts: readonly ReasoningEffort[],
  facts: ModelFacts,
  ...lines: readonly string[]
): Model {
  return chat({ reasoning: { efforts }, refuses: refusedByReasoning, ...facts }, ...lines);
}
