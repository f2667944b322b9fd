import type { OperationRequest } from '../service/operation.ts';
import {
  checkParameters,
  refuse,
  unknownParameter,
  wrongValue,
  type Rule,
  type Rules,
} from '../service/parameter.ts';

type Quality = 'low' | 'medium' | 'high';

/** The requested properties of a picture. */
export interface Wanted {
  readonly width: number;
  readonly height: number;
  readonly quality: Quality;
}

const shared: readonly (readonly [string, Rule])[] = [
  ['model', { type: 'string' }],
  ['n', { type: 'integer', min: 1, max: 10 }],
  ['size', { type: 'string' }],
  ['user', { type: 'string' }],
];

/** Those of gpt-image models, which always answer with base64 and do not support WEBP (how-to/dall-e). */
const gptImageRules: Rules = new Map<string, Rule>([
  ...shared,
  ['prompt', { type: 'string', maxLength: 32_000 }],
  ['background', { type: 'string', oneOf: ['transparent', 'opaque', 'auto'] }],
  ['input_fidelity', { type: 'string', oneOf: ['low', 'high'] }],
  ['moderation', { type: 'string', oneOf: ['low', 'auto'] }],
  ['output_compression', { type: 'integer', min: 0, max: 100 }],
  ['output_format', { type: 'string', oneOf: ['png', 'jpeg'] }],
  ['partial_images', { type: 'integer', min: 0, max: 3 }],
  ['quality', { type: 'string', oneOf: ['low', 'medium', 'high', 'auto'] }],
  ['stream', { type: 'boolean' }],
]);

const dallERules: Rules = new Map<string, Rule>([
  ...shared,
  ['prompt', { type: 'string', maxLength: 4000 }],
  ['quality', { type: 'string', oneOf: ['standard', 'hd'] }],
  ['response_format', { type: 'string', oneOf: ['url', 'b64_json'] }],
  ['style', { type: 'string', oneOf: ['vivid', 'natural'] }],
]);

/** Whether a model is one of the older ones, which return links. */
export function isDallE(model: string): boolean {
  return model.startsWith('dall-e');
}

/** Refuses what the model refuses, and reads the requested properties. */
export function readWanted(request: OperationRequest, model: string): Wanted {
  if (isDallE(model)) checkParameters(request, dallERules);
  else checkParameters(request, gptImageRules, unknownParameter);
  const { quality } = request.body;
  return {
    ...sizeOf(request.body['size'], model),
    // `high` is the default (how-to/dall-e).
    quality: quality === 'low' || quality === 'medium' ? quality : 'high',
  };
}

const sizes: readonly (readonly [model: RegExp, sizes: readonly string[]])[] = [
  [/^dall-e-2/, ['256x256', '512x512', '1024x1024']],
  [/^dall-e/, ['1024x1024', '1024x1792', '1792x1024']],
  [/^gpt-image-1/, ['1024x1024', '1024x1536', '1536x1024', 'auto']],
];

function sizeOf(sent: unknown, model: string): { readonly width: number; readonly height: number } {
  const size = typeof sent === 'string' ? sent : '1024x1024';
  const supported = sizes.find(([family]) => family.test(model))?.[1];
  if (supported?.includes(size) === false) throw wrongValue('size', supported, size);
  if (size === 'auto') return { width: 1024, height: 1024 };
  const [, width = 0, height = 0] = (/^(\d+)x(\d+)$/.exec(size) ?? []).map(Number);
  if (supported === undefined && !isFree(width, height)) {
    // The limits are documented (how-to/dall-e), the text of the error is not known.
    const message = `Invalid value: '${size.slice(0, 100)}'. Width and height must be multiples of 16, at most 3840, with an aspect ratio of up to 3:1 and between 655360 and 8294400 pixels.`;
    throw refuse(message, 'size', 'invalid_value');
  }
  return { width, height };
}

/** Whether gpt-image-2 supports this size. */
function isFree(width: number, height: number): boolean {
  const [short, long] = [Math.min(width, height), Math.max(width, height)];
  const pixels = width * height;
  return (
    width % 16 === 0 &&
    height % 16 === 0 &&
    long <= 3840 &&
    long <= short * 3 &&
    pixels >= 655_360 &&
    pixels <= 8_294_400
  );
}

/** Tokens of a picture of 1024x1024 and of 1536x1024 (platform.openai.com/docs/guides/image-generation). */
const tokensByQuality: Readonly<Record<Quality, readonly [square: number, landscape: number]>> = {
  low: [272, 400],
  medium: [1056, 1568],
  high: [4160, 6208],
};

/** Tokens that a picture costs: 1024x1536 in proportion to its pixels, and so are other sizes, whose price is not known. */
export function tokensOf({ width, height, quality }: Wanted): number {
  const [square, landscape] = tokensByQuality[quality];
  if (width === 1536 && height === 1024) return landscape;
  return Math.ceil((square * width * height) / 1024 ** 2);
}

/** Each partial picture costs as much (the same guide). */
export const partialImageTokens = 100;
