/**
 * Removes parts that no answer uses: long runs of one character, of spaces or of letters without a space, such as
 * files in base64. They would make the mock slow.
 */
export function tidy(text: string): string {
  if (text.length < 1000) return text;
  return text
    .replace(/[^\S\n]{8,}/g, ' ')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/\s{100,}/g, '\n\n')
    .replace(/[\w+/=-]{400,}/g, (run) => run.slice(0, 400))
    .replace(/(.)\1{100,}/gs, (run) => run.slice(0, 100));
}

/** How much of a prompt is searched for the values of a schema. */
export const searchedLength = 20_000;
