import type { FilterResults } from '../filters/filter-results.ts';
import type { DeploymentRequest } from '../service/operation.ts';
import { done, type StreamResponse } from '../service/wire-response.ts';
import { silence } from './audio-output.ts';
import type { Choice } from './choice.ts';
import { annotations, insertAnnotations } from './annotation-chunks.ts';
import { flatten, framesOf, type Part } from './bulk-frames.ts';
import { chunkPen, filterFailure, type ChunkOptions, type ChunkPen } from './chunk-pen.ts';
import { logprobsOf } from './logprobs.ts';
import { openingFrames, type WriteDelta } from './opening-chunks.ts';
import { modelWords } from './model-words.ts';
import { finishReason, objectOf, writePromptFilter, type Completion } from './write-completion.ts';
import { latencyCheckpoint, routing, serviceTier, writeUsage } from './write-usage.ts';

/** The frames of a streamed chat completion (docs/wire/streams.md#6.2 and docs/wire/streams.md#6.3). */
export function writeChunks(
  request: DeploymentRequest,
  completion: Completion,
  options: ChunkOptions,
): StreamResponse['frames'] {
  const pen = chunkPen(request, completion, options);
  const parts: Part[] = [];
  // Answers from the caller's own data begin with their context (azure-sdk-for-python, test_streamed_chat_completions_byod).
  if (filterFailure(completion) === undefined && completion.context === undefined) {
    const results = writePromptFilter(completion.promptFilter);
    parts.push(
      `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":${results}}\n\n`,
    );
  }
  const choices = completion.choices.map((choice) =>
    choiceParts(request, completion, { choice, pen, options }),
  );
  parts.push(...interleave(choices));
  // A filtered stream ends at once, even if usage was asked for.
  const isCut = completion.choices.some((choice) => choice.finishReason === 'content_filter');
  if (options.includeUsage && !isCut) parts.push(usageFrame(request, completion, pen));
  parts.push(done);
  return framesOf(parts);
}

interface ChoiceContext {
  readonly choice: Choice;
  readonly pen: ChunkPen;
  readonly options: ChunkOptions;
}

/** A list and not a generator: handing 256 chunks through generators costs more than writing them. */
function choiceParts(
  request: DeploymentRequest,
  completion: Completion,
  { choice, pen, options }: ChoiceContext,
): Part[] {
  const { isAsynchronous } = options;
  const none = isAsynchronous ? undefined : '{}';
  const write = (delta: unknown, filter = none): string =>
    pen.delta(choice.index, JSON.stringify(delta), { ...(filter !== undefined && { filter }) });

  const frames: Part[] = [...openingFrames(completion, choice, write)];
  if (completion.isSpoken) frames.push(...audioFrames(request, choice, write));
  else frames.push(...contentParts(request, completion, { choice, pen, options }));
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

function contentParts(
  request: DeploymentRequest,
  completion: Completion,
  { choice, pen, options }: ChoiceContext,
): readonly Part[] {
  const filter = options.isAsynchronous ? undefined : chunkFilter(request, choice.filter);
  const parts =
    completion.topLogprobs === undefined
      ? pen.text(choice, filter)
      : choice.pieces().map((piece) => {
          const content = logprobsOf([piece], completion.topLogprobs ?? 0);
          const logprobs = JSON.stringify({ content, refusal: null });
          const delta = `{"content":${JSON.stringify(piece)}}`;
          return pen.delta(choice.index, delta, { ...(filter !== undefined && { filter }), logprobs });
        });
  if (!options.isAsynchronous) return parts;
  const frames = [...flatten(parts)];
  insertAnnotations(frames, completion, choice);
  return frames;
}

/** The filters in the verdict of each chunk: new models one detector, gpt-4.1 nothing, older ones the four categories. */
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

/** Takes from each in turn until all are done: the choices of `n` arrive interleaved. */
function interleave(choices: readonly (readonly Part[])[]): readonly Part[] {
  const [only] = choices;
  if (choices.length === 1 && only !== undefined) return only;
  const sources = choices.map((parts) => [...flatten(parts)]);
  const total = sources.flat().length;
  const frames: string[] = [];
  for (let step = 0; frames.length < total; step += 1) {
    for (const source of sources) frames.push(...source.slice(step, step + 1));
  }
  return frames;
}
