import { keyOfEncrypted, thingFields } from './references.ts';

const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
/** Fields that callers fill themselves: ids in them do not belong to the answer. */
const free = String.raw`"(?:attributes|metadata|variables)"\s*:\s*\{(?:[^{}"]|${quoted.replace('((', '(?:(')})*\}`;
const named = String.raw`"(id|encrypted_content|${[...thingFields].join('|')})"\s*:\s*"([^"\\]+)"`;
const listed = String.raw`"result_files"\s*:\s*\[([^\]]*)\]`;
const anyOfThem = new RegExp(`${free}|${named}|${listed}`, 'g');

/** An id of the service, not a name. Tool calls have ids too, but no resource keeps them. */
const idForm = /^(?!call_)[\w.:-]*[-_][\w.:-]{4,}$/;

/**
 * The references in an answer that later requests may use: ids, whatever they begin with, and keys of encrypted content.
 * `isKept`: the service keeps the answer itself and its items.
 */
export function* handedOut(text: string, { isKept }: { isKept: boolean }): Generator<string, void> {
  // An unescaped quote before such a name belongs to the JSON: quotes within content are escaped.
  for (const [, name, value = '', list] of text.matchAll(anyOfThem)) {
    if (list !== undefined) {
      for (const [, id = ''] of list.matchAll(/"([\w-]+)"/g)) yield copyOf(id);
    } else if (name === 'encrypted_content') {
      yield copyOf(keyOfEncrypted(value));
    } else if ((name !== 'id' || isKept || isResponse(value)) && idForm.test(value)) {
      yield copyOf(value);
    }
  }
}

/** The id of a response. It counts even when the service does not keep the response: a WebSocket connection may. */
function isResponse(id: string): boolean {
  return id.startsWith('resp_');
}

/** Whether the service says that it keeps nothing of an answer. */
export function saysUnkept(text: string): boolean {
  return /"store"\s*:\s*false/.test(text);
}

/** Copies a part of a string. Without the copy, the part would keep the whole string in memory. */
function copyOf(part: string): string {
  return Buffer.from(part).toString();
}
