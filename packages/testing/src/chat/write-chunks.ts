import type { FilterResults } from '../filters/filter-results.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { done, frame } from '../service/wire-response.ts';
import { silence } from './audio-output.ts';
import type { Choice } from './choice.ts';
import { annotations, insertAnnotations } from './annotation-chunks.ts';
import { logprobsOf } from './logprobs.ts';
import { openingFrames, type WriteDelta } from './opening-chunks.ts';
import { modelWords } from './model-words.ts';
import { finishReason, objectOf, writePromptFilter, type Completion } from './write-completion.ts';
import { latencyCheckpoint, routing, serviceTier, writeUsage } from './write-usage.ts';

/** How a stream is written. */
export interface ChunkOptions {
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
  /** The asynchronous filter annotates after the fact (wire.md 6.3). */
  readonly isAsynchronous: boolean;
}

/** The frames of a streamed chat completion (wire.md 6.2 and 6.3). */
export function writeChunks(
  request: DeploymentRequest,
  completion: Completion,
  options: ChunkOptions,
): readonly string[] {
  const pen = chunkPen(request, completion, options);
  const opening: string[] = [];
  // Answers from the caller's own data begin with their context (azure-sdk-for-python, test_streamed_chat_completions_byod).
  if (filterFailure(completion) === undefined && completion.context === undefined) {
    const prompt_filter_results = writePromptFilter(completion.promptFilter);
    opening.push(frame({ choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results }));
  }
  const frames = interleave(
    completion.choices.map((choice) => choiceFrames(request, completion, { choice, pen, options })),
    opening,
  );
  // A filtered stream ends at once, whatever was asked for.
  const isCut = completion.choices.some((choice) => choice.finishReason === 'content_filter');
  if (options.includeUsage && !isCut) frames.push(usageFrame(request, completion, pen));
  frames.push(done);
  return frames;
}

/** Writes the chunks of one completion: what they all share is turned into text once. */
interface ChunkPen {
  /** A chunk with one delta. `delta` and `filter` are JSON. */
  delta(
    index: number,
    delta: string,
    more?: { readonly filter?: string; readonly finish?: string; readonly logprobs?: string },
  ): string;
  /** The chunks of a text, which differ in their piece of it only. `filter` is JSON. */
  text(choice: Choice, filter: string | undefined): string[];
  obfuscation(): string | undefined;
  readonly isOld: boolean;
}

function chunkPen(request: DeploymentRequest, completion: Completion, options: ChunkOptions): ChunkPen {
  const isOld = request.era === '2024';
  const hides = options.includeObfuscation && !isOld;
  const padding = hides ? request.random.id('', 64) : '';
  const obfuscation = (): string | undefined => {
    if (!hides) return undefined;
    const start = Math.floor(request.random.next() * 48);
    return padding.slice(start, start + Math.floor(request.random.next() * 16));
  };
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
      const results = resultsOf(filter);
      const opening = `data: {"choices":[{${results}"delta":{"content":`;
      const middle = `},"finish_reason":null,"index":${choice.index},"logprobs":null}${before}`;
      return hides
        ? textFrames(
            choice,
            { opening, middle: `${middle},"obfuscation":"`, closing: `"${after}` },
            obfuscation,
          )
        : textFrames(choice, { opening, middle, closing: after }, () => '');
    },
    delta(index, delta, { filter, finish = 'null', logprobs = 'null' } = {}) {
      const results = resultsOf(filter);
      const hidden = hides ? `,"obfuscation":"${obfuscation() ?? ''}"` : '';
      return `data: {"choices":[{${results}"delta":${delta},"finish_reason":${finish},"index":${index},"logprobs":${logprobs}}${before}${hidden}${after}`;
    },
  };
}

/**
 * JSON of why the filters did not run. The stream then lacks the verdict on the prompt, and each chunk says so under a
 * name of its own, `content_filter_result` (recorded on gpt-4.1-mini, 2024-10-21, September 2026).
 */
function filterFailure({ promptFilter, choices }: Completion): string | undefined {
  const error = promptFilter.error ?? choices.find(({ filter }) => filter.error !== undefined)?.filter.error;
  return error === undefined ? undefined : JSON.stringify(error);
}

/** What the chunks of one text have before its piece, between that and the obfuscation, and after both. */
interface Surroundings {
  readonly opening: string;
  readonly middle: string;
  readonly closing: string;
}

/** Nothing in it that JSON would escape. */
const plain = /^[ !#-[\]-~]*$/;

function textFrames(
  choice: Choice,
  surroundings: Surroundings,
  obfuscation: () => string | undefined,
): string[] {
  // Few long constants: every concatenation has to be undone when the stream is written.
  const isPlain = plain.test(choice.content ?? '');
  const opening = inOnePiece(isPlain ? `${surroundings.opening}"` : surroundings.opening);
  const middle = inOnePiece(isPlain ? `"${surroundings.middle}` : surroundings.middle);
  const closing = inOnePiece(surroundings.closing);
  const frames: string[] = [];
  for (const piece of choice.pieces()) {
    frames.push(
      `${opening}${isPlain ? piece : JSON.stringify(piece)}${middle}${obfuscation() ?? ''}${closing}`,
    );
  }
  return frames;
}

/** The same text without the tree of parts that V8 makes of a concatenation, which it would climb for every chunk. */
function inOnePiece(text: string): string {
  return Buffer.from(text).toString();
}

interface ChoiceContext {
  readonly choice: Choice;
  readonly pen: ChunkPen;
  readonly options: ChunkOptions;
}

/** A list and not a generator: handing 256 chunks through generators costs more than writing them. */
function choiceFrames(
  request: DeploymentRequest,
  completion: Completion,
  { choice, pen, options }: ChoiceContext,
): string[] {
  const { isAsynchronous } = options;
  const none = isAsynchronous ? undefined : '{}';
  const write = (delta: unknown, filter = none): string =>
    pen.delta(choice.index, JSON.stringify(delta), { ...(filter !== undefined && { filter }) });

  const frames = [...openingFrames(completion, choice, write)];
  const from = frames.length;
  if (completion.isSpoken) frames.push(...audioFrames(request, choice, write));
  else pushContent(frames, completion, { choice, pen, filter: filterOf(request, choice, options) });
  if (isAsynchronous && !completion.isSpoken) insertAnnotations(frames, completion, { choice, from });
  if (choice.refusal !== null) frames.push(write({ refusal: choice.refusal }));
  const finish = JSON.stringify(finishReason(completion, choice));
  const isCut = choice.finishReason === 'content_filter';
  if (!isAsynchronous) {
    const filter = isCut ? JSON.stringify(choice.filter) : '{}';
    frames.push(pen.delta(choice.index, '{}', { finish, filter }));
    return frames;
  }
  if (!isCut) frames.push(pen.delta(choice.index, '{}', { finish }));
  frames.push(...annotations(completion, choice, isCut));
  return frames;
}

function* audioFrames(request: DeploymentRequest, choice: Choice, write: WriteDelta): Iterable<string> {
  const id = request.random.id('audio_', 24);
  for (const piece of choice.pieces()) yield write({ audio: { id, transcript: piece } });
  yield write({ audio: { data: silence(choice.tokens), id } });
  yield write({ audio: { expires_at: Math.floor(request.dateMs / 1000) + 3600, id } });
}

interface ContentContext {
  readonly choice: Choice;
  readonly pen: ChunkPen;
  /** JSON of the verdict on each chunk. */
  readonly filter: string | undefined;
}

function pushContent(frames: string[], { topLogprobs }: Completion, context: ContentContext): void {
  const { choice, pen, filter } = context;
  if (topLogprobs === undefined) {
    for (const frame of pen.text(choice, filter)) frames.push(frame);
    return;
  }
  const more = filter === undefined ? {} : { filter };
  for (const piece of choice.pieces()) {
    const delta = `{"content":${JSON.stringify(piece)}}`;
    const content = logprobsOf([piece], topLogprobs);
    frames.push(
      pen.delta(choice.index, delta, { ...more, logprobs: JSON.stringify({ content, refusal: null }) }),
    );
  }
}

function filterOf(request: DeploymentRequest, choice: Choice, options: ChunkOptions): string | undefined {
  return options.isAsynchronous ? undefined : chunkFilter(request, choice.filter);
}

/** What each chunk's verdict is about: new models one detector, gpt-4.1 nothing, older ones the four categories. */
function chunkFilter({ deployment, era }: DeploymentRequest, filter: FilterResults): string {
  if (era !== '2024' && /^gpt-[56]|^o\d/.test(deployment.model)) {
    return '{"protected_material_text":{"detected":false,"filtered":false}}';
  }
  if (era !== '2024' && deployment.model.startsWith('gpt-4.1')) return '{}';
  const graded = { filtered: false, severity: 'safe' };
  const { hate = graded, self_harm = graded, sexual = graded, violence = graded } = filter;
  const shown = [hate, self_harm, sexual, violence].map((verdict) => (verdict.filtered ? graded : verdict));
  const [first, second, third, fourth] = shown;
  return JSON.stringify({ hate: first, self_harm: second, sexual: third, violence: fourth });
}

function usageFrame(request: DeploymentRequest, completion: Completion, pen: ChunkPen): string {
  const isNew = request.era === '2026';
  const { created, id, usage } = completion;
  const { model, fingerprint } = modelWords(request.deployment);
  const padding = pen.obfuscation();
  const obfuscation = padding === undefined ? '' : `"obfuscation":"${padding}",`;
  const latency = isNew ? `"latency_checkpoint":${latencyCheckpoint(request, usage)},` : '';
  const route = isNew ? `"routing":${routing(request)},` : '';
  const tier = pen.isOld ? '' : `"service_tier":"${serviceTier(request)}",`;
  return `data: {"choices":[],"created":${created},"id":"${id}",${latency}"model":${model},${obfuscation}"object":"${objectOf(completion)}.chunk",${route}${tier}"system_fingerprint":${fingerprint},"usage":${writeUsage(request, usage, undefined)}}\n\n`;
}

/** Takes from each in turn until all are done: the choices of `n` arrive mixed. */
function interleave(sources: readonly (readonly string[])[], frames: string[]): string[] {
  const longest = Math.max(...sources.map(({ length }) => length));
  for (let step = 0; step < longest; step += 1) {
    for (const source of sources) {
      const next = source[step];
      if (next !== undefined) frames.push(next);
    }
  }
  return frames;
}
