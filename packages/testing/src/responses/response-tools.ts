import type { AnswerTool, ToolChoice } from '../answer/answer-input.ts';
import { shown } from '../answer/records.ts';
import { checkFunctionSchema } from '../chat/function-schema.ts';
import { strictSchema } from '../chat/strict-schema.ts';
import { checkValue, missing, nameRule, refuse, wrongValue } from '../service/parameter.ts';

type Sent = Readonly<Record<string, unknown>>;

/** The tools as the response repeats them: with the service's defaults filled in. */
export function readTools(body: Sent): {
  readonly echo: readonly Sent[];
  readonly tools: readonly AnswerTool[];
} {
  const sent = (body['tools'] ?? []) as unknown[];
  const echo = sent.map((tool, index) => readTool(tool, `tools[${index}]`));
  const tools = echo.flatMap((tool): AnswerTool[] => {
    const { type, name, description, parameters } = tool;
    if (type !== 'function' && type !== 'custom') return [];
    return [
      {
        name: String(name),
        kind: type,
        ...(typeof description === 'string' && { description }),
        ...(type === 'function' && parameters !== null && { parameters }),
      },
    ];
  });
  return { echo, tools };
}

const hosted = [
  'file_search',
  'web_search',
  'web_search_preview',
  'web_search_preview_2025_03_11',
  'web_search_2025_08_26',
  'computer_use_preview',
  'computer',
  'code_interpreter',
  'image_generation',
  'mcp',
  'local_shell',
  'shell',
  'apply_patch',
  'tool_search',
  'namespace',
];

function readTool(sent: unknown, path: string): Sent {
  checkValue(sent, path, { type: 'object' });
  const tool = sent as Sent;
  if (tool['type'] === undefined) throw missing(`${path}.type`);
  const type = shown(tool['type']);
  if (hosted.includes(type)) return readHosted(tool, type, path);
  if (type !== 'function' && type !== 'custom')
    throw wrongValue(`${path}.type`, ['function', 'custom', ...hosted], type);
  if (tool['name'] === undefined) throw missing(`${path}.name`);
  checkValue(tool['name'], `${path}.name`, nameRule);
  if (type === 'custom') return ordered({ description: null, format: { type: 'text' }, ...tool });
  return readFunction(tool, path);
}

function readFunction(tool: Sent, path: string): Sent {
  const { name, description = null, parameters = null, defer_loading } = tool;
  const strict = tool['strict'] ?? true;
  if (parameters !== null) {
    checkValue(parameters, `${path}.parameters`, { type: 'object' });
    // Only an explicit `strict` is checked; by default the schema is converted.
    checkFunctionSchema(parameters, {
      name: String(name),
      param: `${path}.parameters`,
      isStrict: tool['strict'] === true,
    });
  }
  return {
    type: 'function',
    ...(defer_loading === true && { defer_loading }),
    description,
    name,
    parameters: strict === true ? strictSchema(parameters) : parameters,
    strict,
  };
}

const webSearchDefaults: Sent = {
  search_context_size: 'medium',
  user_location: { type: 'approximate', city: null, country: 'US', region: null, timezone: null },
};

/** Defaults that the service fills in (fixtures of @ai-sdk/azure; azure-sdk-for-python, test_responses.py). */
const defaults: Readonly<Record<string, Sent>> = {
  file_search: {
    filters: null,
    max_num_results: 20,
    ranking_options: { ranker: 'auto', score_threshold: 0 },
  },
  web_search: { filters: null, ...webSearchDefaults },
  web_search_2025_08_26: { filters: null, ...webSearchDefaults },
  web_search_preview: webSearchDefaults,
  web_search_preview_2025_03_11: webSearchDefaults,
  image_generation: {
    background: 'auto',
    model: 'gpt-image-1',
    moderation: 'auto',
    n: 1,
    output_compression: 100,
    output_format: 'png',
    quality: 'auto',
    size: 'auto',
  },
  tool_search: { description: null, parameters: null },
};

function readHosted(tool: Sent, type: string, path: string): Sent {
  if (type === 'file_search' && tool['vector_store_ids'] === undefined)
    throw missing(`${path}.vector_store_ids`);
  if (type === 'mcp' && tool['server_label'] === undefined) throw missing(`${path}.server_label`);
  if (type === 'code_interpreter' && tool['container'] === undefined) throw missing(`${path}.container`);
  return ordered({ ...defaults[type], ...tool });
}

/** The type first, then in alphabetical order. */
function ordered({ type, ...rest }: Sent): Sent {
  const names = Object.keys(rest).sort();
  return { type, ...Object.fromEntries(names.map((name) => [name, rest[name]])) };
}

/** Reads `tool_choice`, as far as it is about functions and custom tools. */
export function readToolChoice(body: Sent, tools: readonly Sent[]): ToolChoice {
  const sent = body['tool_choice'];
  if (sent === undefined || sent === null) return 'auto';
  if (typeof sent === 'string') {
    checkValue(sent, 'tool_choice', { type: 'string', oneOf: ['none', 'auto', 'required'] });
    if (sent === 'required' && tools.length === 0) {
      throw refuse("Tool choice 'required' must be specified with 'tools' parameter.", 'tool_choice', null);
    }
    return sent as ToolChoice;
  }
  checkValue(sent, 'tool_choice', { type: 'object' });
  const choice = sent as Sent;
  if (choice['type'] === 'allowed_tools') {
    checkValue(choice['tools'], 'tool_choice.tools', { type: 'array', of: 'objects', minLength: 1 });
    const names = (choice['tools'] as Sent[]).map((tool) => shown(tool['name']));
    return { names, mode: choice['mode'] === 'required' ? 'required' : 'auto' };
  }
  const type = shown(choice['type']);
  const isNamed = type === 'function' || type === 'custom';
  if (isNamed && choice['name'] === undefined) throw missing('tool_choice.name');
  const isOffered = (tool: Sent): boolean =>
    isNamed ? tool['name'] === choice['name'] : familyOf(tool['type']) === familyOf(type);
  if (!tools.some(isOffered)) {
    throw refuse(`Tool choice '${type.slice(0, 100)}' not found in 'tools' parameter.`, 'tool_choice', null);
  }
  return isNamed ? { names: [shown(choice['name'])], mode: 'required' } : 'none';
}

/** The hosted tool that has to be called: the named one, or the first where there is no other tool. */
export function forcedTool(body: Sent, tools: readonly Sent[]): Sent | undefined {
  const choice = body['tool_choice'];
  if (choice === 'required')
    return tools.every(({ type }) => hosted.includes(String(type))) ? tools[0] : undefined;
  if (typeof choice !== 'object' || choice === null) return undefined;
  const { type, mode, tools: allowed } = choice as Sent;
  if (type === 'allowed_tools' && mode !== 'required') return undefined;
  const named = type === 'allowed_tools' ? (allowed as Sent[]) : [choice as Sent];
  const first = named.find((each) => hosted.includes(String(each['type'])));
  return first && tools.find((tool) => familyOf(tool['type']) === familyOf(first['type']));
}

/** Versions of a tool are the same tool. */
function familyOf(type: unknown): string {
  return shown(type).replace(/(web_search|computer).*/, '$1');
}
