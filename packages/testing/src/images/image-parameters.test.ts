import { expect, test } from 'vitest';
import type { OperationRequest } from '../service/operation.ts';
import { refused } from '../service/refused.fake.ts';
import { readWanted, tokensOf } from './image-parameters.ts';

const read = (model: string, body: Record<string, unknown>) =>
  readWanted({ body } as OperationRequest, model);
const against = (model: string, body: Record<string, unknown>) => refused(() => read(model, body));

test.each([
  ['gpt-image-1', undefined, 1024, 1024],
  ['gpt-image-1', null, 1024, 1024],
  ['gpt-image-1', 'auto', 1024, 1024],
  ['gpt-image-1', '1024x1536', 1024, 1536],
  ['gpt-image-1.5', '1536x1024', 1536, 1024],
  ['dall-e-3', undefined, 1024, 1024],
  ['dall-e-3', '1024x1792', 1024, 1792],
  ['dall-e-3', '1792x1024', 1792, 1024],
  ['dall-e-2', '256x256', 256, 256],
  ['dall-e-2', '512x512', 512, 512],
  ['gpt-image-2', 'auto', 1024, 1024],
  // The fewest and the most points, the longest side, and three times as long as wide.
  ['gpt-image-2', '1024x640', 1024, 640],
  ['gpt-image-2', '3840x2160', 3840, 2160],
  ['gpt-image-2', '2160x3840', 2160, 3840],
  ['gpt-image-2', '3840x1280', 3840, 1280],
  ['gpt-image-2', '1280x3840', 1280, 3840],
])('%s paints a picture of the size %s with %i by %i points', (model, size, width, height) => {
  expect(read(model, { size })).toMatchObject({ width, height });
});

test.each([
  ['gpt-image-1', '1024x1792', "Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'."],
  ['dall-e-3', '256x256', "Supported values are: '1024x1024', '1024x1792', and '1792x1024'."],
  ['dall-e-3', 'auto', "Supported values are: '1024x1024', '1024x1792', and '1792x1024'."],
  ['dall-e-2', '1024x1792', "Supported values are: '256x256', '512x512', and '1024x1024'."],
])('%s has no size %s', (model, size, supported) => {
  expect(against(model, { size })).toEqual({
    message: `Invalid value: '${size}'. ${supported}`,
    type: 'invalid_request_error',
    param: 'size',
    code: 'invalid_value',
  });
});

test.each([
  ['has too few points', '1008x640'],
  ['has too many points', '3840x2176'],
  ['is too wide', '3856x2048'],
  ['is too high', '2048x3856'],
  ['is more than three times as wide as high', '3072x1008'],
  ['is more than three times as high as wide', '1008x3072'],
  ['has a width that is no multiple of 16', '1032x1024'],
  ['has a height that is no multiple of 16', '1024x1032'],
  ['has no height', '1024x'],
  ['has something before it', 'x1024x1024'],
  ['has something after it', '1024x1024x'],
  ['is a word', 'big'],
  ['is empty', ''],
])('gpt-image-2 refuses a size that %s', (_, size) => {
  expect(against('gpt-image-2', { size })).toEqual({
    message: `Invalid value: '${size}'. Width and height must be multiples of 16, at most 3840, with an aspect ratio of up to 3:1 and between 655360 and 8294400 pixels.`,
    type: 'invalid_request_error',
    param: 'size',
    code: 'invalid_value',
  });
});

test('the error about a size shows a hundred characters of it', () => {
  expect(against('gpt-image-2', { size: 'x'.repeat(200) })?.message).toContain(`: '${'x'.repeat(100)}'.`);
});

test.each([
  [undefined, 'high'],
  ['auto', 'high'],
  ['high', 'high'],
  ['medium', 'medium'],
  ['low', 'low'],
])('the quality %s is %s', (asked, quality) => {
  expect(read('gpt-image-1', { quality: asked }).quality).toBe(quality);
});

test.each([
  ['low', 1024, 1024, 272],
  ['low', 1024, 1536, 408],
  ['low', 1536, 1024, 400],
  ['medium', 1024, 1024, 1056],
  ['medium', 1024, 1536, 1584],
  ['medium', 1536, 1024, 1568],
  ['high', 1024, 1024, 4160],
  ['high', 1024, 1536, 6240],
  ['high', 1536, 1024, 6208],
  ['low', 1536, 1536, 612],
  ['low', 1024, 640, 170],
  ['low', 1040, 1024, 277],
] as const)(
  'a picture of %s quality with %i by %i points costs %i tokens',
  (quality, width, height, tokens) => {
    expect(tokensOf({ quality, width, height })).toBe(tokens);
  },
);

const words = (length: number) => 'x'.repeat(length);

test.each<[string, string, unknown, unknown]>([
  ['gpt-image-1', 'model', 'any', 1],
  ['gpt-image-1', 'n', 10, 11],
  ['gpt-image-1', 'n', 1, 0],
  ['gpt-image-1', 'size', '1024x1024', 1024],
  ['gpt-image-1', 'user', 'ada', 1],
  ['gpt-image-1', 'prompt', words(32_000), words(32_001)],
  ['gpt-image-1', 'background', 'transparent', 'red'],
  ['gpt-image-1', 'input_fidelity', 'high', 'medium'],
  ['gpt-image-1', 'moderation', 'low', 'high'],
  ['gpt-image-1', 'output_compression', 0, -1],
  ['gpt-image-1', 'output_compression', 100, 101],
  ['gpt-image-1', 'output_format', 'jpeg', 'webp'],
  ['gpt-image-1', 'partial_images', 3, 4],
  ['gpt-image-1', 'partial_images', 0, -1],
  ['gpt-image-1', 'quality', 'medium', 'hd'],
  ['gpt-image-1', 'stream', true, 'true'],
  ['dall-e-3', 'n', 10, 11],
  ['dall-e-3', 'prompt', words(4000), words(4001)],
  ['dall-e-3', 'quality', 'hd', 'high'],
  ['dall-e-3', 'response_format', 'b64_json', 'png'],
  ['dall-e-3', 'style', 'natural', 'odd'],
])('%s takes a good %s and refuses a bad one', (model, name, good, bad) => {
  expect(against(model, { [name]: good })).toBeUndefined();
  expect(against(model, { [name]: bad })?.param).toBe(name);
});

test.each([
  ['gpt-image-1', 'style', "Unknown parameter: 'style'."],
  ['gpt-image-1', 'response_format', "Unknown parameter: 'response_format'."],
  ['dall-e-3', 'background', 'Unrecognized request argument supplied: background'],
  ['dall-e-3', 'stream', 'Unrecognized request argument supplied: stream'],
])('%s does not know %s', (model, name, message) => {
  expect(against(model, { [name]: null })?.message).toBe(message);
});
