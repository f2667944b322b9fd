import type { DeploymentRequest } from '../service/operation.ts';
import type { Part } from './bulk-frames.ts';
import type { Choice } from './choice.ts';
import { modelWords } from './model-words.ts';
import { createPadding, paddingText } from './padding.ts';
import { textRun } from './text-run.ts';
import { objectOf, type Completion } from './write-completion.ts';
import { serviceTier } from './write-usage.ts';

/** How a stream is written. */
export interface ChunkOptions {
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
  /** The asynchronous filter annotates afterwards (docs/wire/streams.md#6.3). */
  readonly isAsynchronous: boolean;
}

/** Writes the chunks of one completion: their common parts are serialised once. */
export interface ChunkPen {
  /** A chunk with one delta. `delta` and `filter` are JSON. */
  delta(
    index: number,
    delta: string,
    more?: { readonly filter?: string; readonly finish?: string; readonly logprobs?: string },
  ): string;
  /** The chunks of a text, which differ only in their piece. `filter` is JSON. */
  text(choice: Choice, filter: string | undefined): readonly Part[];
  obfuscation(): string | undefined;
  readonly isOld: boolean;
}

export function chunkPen(
  request: DeploymentRequest,
  completion: Completion,
  options: ChunkOptions,
): ChunkPen {
  const isOld = request.era === '2024';
  const padding = options.includeObfuscation && !isOld ? createPadding(request.random) : undefined;
  const obfuscation = (): string | undefined => padding && paddingText(padding, padding.draw());
  const { model, fingerprint } = modelWords(request.deployment);
  const before = `],"created":${completion.created},"id":"${completion.id}","model":${model}`;
  const tier = isOld ? '' : `,"service_tier":"${serviceTier(request)}"`;
  const after = `,"object":"${objectOf(completion)}.chunk"${tier},"system_fingerprint":${fingerprint}${options.includeUsage ? ',"usage":null' : ''}}\n\n`;
  const failed = filterFailure(completion);
  const resultsOf = (filter: string | undefined): string => {
    if (failed !== undefined)
      return `"content_filter_result":{"error":${failed}},"content_filter_results":{},`;
    return filter === undefined ? '' : `"content_filter_results":${filter},`;
  };
  return {
    isOld,
    obfuscation,
    text(choice, filter) {
      const opening = `data: {"choices":[{${resultsOf(filter)}"delta":{"content":`;
      const middle = `},"finish_reason":null,"index":${choice.index},"logprobs":null}${before}`;
      const surroundings =
        padding === undefined
          ? { opening, middle, closing: after }
          : { opening, middle: `${middle},"obfuscation":"`, closing: `"${after}` };
      const text = { text: choice.content ?? '', pieces: choice.pieces() };
      return textRun(text, surroundings, padding);
    },
    delta(index, delta, { filter, finish = 'null', logprobs = 'null' } = {}) {
      const results = resultsOf(filter);
      const pad = obfuscation();
      const hidden = pad === undefined ? '' : `,"obfuscation":"${pad}"`;
      return `data: {"choices":[{${results}"delta":${delta},"finish_reason":${finish},"index":${index},"logprobs":${logprobs}}${before}${hidden}${after}`;
    },
  };
}

/**
 * JSON of why the filters did not run. The stream then lacks the verdict on the prompt, and each chunk says so in
 * another field, `content_filter_result` (recorded on gpt-4.1-mini, 2024-10-21, September 2026).
 */
export function filterFailure({ promptFilter, choices }: Completion): string | undefined {
  const [error] = [promptFilter, ...choices.map(({ filter }) => filter)].flatMap(
    (filter) => filter.error ?? [],
  );
  return error === undefined ? undefined : JSON.stringify(error);
}
