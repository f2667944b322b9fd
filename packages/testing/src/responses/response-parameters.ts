import type { AnswerFormat } from '../answer/answer-input.ts';
import { checkStrictSchema } from '../chat/strict-schema.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import {
  checkParameters,
  checkValue,
  missing,
  nameRule,
  refuse,
  unknownParameter,
  type Rules,
} from '../service/parameter.ts';
import type { Refusal } from '../service/refusal.ts';

type Sent = Readonly<Record<string, unknown>>;

const rules: Rules = new Map([
  ['model', { type: 'string' }],
  ['input', { type: 'any' }],
  ['instructions', { type: 'any' }],
  ['background', { type: 'boolean' }],
  ['conversation', { type: 'any' }],
  ['include', { type: 'array', of: 'strings' }],
  // Below 16 the service refuses to begin (openai/openai-python#2319).
  ['max_output_tokens', { type: 'integer', min: 16 }],
  ['max_tool_calls', { type: 'integer', min: 1 }],
  ['metadata', { type: 'any' }],
  ['parallel_tool_calls', { type: 'boolean' }],
  ['previous_response_id', { type: 'string' }],
  ['prompt', { type: 'object' }],
  ['prompt_cache_key', { type: 'string' }],
  ['prompt_cache_retention', { type: 'string' }],
  ['reasoning', { type: 'object' }],
  ['safety_identifier', { type: 'string' }],
  ['service_tier', { type: 'string', oneOf: ['auto', 'default', 'flex', 'scale', 'priority'] }],
  ['store', { type: 'boolean' }],
  ['stream', { type: 'boolean' }],
  ['stream_options', { type: 'object' }],
  ['temperature', { type: 'decimal', min: 0, max: 2 }],
  ['text', { type: 'object' }],
  ['tool_choice', { type: 'any' }],
  ['tools', { type: 'array', of: 'objects', maxLength: 128 }],
  ['top_logprobs', { type: 'integer', min: 0, max: 20 }],
  ['top_p', { type: 'decimal', min: 0, max: 1 }],
  ['truncation', { type: 'string', oneOf: ['auto', 'disabled'] }],
  ['user', { type: 'string' }],
  ['context_management', { type: 'any' }],
  ['agent_reference', { type: 'object' }],
] as const);

const includable = [
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
];

/** Refuses a body that the service refuses before it looks at the conversation. */
export function checkResponseParameters(request: DeploymentRequest): void {
  checkParameters(request, rules, refuseUnknown);
  const { body } = request;
  const { input, prompt, conversation } = body;
  if (
    input === undefined &&
    prompt === undefined &&
    conversation === undefined &&
    body['previous_response_id'] === undefined
  ) {
    throw refuse(
      "One of 'input' or 'previous_response_id' or 'prompt' or 'conversation' must be provided.",
      null,
      'missing_required_parameter',
    );
  }
  if (body['previous_response_id'] && conversation) {
    throw refuse(
      "Mutually exclusive parameters: 'previous_response_id' and 'conversation'. Ensure you are only providing one of them.",
      null,
      'mutually_exclusive_parameters',
    );
  }
  for (const [index, value] of ((body['include'] ?? []) as unknown[]).entries()) {
    checkValue(value, `include[${index}]`, { type: 'string', oneOf: includable });
  }
  if (body['background'] === true && body['store'] === false) {
    throw refuse("Background mode requires 'store' to be true.", 'background', 'unsupported_parameter');
  }
}

/** Parameters of chat completions that people send by mistake. */
const moved: Readonly<Record<string, string>> = {
  messages: 'input',
  response_format: 'text.format',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  reasoning_effort: 'reasoning.effort',
  verbosity: 'text.verbosity',
};

/** Names the new place of a parameter (egoist/chatwise-releases#1023, cline/cline#5419), or that there is none. */
function refuseUnknown(names: readonly string[]): Refusal {
  const old = names.find((name) => Object.hasOwn(moved, name));
  if (old === undefined) return unknownParameter(names);
  return refuse(
    `Unsupported parameter: '${old}'. In the Responses API, this parameter has moved to '${moved[old] ?? ''}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`,
    null,
    'unsupported_parameter',
  );
}

/** The values of `include`. */
export function included({ body, query }: Pick<OperationRequest, 'body' | 'query'>): ReadonlySet<string> {
  const sent = (body['include'] ?? []) as readonly string[];
  return new Set([...sent, ...query.getAll('include'), ...query.getAll('include[]')]);
}

/** Reads `text.format`. `text` is the conversation, which JSON mode looks for the word “json”. */
export function readFormat(
  body: Sent,
  text: () => string,
): { readonly echo: Sent; readonly format: AnswerFormat } {
  const sent = (body['text'] as Sent | undefined)?.['format'] ?? { type: 'text' };
  checkValue(sent, 'text.format', { type: 'object' });
  const format = sent as Sent;
  const type = format['type'];
  if (type === undefined) throw missing('text.format.type');
  checkValue(type, 'text.format.type', { type: 'string', oneOf: ['json_object', 'json_schema', 'text'] });
  if (type === 'text') return { echo: format, format: { kind: 'text' } };
  if (type === 'json_object') {
    if (/json/i.test(text())) return { echo: format, format: { kind: 'json' } };
    const message =
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.";
    throw refuse(message, 'input', null);
  }
  return readSchema(format);
}

function readSchema(format: Sent): { readonly echo: Sent; readonly format: AnswerFormat } {
  const { name, schema, description = null, strict = true } = format;
  for (const [key, value] of [
    ['name', name],
    ['schema', schema],
  ] as const) {
    if (value === undefined || value === null) throw missing(`text.format.${key}`);
  }
  checkValue(name, 'text.format.name', nameRule);
  checkValue(schema, 'text.format.schema', { type: 'object' });
  if (format['strict'] === true) {
    checkStrictSchema(schema, {
      what: `response_format '${String(name)}'`,
      param: 'text.format.schema',
      code: 'invalid_json_schema',
    });
  }
  return {
    echo: { type: 'json_schema', description, name, schema, strict },
    format: { kind: 'schema', schema, name: String(name) },
  };
}
