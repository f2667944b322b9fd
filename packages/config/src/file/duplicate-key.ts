/** A string, bracket or separator of a JSON text. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;

/** The place of the first duplicate key in an object of a JSON text; `undefined` when there is none. */
export function duplicateKeyAt(json: string): number | undefined {
  /** The keys of each open object; `undefined` for a list. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (const { 0: text, index } of json.matchAll(token)) {
    const keys = open.at(-1);
    if (text === '{' || text === '[') {
      open.push(text === '{' ? new Set() : undefined);
      isKey = text === '{';
    } else if (text === '}' || text === ']') {
      open.pop();
      isKey = false;
    } else if (text === ',') isKey = keys !== undefined;
    else if (isKey && keys !== undefined) {
      // Escapes spell the same key in another way.
      const key = JSON.parse(text) as string;
      if (keys.has(key)) return index;
      keys.add(key);
      isKey = false;
    }
  }
  return undefined;
}
