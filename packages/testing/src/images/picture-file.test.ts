import { expect, test } from 'vitest';
import { refused } from '../service/refused.fake.ts';
import { checkPictures } from './picture-file.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const png = { type: 'image/png', bytes: bytes('\x89PNG\r\n\x1a\nIHDR') };

/** Why files cannot be edited; `undefined` where they can. */
const against = (...files: { readonly type: string; readonly bytes: Buffer }[]) =>
  refused(() => {
    checkPictures(files, 'image');
  });

test.each([
  ['JPEG', '\xff\xd8\xff\xe0....JFIF', true],
  ['PNG', '\x89PNG\r\n\x1a\nIHDR', true],
  ['WebP', 'RIFF....WEBPVP8 ', true],
  ['WAV', 'RIFF....WAVEfmt ', false],
  ['GIF', 'GIF89a......', false],
  ['half of WebP', '....----WEBP', false],
  ['PNG after something else', '....\x89PNG\r\n\x1a\n', false],
  ['JPEG after something else', '.........\xff\xd8\xff', false],
  ['nothing', '', false],
])('a file that begins like %s can be edited: %3$s', (_, head, isPicture) => {
  expect(against({ type: 'image/png', bytes: bytes(head) }) === undefined).toBe(isPicture);
});

test.each(['image/jpeg', 'image/png', 'image/webp'])('a file of type %s can be edited', (type) => {
  expect(against({ ...png, type })).toBeUndefined();
});

test('the error names the first file that is no picture', () => {
  expect(against(png, png, { ...png, bytes: bytes('words') }, { ...png, bytes: bytes('words') })).toEqual({
    message: 'Invalid image file or mode for image 2, please check your image file.',
    type: 'image_generation_user_error',
    param: null,
    code: 'invalid_image_file',
  });
});

test('the error about a type shows up to a hundred characters of it', () => {
  expect(against(png, { ...png, type: `image/${'x'.repeat(200)}` })).toEqual({
    message: `Invalid file 'image': unsupported mimetype ('image/${'x'.repeat(94)}'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.`,
    type: 'invalid_request_error',
    param: 'image',
    code: 'unsupported_file_mimetype',
  });
});
