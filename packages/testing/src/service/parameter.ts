import { hasFeature } from './api-version.ts';
import { invalidRequest } from './envelopes.ts';
import type { OperationRequest } from './operation.ts';
import { Refusal } from './refusal.ts';

// The model server checks each parameter and names what is wrong in OpenAI's words. Absent and null are the same.

/** The rule for a parameter. */
export type Rule =
  | { readonly type: 'boolean' | 'object' }
  | {
      readonly type: 'string';
      readonly oneOf?: readonly string[];
      readonly maxLength?: number;
      readonly pattern?: RegExp;
    }
  | { readonly type: 'integer' | 'decimal'; readonly min?: number; readonly max?: number }
  | {
      readonly type: 'array';
      readonly of: string;
      readonly minLength?: number;
      readonly maxLength?: number;
    }
  /** Checked by the operation itself. */
  | { readonly type: 'any' };

/** The parameters of an operation: their rules, and the first api-version of each that is not in all. */
export type Rules = ReadonlyMap<string, Rule & { readonly since?: string }>;

/** Refuses a body with an unknown parameter, one that the api-version lacks, or a wrong value. */
export function checkParameters(
  request: OperationRequest,
  rules: Rules,
  refuseUnknown: (names: readonly string[]) => Refusal = unrecognized,
): void {
  const { body } = request;
  let unknown: string[] | undefined;
  for (const name in body) {
    const rule = rules.get(name);
    if (rule === undefined || isNewer(request, rule.since)) (unknown ??= []).push(name);
  }
  if (unknown !== undefined) throw refuseUnknown(unknown);
  for (const name in body) {
    const rule = rules.get(name);
    const value = body[name];
    if (rule !== undefined && value !== null && value !== undefined) checkValue(value, name, rule);
  }
}

function isNewer(request: OperationRequest, since: string | undefined): boolean {
  return since !== undefined && request.surface === 'dated' && !hasFeature(request.api, since);
}

/** Refuses `value` unless it obeys `rule`. `path` is its name in the message: `messages[0].role`. */
export function checkValue(value: unknown, path: string, rule: Rule): void {
  switch (rule.type) {
    case 'any':
      return;
    case 'string':
      checkString(value, path, rule);
      return;
    case 'integer':
    case 'decimal':
      checkNumber(value, path, rule);
      return;
    case 'array':
      checkArray(value, path, rule);
      return;
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(path, 'a boolean', value);
      return;
    case 'object':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw wrongType(path, 'an object', value);
      }
  }
}

function checkString(value: unknown, path: string, rule: Rule & { type: 'string' }): void {
  if (typeof value !== 'string') {
    throw wrongType(
      path,
      rule.oneOf === undefined ? 'a string' : `one of ${quotedList(rule.oneOf, 'or')}`,
      value,
    );
  }
  if (rule.oneOf !== undefined && !rule.oneOf.includes(value)) throw wrongValue(path, rule.oneOf, value);
  if (rule.maxLength !== undefined && value.length > rule.maxLength) {
    const message = `Invalid '${path}': string too long. Expected a string with maximum length ${rule.maxLength}, but got a string with length ${value.length} instead.`;
    throw refuse(message, path, 'string_above_max_length');
  }
  if (rule.pattern?.test(value) === false) {
    const message = `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '${rule.pattern.source}'.`;
    throw refuse(message, path, 'invalid_value');
  }
}

function checkNumber(value: unknown, path: string, rule: Rule & { type: 'integer' | 'decimal' }): void {
  const isWhole = rule.type === 'integer';
  const expected = isWhole ? 'an integer' : 'a decimal';
  if (typeof value !== 'number' || (isWhole && !Number.isInteger(value)))
    throw wrongType(path, expected, value);
  const kind = rule.type;
  if (rule.min !== undefined && value < rule.min) {
    const message = `Invalid '${path}': ${kind} below minimum value. Expected a value >= ${rule.min}, but got ${value} instead.`;
    throw refuse(message, path, `${kind}_below_min_value`);
  }
  if (rule.max !== undefined && value > rule.max) {
    const message = `Invalid '${path}': ${kind} above maximum value. Expected a value <= ${rule.max}, but got ${value} instead.`;
    throw refuse(message, path, `${kind}_above_max_value`);
  }
}

function checkArray(value: unknown, path: string, rule: Rule & { type: 'array' }): void {
  if (!Array.isArray(value)) throw wrongType(path, `an array of ${rule.of}`, value);
  const { minLength = 0, maxLength = Infinity } = rule;
  if (value.length < minLength) {
    const found = value.length === 0 ? 'an empty array' : `an array with length ${value.length}`;
    const what = value.length === 0 ? 'empty array' : 'array too short';
    const message = `Invalid '${path}': ${what}. Expected an array with minimum length ${minLength}, but got ${found} instead.`;
    throw refuse(message, path, value.length === 0 ? 'empty_array' : 'array_below_min_length');
  }
  if (value.length > maxLength) {
    const message = `Invalid '${path}': array too long. Expected an array with maximum length ${maxLength}, but got an array with length ${value.length} instead.`;
    throw refuse(message, path, 'array_above_max_length');
  }
}

/** The pattern for names of functions, schemas and formats. */
export const nameRule: Rule = { type: 'string', maxLength: 64, pattern: /^[a-zA-Z0-9_-]+$/ };

/** `Missing required parameter: 'messages'.` */
export function missing(path: string): Refusal {
  return refuse(`Missing required parameter: '${path}'.`, path, 'missing_required_parameter');
}

/** `Invalid type for 'n': expected an integer, but got a string instead.` */
export function wrongType(path: string, expected: string, value: unknown): Refusal {
  return refuse(
    `Invalid type for '${path}': expected ${expected}, but got ${nameOf(value)} instead.`,
    path,
    'invalid_type',
  );
}

/** `Invalid value: 'x'. Supported values are: 'a' and 'b'.` */
export function wrongValue(path: string, supported: readonly string[], value: unknown): Refusal {
  if (typeof value !== 'string') return wrongType(path, `one of ${quotedList(supported, 'or')}`, value);
  const shown = value.length > 200 ? `${value.slice(0, 200)}...` : value;
  const message = `Invalid value: '${shown}'. Supported values are: ${quotedList(supported, 'and')}.`;
  return refuse(message, path, 'invalid_value');
}

/** A 400 about one parameter. */
export function refuse(message: string, param: string | null, code: string | null): Refusal {
  return new Refusal(invalidRequest(message, { param, code }));
}

/** Older models name all of them, in alphabetical order (openai/openai-python#1724, MicrosoftDocs/azure-docs#118117). */
function unrecognized(names: readonly string[]): Refusal {
  const arguments_ = names.length === 1 ? 'argument' : 'arguments';
  // Field names come from the caller, so they are shortened.
  const list = names.toSorted().join(', ').slice(0, 200);
  return refuse(`Unrecognized request ${arguments_} supplied: ${list}`, null, null);
}

/** Reasoning models and the Responses API name the first one (run-llama/llama_index#17731, lobehub/lobehub#10567). */
export function unknownParameter([first = '']: readonly string[]): Refusal {
  const name = first.slice(0, 200);
  return refuse(`Unknown parameter: '${name}'.`, name, 'unknown_parameter');
}

/** `'a', 'b', and 'c'`. */
export function quotedList(values: readonly string[], word: 'and' | 'or'): string {
  const quoted = values.map((value) => `'${value}'`);
  const last = quoted.pop() ?? '';
  if (quoted.length === 0) return last;
  return quoted.length === 1 ? `${quoted[0] ?? ''} ${word} ${last}` : `${quoted.join(', ')}, ${word} ${last}`;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal number';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
