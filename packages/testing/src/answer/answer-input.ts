/** The input of an answer: a chat or Responses request in one format. */
export interface AnswerInput {
  /** Name of the model, for questions such as “Who are you?”. */
  readonly model: string;
  readonly messages: readonly AnswerMessage[];
  /** The functions and custom tools on offer. */
  readonly tools?: readonly AnswerTool[];
  /** @default 'auto' when there are tools */
  readonly toolChoice?: ToolChoice;
  /** @default true */
  readonly parallelToolCalls?: boolean;
  /** @default { kind: 'text' } */
  readonly format?: AnswerFormat;
  /** The answer ends before the first of these. */
  readonly stop?: readonly string[];
  /** The answer ends after this number of tokens, with `finish: 'length'`. */
  readonly maxTokens?: number;
}

/** One message, with the text of all its parts joined by line breaks. */
export interface AnswerMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
  /** How many images and recordings the message holds besides its text. */
  readonly media?: number;
  /** Calls that an assistant message made. */
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** The call that a tool message answers. */
  readonly toolCallId?: string;
}

/** A tool that the model may call. A custom tool takes free text and has no parameters. */
export interface AnswerTool {
  readonly name: string;
  readonly description?: string;
  /** JSON schema of the arguments. */
  readonly parameters?: unknown;
  readonly kind?: 'function' | 'custom';
}

/** Whether tools are called: if one fits, never, always, or one of the named ones. */
export type ToolChoice =
  'auto' | 'none' | 'required' | { readonly names: readonly string[]; readonly mode: 'auto' | 'required' };

/** The form that the answer must have. */
export type AnswerFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json' }
  | { readonly kind: 'schema'; readonly schema: unknown; readonly name?: string };

/** A call of a tool: a JSON document for a function, free text for a custom tool. */
export interface AnswerCall {
  readonly name: string;
  readonly arguments: string;
}

/** What the model says. Either `text` or `toolCalls` is empty. */
export interface Answer {
  readonly text: string;
  readonly toolCalls: readonly AnswerCall[];
  readonly finish: 'stop' | 'length' | 'tool_calls';
  /** The answer's own tokens, by `countTokens`: what `usage.completion_tokens` says without reasoning. */
  readonly tokens: number;
}
