import { percentDecoded } from '../percent-decoded.ts';
import { rowsOfNote } from './clinical-rows.ts';
import { followUps } from './follow-ups.ts';
import { isRecord } from './records.ts';
import { numberValue } from './number-value.ts';
import { createRoom, type Room } from './room.ts';
import type { Prompt } from './schema-prompt.ts';
import { stringValue } from './string-value.ts';
import { bullets, listItems, numbers, places, properNames } from './facts.ts';
import { choose } from './tasks.ts';
import { sentences } from './sentences.ts';
import { stems, words } from './words.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Place {
  readonly prompt: Prompt;
  readonly root: Schema;
  /** Name of the property, `''` at the root. */
  readonly name: string;
  /** Name of the object that the property belongs to. */
  readonly owner: string;
  readonly depth: number;
  /** Strings that earlier properties of the object took, so that two names are not one person. */
  readonly taken: Set<string>;
  readonly room: Room;
}

/**
 * A value that is valid for a JSON schema, filled from the prompt where possible.
 * @throws {SchemaTooLargeError} where there is none of a size that can be sent
 */
export function schemaValue(schema: unknown, prompt: Prompt, name = ''): unknown {
  const root = isRecord(schema) ? schema : {};
  return value(root, { prompt, root, name, owner: '', depth: 0, taken: new Set(), room: createRoom() });
}

/** How deep a recursive schema is followed where it may end. */
const maximumDepth = 6;

function value(given: unknown, place: Place): unknown {
  place.room.takeValue();
  const schema = resolve(given, place.root);
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return enumValue(schema['enum'], place);
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives) && alternatives.length > 0) return alternative(alternatives, place);
  const found = typedValue(typeOf(schema), schema, place);
  const isNullable = Array.isArray(schema['type']) && schema['type'].includes('null');
  return isNullable && isGuess(found, place.prompt) ? null : found;
}

function typedValue(type: string, schema: Schema, place: Place): unknown {
  switch (type) {
    case 'object':
      return objectValue(schema, place);
    case 'array':
      return arrayValue(schema, place);
    case 'number':
    case 'integer':
      return numberValue(schema, { ...place, isInteger: type === 'integer' });
    case 'boolean':
      return booleanValue(schema, place);
    case 'null':
      return null;
    default:
      return stringValue(schema, place);
  }
}

/** Follows `$ref` and merges `allOf`. */
function resolve(given: unknown, root: Schema): Schema {
  if (!isRecord(given)) return {};
  let schema = given;
  for (let hops = 0; hops < 20; hops++) {
    const { $ref, ...rest } = schema;
    if (typeof $ref !== 'string') break;
    schema = { ...target($ref, root), ...rest };
  }
  if (!Array.isArray(schema['allOf'])) return schema;
  const parts = schema['allOf'].map((part) => resolve(part, root));
  return parts.reduce<Schema>(merge, schema);
}

function merge(left: Schema, right: Schema): Schema {
  const properties = { ...record(left['properties']), ...record(right['properties']) };
  const required = [...list(left['required']), ...list(right['required'])];
  return {
    ...left,
    ...right,
    ...(Object.keys(properties).length > 0 ? { properties, required } : {}),
  };
}

function target(reference: string, root: Schema): Schema {
  let found: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const key = percentDecoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found = isRecord(found) ? found[key] : undefined;
  }
  return isRecord(found) ? found : {};
}

function typeOf(schema: Schema): string {
  const type = schema['type'];
  if (Array.isArray(type)) return String(type.find((each) => each !== 'null') ?? 'null');
  if (typeof type === 'string') return type;
  if ('properties' in schema) return 'object';
  return 'items' in schema || 'prefixItems' in schema ? 'array' : 'string';
}

function objectValue(schema: Schema, place: Place): Record<string, unknown> {
  const properties = record(schema['properties']);
  const required = new Set(list(schema['required']));
  const names = Object.keys(properties);
  const taken = new Set<string>();
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const isNeeded = required.has(name) || (!('required' in schema) && place.depth < 2);
    // An optional property is filled only from the prompt, and an object may lead back here.
    if (!isNeeded && (place.depth >= maximumDepth || isObject(properties[name], place))) continue;
    const found = value(properties[name], {
      ...place,
      name,
      owner: place.name,
      depth: place.depth + 1,
      taken,
    });
    if (isNeeded || saysSomething(found, place.prompt)) result[name] = found;
  }
  for (const name of required)
    if (!(name in result)) result[name] = stringValue({}, { ...place, name, taken });
  return result;
}

function isObject(schema: unknown, place: Place): boolean {
  return typeOf(resolve(schema, place.root)) === 'object';
}

function saysSomething(found: unknown, { text, question }: Prompt): boolean {
  // The whole question is not a value for a part of it.
  if (found === question) return false;
  if (typeof found === 'string') return found !== '' && text.toLowerCase().includes(found.toLowerCase());
  if (typeof found === 'number') return numbers(text).some((number) => number.value === found);
  return false;
}

function enumValue(options: readonly unknown[], place: Place): unknown {
  const strings = options.filter((option) => typeof option === 'string');
  if (strings.length === 0) return options[0];
  return choose(strings, place.prompt.text);
}

/** The branch that fits: not `null` when there is a value to give, not a branch that leads back here when deep. */
function alternative(branches: readonly unknown[], place: Place): unknown {
  const resolved = branches.map((branch) => resolve(branch, place.root));
  const isDeep = place.depth >= maximumDepth;
  const solid = resolved.filter((branch) => typeOf(branch) !== 'null');
  const hasNull = solid.length < resolved.length;
  if ((isDeep && hasNull) || solid.length === 0) return null;
  const ranked = solid.map((branch) => ({ branch, score: fit(branch, place.prompt) }));
  const best = ranked.reduce((left, right) => (right.score > left.score ? right : left));
  const chosen = isDeep ? (solid.find((branch) => typeOf(branch) !== 'object') ?? best.branch) : best.branch;
  const found = value(chosen, place);
  return hasNull && isGuess(found, place.prompt) ? null : found;
}

/** Whether a string was not found in the prompt but is all of it, or made up. */
function isGuess(found: unknown, prompt: Prompt): boolean {
  return typeof found === 'string' && (!saysSomething(found, prompt) || found === prompt.prose());
}

/** How many words a branch of an object shares with the prompt. */
function fit(branch: Schema, { text }: Prompt): number {
  const own = new Set(stems(text));
  const parts = [branch['title'], branch['description'], ...Object.keys(record(branch['properties']))];
  for (const property of Object.values(record(branch['properties']))) {
    if (isRecord(property)) parts.push(property['const'], ...list(property['enum']));
  }
  return stems(parts.filter((part) => typeof part === 'string').join(' ')).filter((each) => own.has(each))
    .length;
}

function arrayValue(schema: Schema, place: Place): unknown[] {
  const inner = { ...place, depth: place.depth + 1, name: singular(place.name) };
  const prefix = schema['prefixItems'];
  if (Array.isArray(prefix)) return prefix.map((item) => value(item, inner));
  const minimum = typeof schema['minItems'] === 'number' ? schema['minItems'] : 0;
  const maximum = typeof schema['maxItems'] === 'number' ? schema['maxItems'] : 20;
  const items = resolve(schema['items'], place.root);
  const found = place.depth < maximumDepth ? itemsFound(items, { place, inner, maximum }) : [];
  const distinct =
    schema['uniqueItems'] === true || items['enum'] !== undefined ? [...new Set(found)] : found;
  while (distinct.length < minimum) distinct.push(value(items, inner));
  return distinct;
}

interface Listed {
  readonly place: Place;
  /** The place of an item. */
  readonly inner: Place;
  readonly maximum: number;
}

function itemsFound(items: Schema, { place, inner, maximum }: Listed): unknown[] {
  const clinical = clinicalRows(place, items);
  if (clinical !== undefined) return clinical.slice(0, maximum);
  const texts = entries(place.prompt, place.name, items).slice(0, maximum);
  if (typeOf(items) === 'string' && !narrowing.some((keyword) => keyword in items)) return texts;
  return texts.map((text) => value(items, { ...inner, prompt: { text, question: text, prose: () => text } }));
}

/** What makes some texts invalid. */
const narrowing = ['enum', 'const', 'anyOf', 'oneOf', 'format', 'pattern', 'minLength', 'maxLength'];

/** Rows of a schema for a clinical note; what the note does not say is filled as anywhere else. */
function clinicalRows(place: Place, items: Schema): unknown[] | undefined {
  const properties = record(items['properties']);
  const rows = rowsOfNote(place.prompt.text, place.name, Object.keys(properties));
  return rows?.map((row) => {
    const text = row.evidence;
    const inner = { ...place, prompt: { text, question: text, prose: () => text }, depth: place.depth + 2 };
    const taken = new Set<string>();
    return Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [
        name,
        row.values[name] ?? value(schema, { ...inner, name, taken }),
      ]),
    );
  });
}

/** The parts of a prompt that are the entries of an array of this name. */
function entries({ text, prose, question }: Prompt, name: string, items: Schema): string[] {
  const type = typeOf(items);
  if (type === 'number' || type === 'integer') return numbers(text).map((number) => String(number.value));
  if (/participant|attendee|people|person|member|guest|author|character|name/i.test(name))
    return properNames(text);
  if (/cit(?:y|ies)|location|place|countr|region/i.test(name)) {
    const found = places(text);
    return found.length > 0 ? found : properNames(text);
  }
  if (/source|citation|reference/i.test(name))
    return [...new Set(prose().match(/\[[^\]]+\]/g) ?? [])].map((label) => label.slice(1, -1));
  if (/key_?words?|tags?|topics?/i.test(name))
    return [...new Set(words(text).filter((word) => word.length > 4 && stems(word).length > 0))].slice(0, 5);
  if (
    type === 'string' &&
    /^(?:suggested_?|next_?|related_?)*(?:questions?|follow_?ups?)(?:_?questions?)?$/i.test(name)
  ) {
    const asked = followUps(text, 3);
    if (asked.length > 0) return asked;
  }
  if (type !== 'object') {
    const listed = listItems(text);
    if (listed.length > 0) return listed;
    const spoken = sentences(prose()).slice(0, 5);
    return spoken.length > 1 || spoken[0] !== question ? spoken : numbered(name, text);
  }
  const rows = bullets(text);
  const spoken = rows.length > 0 ? rows : sentences(text).filter((sentence) => !sentence.endsWith(':'));
  const isToDo = /action|task|to_?do|next_?step|follow_?up/i.test(name);
  const wanted = isToDo ? spoken.filter((sentence) => duty.test(sentence)) : spoken;
  return wanted.length > 1 || isToDo ? wanted.slice(0, 20) : sentences(prose()).slice(0, 5);
}

/** Words of an open task. */
const duty = /\b(?:will|must|should|shall|needs? to|agreed|asked|to do|action|follow up|call back)\b/i;

/** As many entries as were asked for, “fruit 1” and so on, where the prompt names none. */
function numbered(name: string, text: string): string[] {
  const count = Math.min(numbers(text)[0]?.value ?? 2, 20);
  return Array.from({ length: count }, (_, index) => `${singular(name).replaceAll('_', ' ')} ${index + 1}`);
}

function singular(name: string): string {
  return name.replace(/ies$/, 'y').replace(/s$/, '');
}

function booleanValue(schema: Schema, { name, prompt }: Place): boolean {
  const wanted = new Set(stems(name.replace(/^(?:is|has|should|can|was|needs?)(?=[_A-Z])/, '')));
  if (
    /^(?:on|enabled?|active|state)$/i.test(name) &&
    /\b(?:turn|switch)(?:ed)? on\b|\benable|\bstart/i.test(prompt.text)
  )
    return true;
  for (const sentence of sentences(prompt.text)) {
    if (!stems(sentence).some((each) => wanted.has(each))) continue;
    return !/\b(?:not?|never|without|false|none)\b|n['’]t\b/i.test(sentence);
  }
  return schema['default'] === true;
}

function record(value: unknown): Schema {
  return isRecord(value) ? value : {};
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
