import type { DeploymentRequest } from '../service/operation.ts';
import {
  checkParameters,
  checkValue,
  refuse,
  unknownParameter,
  type Rule,
  type Rules,
} from '../service/parameter.ts';
import { gatewayError } from '../service/envelopes.ts';
import { Refusal } from '../service/refusal.ts';
import { checkReasoningParameters } from './reasoning-rules.ts';

const number = (min: number, max: number): Rule => ({ type: 'decimal', min, max });
const text: Rule = { type: 'string' };
const flag: Rule = { type: 'boolean' };
const object: Rule = { type: 'object' };
const serviceTiers = ['auto', 'default', 'flex', 'scale', 'priority'];

/**
 * Parameters of a chat completion by the first dated api-version that has them (docs/wire/versions.md#2.3; computed there from
 * the spec files). `stream_options` is missing from the spec of 2024-10-21, yet the service accepts it (recorded on
 * 2026-09-01 with that version). What is older than those files: MicrosoftDocs/azure-docs#118117 for tools,
 * openai/openai-python#517 for functions.
 */
const rules: Rules = new Map<string, Rule & { readonly since?: string }>([
  ['messages', { type: 'array', of: 'objects', minLength: 1, maxLength: 2048 }],
  ['model', text],
  ['audio', { ...object, since: '2025-01-01' }],
  ['data_sources', { type: 'array', of: 'objects', minLength: 1 }],
  ['frequency_penalty', number(-2, 2)],
  ['function_call', { type: 'any', since: '2023-07-01' }],
  ['functions', { type: 'array', of: 'objects', minLength: 1, maxLength: 128, since: '2023-07-01' }],
  ['logit_bias', object],
  ['logprobs', { ...flag, since: '2024-05-01' }],
  ['max_completion_tokens', { type: 'integer', min: 1, since: '2024-09-01' }],
  ['max_tokens', { type: 'integer', min: 1 }],
  ['metadata', { ...object, since: '2024-12-01' }],
  ['modalities', { type: 'array', of: 'strings', since: '2025-01-01' }],
  ['moderation', { ...object, since: '2025-04-01' }],
  ['n', { type: 'integer', min: 1, max: 128 }],
  ['parallel_tool_calls', { ...flag, since: '2024-09-01' }],
  ['prediction', { ...object, since: '2025-01-01' }],
  ['presence_penalty', number(-2, 2)],
  ['prompt_cache_key', { ...text, since: '2025-04-01' }],
  ['prompt_cache_options', { ...object, since: '2025-04-01' }],
  ['prompt_cache_retention', { ...text, since: '2025-04-01' }],
  ['reasoning_effort', { ...text, since: '2024-12-01' }],
  ['response_format', { ...object, since: '2023-12-01' }],
  ['safety_identifier', { ...text, since: '2025-04-01' }],
  ['seed', { type: 'integer', since: '2023-12-01' }],
  ['service_tier', { ...text, oneOf: serviceTiers, since: '2025-04-01' }],
  ['stop', { type: 'any' }],
  ['store', { ...flag, since: '2024-12-01' }],
  ['stream', flag],
  ['stream_options', { ...object, since: '2024-09-01' }],
  ['temperature', number(0, 2)],
  ['tool_choice', { type: 'any', since: '2023-12-01' }],
  ['tools', { type: 'array', of: 'objects', minLength: 1, maxLength: 128, since: '2023-12-01' }],
  ['top_logprobs', { type: 'integer', min: 0, max: 20, since: '2024-05-01' }],
  ['top_p', number(0, 1)],
  ['user', text],
  ['user_security_context', { ...object, since: '2024-12-01' }],
  ['verbosity', { type: 'string', oneOf: ['low', 'medium', 'high'], since: '2025-04-01' }],
  ['web_search_options', { ...object, since: '2025-03-01' }],
]);

/** Refuses parameters that the api-version or the model does not support. */
export function checkChatParameters(request: DeploymentRequest): void {
  checkParameters(request, rules, request.deployment.traits.isReasoning ? unknownParameter : undefined);
  checkParts(request.body);
  checkVersionedValues(request);
  checkReasoningParameters(request);
  checkTogether(request.body);
  checkOutput(request);
}

/** Rules for the members of parameters that are objects or lists. */
function checkParts(body: Readonly<Record<string, unknown>>): void {
  for (const [index, modality] of ((body['modalities'] ?? []) as unknown[]).entries()) {
    checkValue(modality, `modalities[${index}]`, { type: 'string', oneOf: ['text', 'audio'] });
  }
  const streamOptions = (body['stream_options'] ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of ['include_usage', 'include_obfuscation']) {
    const value = streamOptions[name];
    if (given(value)) checkValue(value, `stream_options.${name}`, { type: 'boolean' });
  }
  const bias = (body['logit_bias'] ?? {}) as Readonly<Record<string, unknown>>;
  for (const token in bias) {
    if (!/^\d+$/.test(token)) {
      const message = `Invalid key in 'logit_bias': ${token.slice(0, 200)}. You should only be submitting non-negative integers.`;
      throw refuse(message, 'logit_bias', null);
    }
    checkValue(bias[token], `logit_bias.${token.slice(0, 20)}`, number(-100, 100));
  }
  checkMetadata((body['metadata'] ?? {}) as Readonly<Record<string, unknown>>);
}

function checkMetadata(metadata: Readonly<Record<string, unknown>>): void {
  const count = Object.keys(metadata).length;
  if (count > 16) {
    const message = `Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with ${count} properties instead.`;
    throw refuse(message, 'metadata', 'object_above_max_properties');
  }
  for (const name in metadata) {
    checkValue(metadata[name], `metadata.${name.slice(0, 64)}`, { type: 'string', maxLength: 512 });
  }
}

/** Values that came later than their parameter. Their messages are the gateway's own. */
function checkVersionedValues({ surface, api, body, deployment }: DeploymentRequest): void {
  if (surface !== 'dated') return;
  const date = api.slice(0, 10);
  // microsoft/semantic-kernel#12268, Azure/azure-sdk-for-python#40759: the placeholder is really on the wire.
  if (/^o[134]/.test(deployment.model) && date < '2024-12-01') {
    const name = /^o(?:1|3-mini)/.test(deployment.model) ? '{modelName}' : deployment.model;
    throw badRequest(`Model ${name} is enabled only for api versions 2024-12-01-preview and later`);
  }
  const format = body['response_format'] as { readonly type?: unknown } | null | undefined;
  if (format?.type === 'json_schema' && date < '2024-08-01') {
    throw badRequest(
      'response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later',
    );
  }
  if (body['tool_choice'] === 'required' && date < '2024-06-01') {
    throw badRequest('tool_choice value as required is enabled only for api versions 2024-06-01 and later');
  }
}

function badRequest(message: string): Refusal {
  return new Refusal(gatewayError(400, { code: 'BadRequest', message }));
}

/** Parameters that need or exclude each other. */
function checkTogether(body: Readonly<Record<string, unknown>>): void {
  if (given(body['max_tokens']) && given(body['max_completion_tokens'])) {
    const message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
    throw refuse(message, 'max_tokens', 'invalid_parameter_combination');
  }
  if (given(body['stream_options']) && body['stream'] !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw refuse(message, 'stream_options', null);
  }
  if (given(body['top_logprobs']) && body['logprobs'] !== true && body['top_logprobs'] !== 0) {
    throw refuse(
      "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.",
      'top_logprobs',
      null,
    );
  }
  if (given(body['function_call']) && !given(body['functions'])) {
    const message =
      "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' are specified.";
    throw refuse(message, 'function_call', null);
  }
  if (given(body['tools'])) return;
  for (const name of ['tool_choice', 'parallel_tool_calls']) {
    if (!given(body[name]) || body[name] === 'none') continue;
    throw refuse(
      `Invalid value for '${name}': '${name}' is only allowed when 'tools' are specified.`,
      name,
      null,
    );
  }
}

function checkOutput({ body, deployment }: DeploymentRequest): void {
  if (body['service_tier'] === 'flex' && !deployment.traits.isReasoning) {
    // A 400 since 2026-09-25 (how-to/flex-processing); the text is the mock's own.
    throw refuse("The service tier 'flex' is not supported with this model.", 'service_tier', null);
  }
  const name = given(body['max_completion_tokens']) ? 'max_completion_tokens' : 'max_tokens';
  const wanted = body[name];
  const limit = deployment.traits.outputTokens;
  if (typeof wanted !== 'number' || wanted <= limit) return;
  const message = `${name} is too large: ${wanted}. This model supports at most ${limit} completion tokens, whereas you provided ${wanted}.`;
  throw refuse(message, name, 'invalid_value');
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}
