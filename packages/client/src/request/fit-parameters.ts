import { catalog, entryOf } from '@aoai/config';
import type { Model, ReasoningEffort } from '@aoai/config';
import type { Operation } from '../events/events.ts';

/** One parameter that was changed for a model. */
interface FittedParameter {
  /** As a path: `max_tokens`, `reasoning.effort`. */
  readonly parameter: string;
  readonly action: 'renamed' | 'changed' | 'removed';
  /** The new name of one that was renamed. */
  readonly to?: string;
  /** The new value of one that was changed. */
  readonly value?: number | string;
}

/** A body whose parameters the model takes. */
export interface FittedBody {
  readonly json: Readonly<Record<string, unknown>>;
  readonly changes: readonly FittedParameter[];
}

/** What is fitted, and to what. */
export interface FitInput {
  readonly operation: Operation;
  readonly json: Readonly<Record<string, unknown>>;
  /** Of the deployment, as the config has it. */
  readonly model: string;
  /** Of the resource. */
  readonly api: string;
}

type Body = Record<string, unknown>;

/** Values with which a parameter says nothing: a model that refuses the parameter takes them. */
const neutral: Readonly<Record<string, unknown>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logprobs: false,
};

const efforts: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/**
 * The body with the parameters that a model takes, by the catalogue: the limit of output under the name and within the bound
 * of the model, an effort that it knows, and nothing that it refuses. The same object when nothing has to change, or when
 * the catalogue does not know the model.
 */
export function fitParameters({ operation, json, model, api }: FitInput): FittedBody {
  const facts = entryOf(catalog.models, model);
  if (facts === undefined || (operation !== 'chat' && operation !== 'responses'))
    return { json, changes: [] };
  const body: Body = { ...json };
  const changes: FittedParameter[] = [];
  if (operation === 'chat') fitLimitName(body, { facts, api, changes });
  fitLimit(body, { facts, changes });
  fitEffort(body, { facts, changes });
  for (const parameter of facts.refuses) {
    const value = body[parameter];
    if (value === undefined || value === null || value === neutral[parameter]) continue;
    Reflect.deleteProperty(body, parameter);
    changes.push({ parameter, action: 'removed' });
  }
  return changes.length === 0 ? { json, changes } : { json: body, changes };
}

interface Fitting {
  readonly facts: Model;
  readonly changes: FittedParameter[];
}

/** Reasoning models refuse `max_tokens`; api-versions before 2024-09 do not know `max_completion_tokens`. */
function fitLimitName(body: Body, { facts, api, changes }: Fitting & { readonly api: string }): void {
  const version = entryOf(catalog.apiVersions, api);
  const knowsNew = version === undefined || version.features.includes('max-completion-tokens');
  const isRefused = facts.refuses.includes('max_tokens');
  if (isRefused && body['max_tokens'] !== undefined)
    rename(body, ['max_tokens', 'max_completion_tokens'], changes);
  else if (!isRefused && !knowsNew && body['max_completion_tokens'] !== undefined) {
    rename(body, ['max_completion_tokens', 'max_tokens'], changes);
  }
}

function rename(body: Body, [from, to]: readonly [string, string], changes: FittedParameter[]): void {
  const value = body[from];
  Reflect.deleteProperty(body, from);
  if (body[to] === undefined) {
    body[to] = value;
    changes.push({ parameter: from, action: 'renamed', to });
  } else changes.push({ parameter: from, action: 'removed' });
}

function fitLimit(body: Body, { facts, changes }: Fitting): void {
  const most = facts.context?.output;
  if (most === undefined) return;
  for (const parameter of ['max_tokens', 'max_completion_tokens', 'max_output_tokens']) {
    const value = body[parameter];
    if (typeof value !== 'number' || value <= most) continue;
    body[parameter] = most;
    changes.push({ parameter, action: 'changed', value: most });
  }
}

/** Chat has `reasoning_effort`, Responses `reasoning.effort`. A model that does not reason takes neither. */
function fitEffort(body: Body, { facts, changes }: Fitting): void {
  const known = facts.reasoning?.efforts;
  const { reasoning_effort: effort, reasoning } = body;
  if (known === undefined) {
    for (const parameter of ['reasoning_effort', 'reasoning']) {
      if (body[parameter] === undefined || body[parameter] === null) continue;
      Reflect.deleteProperty(body, parameter);
      changes.push({ parameter, action: 'removed' });
    }
    return;
  }
  const value = nearest(effort, known);
  if (value !== undefined) {
    body['reasoning_effort'] = value;
    changes.push({ parameter: 'reasoning_effort', action: 'changed', value });
  }
  if (typeof reasoning !== 'object' || reasoning === null) return;
  const inner = nearest((reasoning as { effort?: unknown }).effort, known);
  if (inner === undefined) return;
  body['reasoning'] = { ...reasoning, effort: inner };
  changes.push({ parameter: 'reasoning.effort', action: 'changed', value: inner });
}

/** The known effort next to one that the model does not know, the lower of two; `undefined` when nothing has to change. */
function nearest(effort: unknown, known: readonly ReasoningEffort[]): ReasoningEffort | undefined {
  const asked = efforts.indexOf(effort as ReasoningEffort);
  if (asked === -1 || known.includes(effort as ReasoningEffort)) return undefined;
  const distance = (each: ReasoningEffort) => Math.abs(efforts.indexOf(each) - asked);
  return [...known].sort((a, b) => distance(a) - distance(b) || efforts.indexOf(a) - efforts.indexOf(b))[0];
}
