import type { DeploymentRequest } from '../service/operation.ts';
import { quotedList, refuse } from '../service/parameter.ts';

const defaults: Readonly<Record<string, unknown>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logprobs: false,
  top_logprobs: 0,
};

/** Efforts by model (learn.microsoft.com, how-to/reasoning; `max` on gpt-6 is third-party). The first match counts. */
const efforts: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^o\d/, ['low', 'medium', 'high']],
  [/^gpt-5-pro/, ['high']],
  [/^gpt-5\.1/, ['none', 'low', 'medium', 'high']],
  [/^gpt-5\./, ['none', 'low', 'medium', 'high', 'xhigh']],
  [/^gpt-5/, ['minimal', 'low', 'medium', 'high']],
];
const newestEfforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/**
 * Refuses parameters that reasoning models do not accept, and reasoning parameters for other models
 * (docs/wire/errors.md#4.5 and docs/wire/features.md#8.2).
 */
export function checkReasoningParameters({ body, deployment }: DeploymentRequest): void {
  const effort = body['reasoning_effort'];
  if (!deployment.traits.isReasoning) {
    if (typeof effort !== 'string') return;
    throw refuse('Unrecognized request argument supplied: reasoning_effort', null, null);
  }
  if (typeof effort === 'string') checkEffort(effort, deployment.model);
  if (body['max_tokens'] !== undefined && body['max_tokens'] !== null) {
    throw refuse(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'max_tokens',
      'unsupported_parameter',
    );
  }
  checkSampling(body, deployment.model);
}

/** The same for the Responses API, which has other texts (OpenHands/software-agent-sdk#1837). */
export function checkResponseReasoning({ body, deployment }: DeploymentRequest): void {
  const { effort } = (body['reasoning'] ?? {}) as { readonly effort?: unknown };
  const { model, traits } = deployment;
  if (typeof effort === 'string') {
    if (!traits.isReasoning) throw unsupported('reasoning.effort');
    const supported = effortsOf(model);
    if (!supported.includes(effort)) {
      const message = `Unsupported value: '${effort.slice(0, 100)}' is not supported with the '${model}' model. Supported values are: ${quotedList(supported, 'and')}.`;
      throw refuse(message, 'reasoning.effort', 'unsupported_value');
    }
  }
  if (!traits.isReasoning) return;
  for (const name of ['temperature', 'top_p', 'top_logprobs']) {
    const value = body[name];
    if (value === undefined || value === null || value === defaults[name]) continue;
    throw refuse(`Unsupported parameter: '${name}' is not supported with this model.`, name, null);
  }
}

/** The effort that a model takes when none is given: newer ones reason only on request. */
export function defaultEffort(model: string): string {
  if (/^gpt-5\.|^gpt-6/.test(model)) return 'none';
  return model.startsWith('gpt-5-pro') ? 'high' : 'medium';
}

function checkEffort(effort: string, model: string): void {
  const supported = effortsOf(model);
  if (supported.includes(effort)) return;
  throw refuse(
    `Unsupported value: 'reasoning_effort' does not support '${effort.slice(0, 100)}' with this model. Supported values are: ${quotedList(supported, 'and')}.`,
    'reasoning_effort',
    'unsupported_value',
  );
}

function effortsOf(model: string): readonly string[] {
  return efforts.find(([pattern]) => pattern.test(model))?.[1] ?? newestEfforts;
}

function checkSampling(body: Readonly<Record<string, unknown>>, model: string): void {
  for (const name in defaults) {
    const value = body[name];
    if (value === undefined || value === null || value === defaults[name]) continue;
    // o3-mini says that it does not support the parameter at all (immersive-translate#2694).
    if (name === 'temperature' && !model.startsWith('o3-mini')) {
      throw refuse(
        `Unsupported value: 'temperature' does not support ${JSON.stringify(value)} with this model. Only the default (1) value is supported.`,
        name,
        'unsupported_value',
      );
    }
    throw unsupported(name);
  }
  if (Object.keys(body['logit_bias'] ?? {}).length > 0) throw unsupported('logit_bias');
}

function unsupported(name: string): Error {
  return refuse(
    `Unsupported parameter: '${name}' is not supported with this model.`,
    name,
    'unsupported_parameter',
  );
}
