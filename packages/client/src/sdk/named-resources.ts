import type { APIPromise, OpenAI } from 'openai';
import type { RunnerOptions } from 'openai/lib/AbstractChatCompletionRunner';
import type {
  ChatCompletionRunner,
  ChatCompletionToolRunnerParamsWithoutContext,
} from 'openai/lib/ChatCompletionRunner';
import type { ChatCompletionStream, ChatCompletionStreamParams } from 'openai/lib/ChatCompletionStream';
import type {
  ChatCompletionStreamingRunner,
  ChatCompletionStreamingToolRunnerParamsWithoutContext,
} from 'openai/lib/ChatCompletionStreamingRunner';
import type { AutoParseableTextFormat, ExtractParsedContentFromParams } from 'openai/lib/parser';
import type {
  ExtractParsedContentFromParams as ExtractParsedResponse,
  ResponseCreateParamsWithTools,
} from 'openai/lib/ResponsesParser';
import type { ResponseStream, ResponseStreamParams } from 'openai/lib/responses/ResponseStream';
import type { ParsedChatCompletion } from 'openai/resources/chat/completions';
import type { Stream } from 'openai/streaming';

// The resources of the SDK whose methods take a `model`, each with the names of a config in its place. The
// parameters are the SDK's own types, so that its documentation shows in editors.

interface Named<Name extends string> {
  /** A deployment or a pool of the config. */
  readonly model: Name;
}

interface NamedChatCompletions<Name extends string> extends Omit<
  OpenAI.Chat.Completions,
  'create' | 'parse' | 'stream' | 'runTools'
> {
  create(
    body: OpenAI.ChatCompletionCreateParamsNonStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.ChatCompletion>;
  create(
    body: OpenAI.ChatCompletionCreateParamsStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<Stream<OpenAI.ChatCompletionChunk>>;
  create(
    body: OpenAI.ChatCompletionCreateParams & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<Stream<OpenAI.ChatCompletionChunk> | OpenAI.ChatCompletion>;
  parse<
    Params extends OpenAI.ChatCompletionCreateParamsNonStreaming & Named<Name>,
    Parsed = ExtractParsedContentFromParams<Params>,
  >(
    body: Params,
    options?: OpenAI.RequestOptions,
  ): APIPromise<ParsedChatCompletion<Parsed>>;
  stream<
    Params extends ChatCompletionStreamParams & Named<Name>,
    Parsed = ExtractParsedContentFromParams<Params>,
  >(
    body: Params,
    options?: OpenAI.RequestOptions,
  ): ChatCompletionStream<Parsed>;
  runTools<
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the SDK's own constraint
    Params extends ChatCompletionToolRunnerParamsWithoutContext<any> & Named<Name>,
    Parsed = ExtractParsedContentFromParams<Params>,
  >(
    body: Params,
    options?: RunnerOptions,
  ): ChatCompletionRunner<Parsed>;
  runTools<
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the SDK's own constraint
    Params extends ChatCompletionStreamingToolRunnerParamsWithoutContext<any> & Named<Name>,
    Parsed = ExtractParsedContentFromParams<Params>,
  >(
    body: Params,
    options?: RunnerOptions,
  ): ChatCompletionStreamingRunner<Parsed>;
}

export interface NamedChat<Name extends string> extends Omit<OpenAI.Chat, 'completions'> {
  readonly completions: NamedChatCompletions<Name>;
}

// Written out here: the older versions of the range have no names for these two.

/** Options of `responses.parse`: in later versions with `parseAs`. */
type ResponseParseOptions = NonNullable<Parameters<OpenAI['responses']['parse']>[1]>;

/** What `parseAs` makes of the answer. */
type ParsedWithOptions<Options, Parsed> = Options extends unknown
  ? 'parseAs' extends keyof Options
    ? ParsedAs<Options['parseAs'], Parsed>
    : Parsed
  : never;

type ParsedAs<Format, Parsed> = Format extends undefined
  ? Parsed
  : Format extends AutoParseableTextFormat<infer Own>
    ? Own
    : Format extends OpenAI.Responses.ResponseFormatTextJSONSchemaConfig
      ? unknown
      : null;

export interface NamedResponses<Name extends string> extends Omit<
  OpenAI.Responses,
  'create' | 'parse' | 'stream'
> {
  create(
    body: OpenAI.Responses.ResponseCreateParamsNonStreaming & Partial<Named<Name>>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.Responses.Response>;
  create(
    body: OpenAI.Responses.ResponseCreateParamsStreaming & Partial<Named<Name>>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<Stream<OpenAI.Responses.ResponseStreamEvent>>;
  create(
    body: OpenAI.Responses.ResponseCreateParams & Partial<Named<Name>>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<Stream<OpenAI.Responses.ResponseStreamEvent> | OpenAI.Responses.Response>;
  parse<
    Params extends ResponseCreateParamsWithTools & Named<Name>,
    Parsed = ExtractParsedResponse<Params>,
    Options extends ResponseParseOptions = OpenAI.RequestOptions,
  >(
    body: Params,
    options?: Options,
  ): APIPromise<OpenAI.Responses.Response & { output_parsed: ParsedWithOptions<Options, Parsed> | null }>;
  stream<
    Params extends ResponseStreamParams & Partial<Named<Name>>,
    Parsed = ExtractParsedResponse<Params>,
    Options extends ResponseParseOptions = OpenAI.RequestOptions,
  >(
    body: Params,
    options?: Options,
  ): ResponseStream<ParsedWithOptions<Options, Parsed>>;
}

export interface NamedEmbeddings<Name extends string> extends Omit<OpenAI.Embeddings, 'create'> {
  create(
    body: OpenAI.EmbeddingCreateParams & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.CreateEmbeddingResponse>;
}

export interface NamedCompletions<Name extends string> extends Omit<OpenAI.Completions, 'create'> {
  create(
    body: OpenAI.CompletionCreateParamsNonStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.Completion>;
  create(
    body: OpenAI.CompletionCreateParamsStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<Stream<OpenAI.Completion>>;
}

export interface NamedImages<Name extends string> extends Omit<
  OpenAI.Images,
  'generate' | 'edit' | 'createVariation'
> {
  generate(
    body: OpenAI.ImageGenerateParamsNonStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.ImagesResponse>;
  generate(
    body: OpenAI.ImageGenerateParamsStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<Stream<OpenAI.ImageGenStreamEvent>>;
  edit(
    body: OpenAI.ImageEditParamsNonStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.ImagesResponse>;
  edit(
    body: OpenAI.ImageEditParamsStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<Stream<OpenAI.ImageEditStreamEvent>>;
}

export interface NamedAudio<Name extends string> extends Omit<
  OpenAI.Audio,
  'transcriptions' | 'translations' | 'speech'
> {
  readonly transcriptions: NamedTranscriptions<Name>;
  readonly translations: NamedTranslations<Name>;
  readonly speech: {
    create(
      body: OpenAI.Audio.SpeechCreateParams & Named<Name>,
      options?: OpenAI.RequestOptions,
    ): APIPromise<Response>;
  };
}

interface NamedTranscriptions<Name extends string> {
  create(
    body: OpenAI.Audio.TranscriptionCreateParamsNonStreaming<'json' | undefined> & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.Audio.Transcription>;
  create(
    body: OpenAI.Audio.TranscriptionCreateParamsNonStreaming<'verbose_json'> & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.Audio.TranscriptionVerbose>;
  create(
    body: OpenAI.Audio.TranscriptionCreateParamsNonStreaming<'srt' | 'vtt' | 'text'> & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<string>;
  create(
    body: OpenAI.Audio.TranscriptionCreateParamsStreaming & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<Stream<OpenAI.Audio.TranscriptionStreamEvent>>;
}

interface NamedTranslations<Name extends string> {
  create(
    body: OpenAI.Audio.TranslationCreateParams<'json' | undefined> & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.Audio.Translation>;
  create(
    body: OpenAI.Audio.TranslationCreateParams<'verbose_json'> & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<OpenAI.Audio.TranslationVerbose>;
  create(
    body: OpenAI.Audio.TranslationCreateParams<'text' | 'srt' | 'vtt'> & Named<Name>,
    options?: OpenAI.RequestOptions,
  ): APIPromise<string>;
}
