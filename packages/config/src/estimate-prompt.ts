import { media } from './catalog/media.ts';
import { isFields, type Fields } from './fields.ts';

/**
 * Characters of text that make a token, in the service's own estimate (docs/wire/limits.md#7.1: “based on character
 * count”).
 */
const charactersPerToken = 4;

/** Media in a prompt: the characters that carry them, and the tokens that they count for. */
interface Media {
  characters: number;
  tokens: number;
}

/**
 * Tokens to expect of the prompt in a request body of `length` characters, for chat completions, Responses and embeddings.
 * Text counts by its length. Pictures, sound and files count the same however they are passed: as a data URL, as
 * base64, by URL or by id. Token arrays are counted.
 */
export function estimatePrompt(body: Fields, length: number): number {
  const { messages, input } = body;
  const found: Media = { characters: 0, tokens: 0 };
  if (Array.isArray(messages)) for (const message of messages) lookAtItem(message, found);
  if (Array.isArray(input)) {
    const counted = tokenArray(input);
    if (counted !== undefined) return counted;
    for (const item of input) lookAtItem(item, found);
  }
  return Math.ceil(Math.max(0, length - found.characters) / charactersPerToken) + found.tokens;
}

/** `[1, 2]`, or several of them: the count of the numbers. */
function tokenArray(input: readonly unknown[]): number | undefined {
  const [first] = input;
  if (typeof first === 'number') return input.length;
  if (!Array.isArray(first) || typeof first[0] !== 'number') return undefined;
  return input.reduce<number>((sum, each) => sum + (Array.isArray(each) ? each.length : 0), 0);
}

/** A message, an item of Responses, or the result of a tool: its parts may be media. */
function lookAtItem(item: unknown, found: Media): void {
  if (!isFields(item)) return;
  const { content, output, outputs } = item;
  if (Array.isArray(content)) for (const part of content) lookAtPart(part, found);
  for (const given of [output, outputs]) {
    if (Array.isArray(given)) for (const part of given) lookAtPart(part, found);
    else lookAtPart(given, found);
  }
  lookAtPart(item, found);
}

const imageTypes: ReadonlySet<unknown> = new Set([
  'image',
  'image_url',
  'input_image',
  'computer_screenshot',
  'image_generation_call',
]);

function lookAtPart(part: unknown, found: Media): void {
  if (!isFields(part)) return;
  const { type, input_audio: audio, data, format } = part;
  if (type === 'file' || type === 'input_file') addFile(isFields(part['file']) ? part['file'] : part, found);
  else if (imageTypes.has(type)) addImage(part, found);
  else if (isFields(audio)) addAudio(audio, found);
  else if (typeof data === 'string' && (typeof format === 'string' || type === 'audio'))
    addAudio(part, found);
}

/** `image_url` is an object in chat and a text in Responses; tools of MCP give `data`, an earlier picture is a `result`. */
function addImage(part: Fields, found: Media): void {
  const { image_url: url, data, result } = part;
  const source = isFields(url) ? url['url'] : (url ?? data ?? result);
  const detail = isFields(url) ? url['detail'] : part['detail'];
  // A picture that is not made yet has none.
  if (source === undefined && part['file_id'] === undefined) return;
  if (typeof source === 'string') found.characters += source.length;
  const { tokensPerImage, tokensPerDetailedImage } = media.entries;
  found.tokens += detail === 'high' || detail === 'original' ? tokensPerDetailedImage : tokensPerImage;
}

function addAudio({ data, format }: Fields, found: Media): void {
  if (typeof data !== 'string') return;
  found.characters += data.length;
  const { bytesPerSecondOfWave, bytesPerSecondOfAudio, tokensPerSecondOfAudio, mostTokensPerAudio } =
    media.entries;
  const isWave = format === 'wav' || format === 'pcm16';
  const seconds = bytesOf(data) / (isWave ? bytesPerSecondOfWave : bytesPerSecondOfAudio);
  found.tokens += Math.min(mostTokensPerAudio, Math.ceil(seconds * tokensPerSecondOfAudio));
}

/** A file by its id or its URL counts as one page: its length is not known here. */
function addFile({ file_data: data }: Fields, found: Media): void {
  const { bytesPerPage, mostPagesPerFile, tokensPerPage } = media.entries;
  const bytes = typeof data === 'string' ? bytesOf(data) : 0;
  if (typeof data === 'string') found.characters += data.length;
  found.tokens += Math.min(mostPagesPerFile, Math.max(1, Math.ceil(bytes / bytesPerPage))) * tokensPerPage;
}

/** Bytes that a base64 text carries. */
function bytesOf(base64: string): number {
  return (base64.length * 3) / 4;
}
