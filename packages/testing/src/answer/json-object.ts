import type { Conversation } from './conversation.ts';
import { isRecord } from './records.ts';
import type { Prompt } from './schema-prompt.ts';
import { schemaValue } from './schema-value.ts';

/** The object for JSON mode: with the keys that the prompt shows or names, else `{ "answer": … }`. */
export function jsonObject(conversation: Conversation, prompt: Prompt): unknown {
  return filledForm(conversation, prompt) ?? { answer: prompt.prose() };
}

/** The JSON that a prompt asks for in words, with the form that it wants; `undefined` where it does not. */
export function jsonInText(conversation: Conversation, prompt: Prompt): string | undefined {
  const isAsked = conversation.results.length === 0 && asksForJson.test(orderOf(conversation));
  // Without a form there is nothing to write, and `JSON.stringify` gives nothing.
  return isAsked ? JSON.stringify(filledForm(conversation, prompt)) : undefined;
}

const asksForJson =
  /\b(?:generate|return|respond|reply|answer|output|give|produce|format|write|create|response (?:should|must) be)\b[^.\n]{0,60}\bjson\b/i;

function orderOf({ instructions, asked }: Conversation): string {
  return `${instructions}\n${asked}`;
}

function filledForm(conversation: Conversation, prompt: Prompt): unknown {
  const order = orderOf(conversation);
  const example = exampleIn(order);
  if (example !== undefined)
    return schemaValue(schemaOf(example), { ...prompt, text: withoutExamples(prompt.text) });
  const keys = keysIn(order);
  if (keys.length === 0) return undefined;
  const properties = Object.fromEntries(keys.map((key) => [key, guess(key)]));
  return schemaValue(
    { type: 'object', properties, required: keys },
    { ...prompt, text: conversation.material || prompt.text },
  );
}

/** The first JSON object in a text that shows a form, such as `{"city": "...", "days": 3}`. */
function exampleIn(text: string): unknown {
  for (const written of objectsIn(text)) {
    try {
      return JSON.parse(written.replace(/\.\.\.(?=\s*[\]}])/g, ''));
    } catch {
      // Not an example but something that looks like one.
    }
  }
  return undefined;
}

function withoutExamples(text: string): string {
  return objectsIn(text).reduce((rest, written) => rest.replace(written, () => ''), text);
}

const longestExample = 20_000;

/** What stands in a text from `{ "` to the brace that closes it, line breaks and inner objects included. */
function objectsIn(text: string): string[] {
  const found: string[] = [];
  const start = /\{\s*"/g;
  for (let tries = 0; tries < 20; tries += 1) {
    const opening = start.exec(text)?.index;
    if (opening === undefined) break;
    const length = lengthOfObject(text.slice(opening, opening + longestExample));
    if (length === undefined) continue;
    found.push(text.slice(opening, opening + length));
    start.lastIndex = opening + length;
  }
  return found;
}

function lengthOfObject(text: string): number | undefined {
  let depth = 0;
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"\\\n]|\\.)*"|[{}]/g)) {
    if (sign === '{') depth += 1;
    else if (sign === '}') depth -= 1;
    if (depth === 0) return index + 1;
  }
  return undefined;
}

function schemaOf(example: unknown): unknown {
  // A JSON schema in the prompt is used as one.
  if (isRecord(example) && isRecord(example['properties'])) return example;
  if (Array.isArray(example)) return { type: 'array', items: schemaOf(example[0] ?? '') };
  if (isRecord(example)) {
    const properties = Object.fromEntries(
      Object.entries(example).map(([key, value]) => [key, schemaOf(value)]),
    );
    return { type: 'object', properties, required: Object.keys(example) };
  }
  if (typeof example === 'number') return { type: 'number' };
  return typeof example === 'boolean' ? { type: 'boolean' } : choiceIn(example);
}

/** `"positive|negative"` lists the values. */
function choiceIn(example: unknown): unknown {
  const options = typeof example === 'string' ? example.split(/\s*\|\s*/) : [];
  const types: Readonly<Record<string, string>> = {
    number: 'number',
    integer: 'integer',
    int: 'integer',
    boolean: 'boolean',
    bool: 'boolean',
  };
  const type = types[String(example).toLowerCase()] ?? 'string';
  return options.length > 1 ? { type: 'string', enum: options } : { type };
}

const keyWord = 'keys?|fields?|propert(?:y|ies)|attributes?';
const separator = String.raw`(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)?`;
const quotedBefore = new RegExp(
  String.raw`((?:["'\`][A-Za-z_][\w-]*["'\`]${separator}){1,20})\s+(?:${keyWord})\b`,
  'gi',
);
const listAfter = new RegExp(
  String.raw`\b(?:${keyWord}|json(?: object)?(?! with [\w ]{0,30}\b(?:${keyWord})\b)(?= with [a-z_, ]+(?: (?:for|from|of|in|about)\b|:)) with)\b(?: (?:named|called|are|of|should be))?\s*:?\s*((?:["'\`]?[A-Za-z_][\w-]*["'\`]?(?:\s*\([^)]*\))?${separator}){1,20})`,
  'i',
);

/** `with the keys name, age and city`, `fields: "name", "age"`, `with 'name' and 'age' keys`. */
function keysIn(text: string): string[] {
  const keysBefore = [...text.matchAll(quotedBefore)].flatMap(([, list = '']) => quotedIn(list));
  if (keysBefore.length > 0) return [...new Set(keysBefore)];
  const list = listAfter.exec(text)?.[1] ?? '';
  const quotedKeys = quotedIn(list);
  if (quotedKeys.length > 0) return quotedKeys;
  return list
    .replace(/\([^)]*\)/g, '')
    .split(/,|&|\band\b/)
    .map((key) => key.trim())
    .filter((key) => /^[A-Za-z_][\w-]*$/.test(key) && !/^(?:the|a)$/i.test(key));
}

function quotedIn(list: string): string[] {
  return [...list.matchAll(/["'`]([A-Za-z_][\w-]*)["'`]/g)].map(([, key = '']) => key);
}

function guess(key: string): unknown {
  if (/^(?:is|has|can|should)[_A-Z]/.test(key)) return { type: 'boolean' };
  if (
    /^(?:age|count|quantity|number|total|price|amount|year|score|confidence|population|temperature|rating)$/i.test(
      key,
    )
  )
    return { type: 'number' };
  return /[^s]s$/i.test(key) && !/address|status|news/i.test(key)
    ? { type: 'array', items: { type: 'string' } }
    : { type: 'string' };
}
