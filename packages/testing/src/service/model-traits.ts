import { catalog, entryOf, modelNamedBy, type Model, type ModelKind } from '@aoai/config';

/** A capability that an operation needs. */
export type Capability =
  | 'chatCompletion'
  | 'completion'
  | 'embeddings'
  | 'imageGenerations'
  | 'realtime'
  | 'speech'
  | 'transcriptions'
  | 'responses';

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

const byKind: Readonly<Partial<Record<ModelKind, readonly Capability[]>>> = {
  audio: ['chatCompletion'],
  chat,
  embedding: ['embeddings'],
  image: ['imageGenerations'],
  realtime: ['realtime'],
  router: chat,
  speech: ['speech'],
  transcription: ['transcriptions'],
};

/** Most tokens of one input of an embedding model. */
const embeddingTokens = 8191;

const unknown: ModelTraits = {
  version: '1',
  capabilities: chat,
  contextTokens: 128_000,
  outputTokens: 16_384,
  isReasoning: false,
};

/** How `model` behaves by the catalogue; a model that it does not know is a plain chat model. */
export function modelTraits(model: string): ModelTraits {
  if (/instruct$|davinci|babbage/.test(model)) {
    return {
      ...unknown,
      version: '0914',
      capabilities: ['completion'],
      contextTokens: 4097,
      outputTokens: 4096,
    };
  }
  // DALL·E 3 is so old that the catalogue leaves it out.
  if (model === 'dall-e-3')
    return { ...unknown, version: '3.0', capabilities: ['imageGenerations'], outputTokens: 0 };
  const known = entryOf(catalog.models, model) ?? entryOf(catalog.models, modelNamedBy(model) ?? '');
  return known === undefined ? unknown : traitsOf(known);
}

function traitsOf({ kind, operations, context, reasoning, versions }: Model): ModelTraits {
  const isEmbedding = kind === 'embedding';
  return {
    version: Object.keys(versions).at(-1) ?? unknown.version,
    capabilities: kind === 'chat' ? operations.map(capabilityOf) : (byKind[kind] ?? []),
    contextTokens: isEmbedding ? embeddingTokens : (context?.window ?? unknown.contextTokens),
    outputTokens: isEmbedding ? 0 : (context?.output ?? unknown.outputTokens),
    isReasoning: reasoning !== undefined,
  };
}

function capabilityOf(operation: 'chat-completions' | 'responses'): Capability {
  return operation === 'responses' ? 'responses' : 'chatCompletion';
}
