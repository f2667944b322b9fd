/** A place where the mock follows the wire against the spec. */
export interface Deviation {
  /** JSON pointer into the answer, with `*` for positions. */
  readonly at: RegExp;
  readonly problem: RegExp;
  /** The source of the recording. */
  readonly source: string;
}

/** All of them, for every surface. A deviation that no answer needs any more fails the test. */
export const deviations: readonly Deviation[] = [
  {
    at: /^\/error\/type$/,
    problem: /allowedValues":\["error"\]/,
    source:
      'microsoft/vscode#296658: v1 says `invalid_request_error`, its spec knows `error` only (docs/wire/urls.md#1.2)',
  },
  {
    at: /^\/error\/type$/,
    problem: /must be string/,
    source: 'compl-ai#20, TinyTroupe#85: a blocked prompt has `"type":null`',
  },
  {
    at: /^\/error\/(?:param|code)$/,
    problem: /must be string/,
    source: 'openai/openai-python#1724: `"param":null,"code":null`',
  },
  {
    at: /^\/system_fingerprint$/,
    problem: /must be string/,
    source:
      'recorded: gpt-5.4-2026-03-05 on 2025-04-01-preview, October 2026, has `null` (docs/wire/streams.md#6.1)',
  },
  {
    at: /^\/choices\/\*\/content_filter_results\/custom_blocklists$/,
    problem: /must be object/,
    source:
      'recorded: an array of `{filtered,id}`, where the specs have an object (docs/wire/streams.md#6.3)',
  },
  {
    at: /^\/object$/,
    problem: /chat\.completion\.chunk/,
    source:
      'recorded: the chunk with the verdict on the prompt has an empty `object` (docs/wire/streams.md#6.2)',
  },
  {
    at: /^\/choices\/\*$/,
    problem: /missingProperty":"delta"/,
    source: 'recorded: annotations of the asynchronous filter have no `delta` (docs/wire/streams.md#6.3)',
  },
  {
    at: /^(?:\/response)?\/user$/,
    problem: /must be string/,
    source: 'recorded: @ai-sdk/azure fixtures of the Responses API, February 2026, have `"user":null`',
  },
  {
    at: /^\/response\/usage$/,
    problem: /must be object/,
    source: 'recorded: @ai-sdk/azure fixtures; `usage` is null until the response has finished',
  },
  {
    at: /^(?:\/item|(?:\/response)?\/output\/\*)$/,
    problem: /missingProperty":"content"/,
    source: 'recorded: @ai-sdk/azure fixtures; a reasoning item has a summary and no content',
  },
];
