import type { ClientOptions as SdkOptions, OpenAI } from 'openai';
import type { BatchRunner } from '../batch/batch.ts';
import type { CallOptions } from './client-options.ts';
import type { Listener } from '../events/events.ts';
import type {
  NamedAudio,
  NamedChat,
  NamedCompletions,
  NamedEmbeddings,
  NamedImages,
  NamedResponses,
} from '../sdk/named-resources.ts';
import type { SocketEndpoint } from './socket-endpoint.ts';
import type { ClientStatus } from './status.ts';

type NamedMembers = 'audio' | 'chat' | 'completions' | 'embeddings' | 'images' | 'responses' | 'withOptions';

/** The `openai` SDK, in which every `model` is a name of the config. */
export interface Client<Name extends string = string> extends Omit<OpenAI, NamedMembers> {
  readonly audio: NamedAudio<Name>;
  readonly chat: NamedChat<Name>;
  readonly completions: NamedCompletions<Name>;
  readonly embeddings: NamedEmbeddings<Name>;
  readonly images: NamedImages<Name>;
  readonly responses: NamedResponses<Name>;
  /** The same client as a plain `OpenAI`, for libraries that take one. */
  readonly sdk: OpenAI;
  /**
   * A standard `fetch` for any other client: AI SDK, LangChain, Agents SDK. The path and the `model` of a request say
   * what is called; its host and its credentials are replaced by those of the config. Paths outside Azure OpenAI are
   * refused with a `TypeError`.
   */
  readonly fetch: typeof globalThis.fetch;
  /** Bulk work on the batches of Azure. */
  readonly batch: BatchRunner<Name>;
  /** What is known about each target now. */
  status(): ClientStatus;
  /** Calls `listener` with every event from now on. Returns a function that ends this. */
  observe(listener: Listener): () => void;
  /** Where to open a realtime session, and the headers that sign it, for any WebSocket client. */
  realtimeEndpoint(name: Name): Promise<SocketEndpoint>;
  /** The same for the Responses API over a WebSocket, for other clients than this one: see `responsesSocket`. */
  responsesEndpoint(name: Name): Promise<SocketEndpoint>;
  /** The same client with other settings for the calls made through it. Quota, circuits and connections are shared. */
  with(options: CallOptions): Client<Name>;
  /** The same client with other options of the SDK, such as `timeout` and `maxRetries`. */
  withOptions(options: Partial<SdkOptions>): Client<Name>;
  /**
   * Refuses further calls with `ClientClosedError`, waits for those under way and frees the connections. Batch runs end
   * too, and can be taken up again by another client. What `with` and `withOptions` made of this client is closed with
   * it. Closing twice is closing once.
   */
  close(options?: CloseOptions): Promise<void>;
  /** `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** How a client is closed. */
export interface CloseOptions {
  /**
   * How long calls and streams under way may take to finish; then they fail with `ClientClosedError`. `0` ends them at once.
   * @default as long as they take
   */
  readonly graceMs?: number;
}
