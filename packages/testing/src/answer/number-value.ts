import * as facts from './facts.ts';
import type { Prompt } from './schema-prompt.ts';

type Schema = Readonly<Record<string, unknown>>;

interface Place {
  readonly prompt: Prompt;
  readonly name: string;
  readonly taken: Set<string>;
}

/** The number that a prompt gives a property, within the schema's bounds. */
export function numberValue(schema: Schema, place: Place & { readonly isInteger: boolean }): number {
  const { prompt, name, isInteger } = place;
  const given = facts.numbers(facts.labelled(prompt.text, name) ?? '')[0]?.value;
  const isShare = /confidence|score|probability|ratio|likelihood/i.test(name);
  const near = isShare ? 0.9 : (facts.numberNear(prompt.text, name) ?? amountFor(place) ?? free(place));
  const found = given ?? near ?? (typeof schema['default'] === 'number' ? schema['default'] : 1);
  place.taken.add(String(found));
  return bounded(schema, isInteger ? Math.round(found) : found, isInteger);
}

const currency = '[€$£]|(?:EUR|USD|GBP|SEK)\\b';
const digits = String.raw`\d+(?:,\d+)*(?:\.\d+)?`;
const money = new RegExp(
  String.raw`(?:${currency})\s?(${digits})|(${digits})\s?(?:${currency}|dollars?|euros?)`,
);

function amountFor({ name, prompt }: Place): number | undefined {
  if (!/price|amount|cost|total|fee|budget|sum|value/i.test(name)) return undefined;
  const [, after, before] = money.exec(prompt.text) ?? [];
  const amount = after ?? before;
  return amount === undefined ? undefined : Number(amount.replaceAll(',', ''));
}

/** A number that no other property took; “two plus two” has one for each. */
function free({ prompt, taken }: Place): number | undefined {
  const values = facts.numbers(prompt.text).map((number) => number.value);
  const areSame = values.length > 1 && values.every((value) => value === values[0]);
  return areSame ? values[0] : values.find((value) => !taken.has(String(value)));
}

function bounded(schema: Schema, found: number, isInteger: boolean): number {
  const step = numeric(schema['multipleOf']) ?? (isInteger ? 1 : 0);
  const margin = step === 0 ? 1e-6 : step;
  const least = numeric(schema['minimum']) ?? shifted(numeric(schema['exclusiveMinimum']), margin);
  const most = numeric(schema['maximum']) ?? shifted(numeric(schema['exclusiveMaximum']), -margin);
  const inside = Math.min(Math.max(found, least ?? -Infinity), most ?? Infinity);
  if (step === 0) return inside;
  const rounded = Math.round(inside / step) * step;
  if (rounded > (most ?? Infinity)) return Math.floor(inside / step) * step;
  return rounded < (least ?? -Infinity) ? Math.ceil(inside / step) * step : rounded;
}

function shifted(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value + by;
}

function numeric(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
