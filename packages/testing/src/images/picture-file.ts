import { shown } from '../answer/records.ts';
import { modelError } from '../service/envelopes.ts';
import { refuse } from '../service/parameter.ts';
import { Refusal } from '../service/refusal.ts';

const types = ['image/jpeg', 'image/png', 'image/webp'];

/** Whether a file begins like one that can be edited. */
function isPicture(bytes: Buffer): boolean {
  const head = bytes.toString('latin1', 0, 12);
  return (
    head.startsWith('\xff\xd8\xff') ||
    head.startsWith('\x89PNG\r\n\x1a\n') ||
    (head.startsWith('RIFF') && head.endsWith('WEBP'))
  );
}

/**
 * Refuses files that are not pictures: by their type (openai/openai-node#1468), then by their bytes (crmne/ruby_llm,
 * its specs).
 */
export function checkPictures(
  files: readonly { readonly type: string; readonly bytes: Buffer }[],
  field: string,
): void {
  for (const [index, { type, bytes }] of files.entries()) {
    if (!types.includes(type)) {
      const message = `Invalid file '${field}': unsupported mimetype ('${shown(type).slice(0, 100)}'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.`;
      throw refuse(message, field, 'unsupported_file_mimetype');
    }
    if (isPicture(bytes)) continue;
    throw new Refusal(
      modelError(400, {
        message: `Invalid image file or mode for image ${index}, please check your image file.`,
        type: 'image_generation_user_error',
        param: null,
        code: 'invalid_image_file',
      }),
    );
  }
}
