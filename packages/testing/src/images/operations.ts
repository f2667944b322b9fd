import { shown } from '../answer/records.ts';
import { countTokens } from '../answer/tokens.ts';
import { blockedPromptInside } from '../filters/blocked-prompt.ts';
import { isFiltered, type FilterResults } from '../filters/filter-results.ts';
import { judgePrompt } from '../filters/judge.ts';
import { readForm } from '../files/multipart.ts';
import type { DeploymentRequest, Operation, OperationRequest } from '../service/operation.ts';
import { checkParameters, missing, refuse, type Rules } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';
import { frame, json, stream, type WireResponse } from '../service/wire-response.ts';
import { draw } from './draw.ts';
import { linkTo, pictureLink } from './picture-link.ts';

/** Pictures from a prompt, and from pictures and a prompt. */
export const imageOperations: readonly Operation[] = [
  {
    name: 'ImageGenerations_Create',
    method: 'POST',
    v1: '/images/generations',
    dated: '/deployments/{deployment}/images/generations',
    since: '2024-02-01',
    target: 'deployment',
    capability: 'imageGenerations',
    estimate: () => ({ tokens: 0 }),
    handle: generate,
  },
  {
    name: 'ImageEdits_Create',
    method: 'POST',
    v1: '/images/edits',
    dated: '/deployments/{deployment}/images/edits',
    since: '2025-04-01-preview',
    reads: 'raw',
    target: 'deployment',
    capability: 'imageGenerations',
    deploymentOf: (request) => request.params['deployment'] ?? readForm(request).text('model'),
    estimate: () => ({ tokens: 0 }),
    handle: edit,
  },
  pictureLink,
];

const rules: Rules = new Map([
  ['model', { type: 'string' }],
  ['prompt', { type: 'string', maxLength: 32_000 }],
  ['background', { type: 'string', oneOf: ['transparent', 'opaque', 'auto'] }],
  ['moderation', { type: 'string', oneOf: ['low', 'auto'] }],
  ['n', { type: 'integer', min: 1, max: 10 }],
  ['output_compression', { type: 'integer', min: 0, max: 100 }],
  ['output_format', { type: 'string', oneOf: ['png', 'jpeg', 'webp'] }],
  ['partial_images', { type: 'integer', min: 0, max: 3 }],
  ['quality', { type: 'string', oneOf: ['low', 'medium', 'high', 'auto', 'standard', 'hd'] }],
  ['response_format', { type: 'string', oneOf: ['url', 'b64_json'] }],
  ['size', { type: 'string' }],
  ['stream', { type: 'boolean' }],
  ['style', { type: 'string', oneOf: ['vivid', 'natural'] }],
  ['user', { type: 'string' }],
] as const);

function generate(request: DeploymentRequest): WireResponse {
  checkParameters(request, rules);
  return answer(request, request.body, 0);
}

function edit(request: DeploymentRequest): WireResponse {
  const form = readForm(request);
  const images = [...form.files('image'), ...form.files('image[]')];
  if (images.length === 0) throw missing('image');
  const number = (name: string): number | undefined => {
    const text = form.text(name);
    return text === undefined ? undefined : Number(text);
  };
  const body = Object.fromEntries(
    Object.entries({
      prompt: form.text('prompt'),
      n: number('n'),
      partial_images: number('partial_images'),
      stream: form.text('stream') === undefined ? undefined : form.text('stream') === 'true',
      ...Object.fromEntries(
        ['background', 'quality', 'response_format', 'size', 'user', 'output_format'].map((name) => [
          name,
          form.text(name),
        ]),
      ),
    }).filter(([, value]) => value !== undefined),
  );
  checkParameters({ ...request, body }, rules);
  return answer(request, body, images.length);
}

type Body = OperationRequest['body'];

function answer(request: DeploymentRequest, body: Body, images: number): WireResponse {
  const prompt = body['prompt'];
  if (typeof prompt !== 'string' || prompt === '') throw missing('prompt');
  const verdict = judgePrompt(request.filterPolicy, prompt, request.scripted?.promptFilter);
  if (isFiltered(verdict)) throw new Refusal(blockedPromptInside(verdict));
  const size = sizeOf(body['size']);
  const count = typeof body['n'] === 'number' ? body['n'] : 1;
  // The same prompt gives the same picture, and each of several pictures is another one.
  const pictures = Array.from({ length: count }, (_, index) =>
    draw(`${prompt}/${index}`, size.width, size.height),
  );
  if (request.deployment.model.startsWith('dall-e'))
    return linked(request, { pictures, prompt, body, verdict });
  const head = {
    created: Math.floor(request.dateMs / 1000),
    background: body['background'] === 'transparent' ? 'transparent' : 'opaque',
    output_format: 'png',
    quality: typeof body['quality'] === 'string' && body['quality'] !== 'auto' ? body['quality'] : 'high',
    size: `${size.width}x${size.height}`,
  };
  const usage = usageOf(prompt, { images, pictures: count });
  const usedTokens = { tokens: usage.total_tokens };
  const data = pictures.map((picture) => ({ b64_json: picture.toString('base64') }));
  if (body['stream'] === true)
    return stream(
      events({ ...head, kind: images > 0 ? 'image_edit' : 'image_generation' }, data, { usage, body }),
      { usedTokens },
    );
  return json({ ...head, data, usage }, { usedTokens });
}

function sizeOf(size: unknown): { readonly width: number; readonly height: number } {
  if (size === undefined || size === null || size === 'auto') return { width: 1024, height: 1024 };
  const match = /^(\d{2,4})x(\d{2,4})$/.exec(shown(size));
  if (match !== null) return { width: Number(match[1]), height: Number(match[2]) };
  const message = `Invalid value: '${shown(size).slice(0, 100)}'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.`;
  throw refuse(message, 'size', 'invalid_value');
}

function usageOf(prompt: string, { images, pictures }: { images: number; pictures: number }) {
  const text = countTokens(prompt);
  // A picture that comes in counts for a low-detail image, one that goes out for a medium 1024x1024.
  const input = text + images * 323;
  const output = pictures * 1056;
  return {
    input_tokens: input,
    input_tokens_details: { image_tokens: images * 323, text_tokens: text },
    output_tokens: output,
    total_tokens: input + output,
  };
}

interface Drawn {
  readonly pictures: readonly Buffer[];
  readonly prompt: string;
  readonly body: Body;
  readonly verdict: FilterResults;
}

/** DALL·E answers with links unless told otherwise, with the filters' verdicts, and without usage (dated spec). */
function linked(request: DeploymentRequest, { pictures, prompt, body, verdict }: Drawn): WireResponse {
  const data = pictures.map((picture) => ({
    ...(body['response_format'] === 'b64_json'
      ? { b64_json: picture.toString('base64') }
      : { url: linkTo(picture, request) }),
    revised_prompt: prompt,
    prompt_filter_results: verdict,
    content_filter_results: harmlessPicture,
  }));
  return json({ created: Math.floor(request.dateMs / 1000), data });
}

const safe = { filtered: false, severity: 'safe' };
const harmlessPicture = { hate: safe, self_harm: safe, sexual: safe, violence: safe };

function* events(
  { kind, created, ...head }: { readonly kind: string; readonly created: number; readonly size: string },
  pictures: readonly { readonly b64_json: string }[],
  { usage, body }: { usage: object; body: Body },
): Iterable<string> {
  const shared = { created_at: created, ...head };
  const partial = typeof body['partial_images'] === 'number' ? body['partial_images'] : 0;
  for (const picture of pictures) {
    for (let index = 0; index < partial; index++) {
      yield frame({
        type: `${kind}.partial_image`,
        ...picture,
        ...shared,
        partial_image_index: index,
      });
    }
    yield frame({ type: `${kind}.completed`, ...picture, ...shared, usage });
  }
}
