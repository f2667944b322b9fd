import { countTokens } from '../answer/tokens.ts';
import { blockedPromptInside } from '../filters/blocked-prompt.ts';
import { isFiltered, type FilterResults } from '../filters/filter-results.ts';
import { judgePrompt } from '../filters/judge.ts';
import { readForm } from '../files/multipart.ts';
import type { DeploymentRequest, Operation, OperationRequest } from '../service/operation.ts';
import { missing } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';
import { frame, json, stream, type WireResponse } from '../service/wire-response.ts';
import { draw } from './draw.ts';
import { isDallE, partialImageTokens, readWanted, tokensOf } from './image-parameters.ts';
import { checkPictures } from './picture-file.ts';
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

function generate(request: DeploymentRequest): WireResponse {
  return answer(request, 0);
}

const numbers: readonly string[] = ['n', 'output_compression', 'partial_images'];

function edit(request: DeploymentRequest): WireResponse {
  const form = readForm(request);
  const images = [...form.files('image'), ...form.files('image[]')];
  const entries = form.fields.map((name): [string, unknown] => {
    const text = form.text(name);
    if (name === 'stream') return [name, text === 'true'];
    return [name, numbers.includes(name) ? Number(text) : text];
  });
  const asked = { ...request, body: Object.fromEntries(entries) };
  readWanted(asked, request.deployment.model);
  if (images.length === 0) throw missing('image');
  checkPictures(images, 'image');
  checkPictures(form.files('mask'), 'mask');
  return answer(asked, images.length);
}

type Body = OperationRequest['body'];

function answer(request: DeploymentRequest, images: number): WireResponse {
  const { body, deployment } = request;
  const wanted = readWanted(request, deployment.model);
  const prompt = body['prompt'];
  if (typeof prompt !== 'string' || prompt === '') throw missing('prompt');
  const verdict = judgePrompt(request.filterPolicy, prompt, request.scripted?.promptFilter);
  if (isFiltered(verdict)) throw new Refusal(blockedPromptInside(verdict));
  const count = typeof body['n'] === 'number' ? body['n'] : 1;
  // The same prompt gives the same picture; several pictures of one request differ.
  const pictures = Array.from({ length: count }, (_, index) =>
    draw(`${prompt}/${index}`, wanted.width, wanted.height),
  );
  if (isDallE(deployment.model)) return linked(request, { pictures, prompt, body, verdict });
  const head = {
    created: Math.floor(request.dateMs / 1000),
    background: body['background'] === 'transparent' ? 'transparent' : 'opaque',
    output_format: 'png',
    quality: wanted.quality,
    size: `${wanted.width}x${wanted.height}`,
  };
  const partial =
    body['stream'] === true && typeof body['partial_images'] === 'number' ? body['partial_images'] : 0;
  const output = count * (tokensOf(wanted) + partial * partialImageTokens);
  const usage = usageOf(prompt, { images, output });
  const usedTokens = { tokens: usage.total_tokens };
  const data = pictures.map((picture) => ({ b64_json: picture.toString('base64') }));
  if (body['stream'] === true)
    return stream(
      events({ ...head, kind: images > 0 ? 'image_edit' : 'image_generation' }, data, { usage, partial }),
      { usedTokens },
    );
  return json({ ...head, data, usage }, { usedTokens });
}

function usageOf(prompt: string, { images, output }: { images: number; output: number }) {
  const text = countTokens(prompt);
  // An input picture counts as a low-detail image.
  const input = text + images * 323;
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
  { usage, partial }: { usage: object; partial: number },
): Iterable<string> {
  const shared = { created_at: created, ...head };
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
