/**
 * Characters that a terminal obeys instead of showing: control characters (C0 except tab and line feed, DEL, C1),
 * which move the cursor, set the title or fill the clipboard, and direction marks, which make text look different.
 */
const obeyed =
  // eslint-disable-next-line no-control-regex -- these are what is removed
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Text from outside that is safe for a terminal. */
export function printable(text: string): string {
  return text.replaceAll(obeyed, '');
}

/** The same on one line: text with a line feed could look like one of our lines. */
export function oneLine(text: string): string {
  return printable(text)
    .replaceAll(/\s*[\n\t]\s*/g, ' ')
    .trim();
}

/** JSON with the same meaning that is safe for a terminal. */
export function printableJson(json: string): string {
  return json.replaceAll(obeyed, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
