import { keyOfEncrypted, thingFields } from './references.ts';

const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
/** What callers have filled themselves: ids in there are not of this answer. */
const free = String.raw`"(?:attributes|metadata|variables)"\s*:\s*\{(?:[^{}"]|${quoted.replace('((', '(?:(')})*\}`;
const named = String.raw`"(id|encrypted_content|${[...thingFields].join('|')})"\s*:\s*"([^"\\]+)"`;
const listed = String.raw`"result_files"\s*:\s*\[([^\]]*)\]`;
const anyOfThem = new RegExp(`${free}|${named}|${listed}`, 'g');

/** An id of the service, as against a name. Calls of tools have ids too, and nobody keeps them. */
const idForm = /^(?!call_)[\w.:-]*[-_][\w.:-]{4,}$/;

/**
 * The references under which later requests may name what an answer speaks of: ids, whatever they begin with, and keys
 * of encrypted content. `isKept`: the service keeps the answer itself and its items.
 */
export function* handedOut(text: string, { isKept }: { isKept: boolean }): Generator<string, void> {
  // An unescaped quote before such a name is one of JSON itself: the quotes of content are escaped.
  for (const [, name, value = '', list] of text.matchAll(anyOfThem)) {
    if (list !== undefined) {
      for (const [, id = ''] of list.matchAll(/"([\w-]+)"/g)) yield copyOf(id);
    } else if (name === 'encrypted_content') {
      yield copyOf(keyOfEncrypted(value));
    } else if (name !== undefined && (name !== 'id' || isKept || isResponse(value)) && idForm.test(value)) {
      yield copyOf(value);
    }
  }
}

/** A connection may keep a response that is stored nowhere, so that a turn can go on after it. */
function isResponse(id: string): boolean {
  return id.startsWith('resp_');
}

/** Whether the service says that it keeps nothing of an answer. */
export function saysUnkept(text: string): boolean {
  return /"store"\s*:\s*false/.test(text);
}

/** Without the text that it was found in: a part of a string keeps the whole of it in memory. */
function copyOf(part: string): string {
  return Buffer.from(part).toString();
}
