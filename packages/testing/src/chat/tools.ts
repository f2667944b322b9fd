import type { AnswerFormat, AnswerTool, ToolChoice } from '../answer/answer-input.ts';
import { checkValue, missing, nameRule, refuse, wrongValue } from '../service/parameter.ts';
import { checkFunctionSchema } from './function-schema.ts';
import { checkStrictSchema } from './strict-schema.ts';

type Sent = Readonly<Record<string, unknown>>;

/** Whether a request uses `tools` or, as before 2023-12, `functions`. */
export type ToolDialect = 'tools' | 'functions';

/** The tools of a request and how they may be used. */
export interface Tools {
  readonly dialect: ToolDialect;
  readonly tools: readonly AnswerTool[];
  readonly choice: ToolChoice;
  readonly parallel: boolean;
}

/** Reads the tools of a chat completion. */
export function readTools(body: Sent): Tools {
  const sent = body['tools'];
  if (sent === undefined || sent === null) return readFunctions(body);
  const tools = (sent as unknown[]).map(readTool);
  return {
    dialect: 'tools',
    tools,
    choice: readChoice(body['tool_choice'], tools),
    parallel: body['parallel_tool_calls'] !== false && body['reasoning_effort'] !== 'minimal',
  };
}

function readTool(sent: unknown, index: number): AnswerTool {
  const path = `tools[${index}]`;
  checkValue(sent, path, { type: 'object' });
  const tool = sent as Sent;
  const kind = tool['type'];
  if (kind === undefined) throw missing(`${path}.type`);
  if (kind !== 'function' && kind !== 'custom')
    throw wrongValue(`${path}.type`, ['function', 'custom'], kind);
  const body = tool[kind];
  if (body === undefined) throw missing(`${path}.${kind}`);
  checkValue(body, `${path}.${kind}`, { type: 'object' });
  return readDefinition(body as Sent, `${path}.${kind}`, kind);
}

function readDefinition(body: Sent, path: string, kind: 'function' | 'custom'): AnswerTool {
  const { name, description, parameters } = body;
  if (name === undefined) throw missing(`${path}.name`);
  checkValue(name, `${path}.name`, nameRule);
  if (parameters !== undefined && parameters !== null) {
    checkValue(parameters, `${path}.parameters`, { type: 'object' });
    checkFunctionSchema(parameters, {
      name: name as string,
      param: `${path}.parameters`,
      isStrict: body['strict'] === true,
    });
  }
  return {
    name: name as string,
    kind,
    ...(typeof description === 'string' && { description }),
    ...(parameters !== undefined && parameters !== null && { parameters }),
  };
}

function readFunctions(body: Sent): Tools {
  const sent = body['functions'];
  if (sent === undefined || sent === null) {
    return { dialect: 'tools', tools: [], choice: 'auto', parallel: false };
  }
  const tools = (sent as unknown[]).map((entry, index) => {
    checkValue(entry, `functions[${index}]`, { type: 'object' });
    return readDefinition(entry as Sent, `functions[${index}]`, 'function');
  });
  const call = body['function_call'];
  const isNamed = typeof call === 'object' && call !== null;
  const choice: ToolChoice = isNamed
    ? { names: [String((call as Sent)['name'])], mode: 'required' }
    : call === 'none'
      ? 'none'
      : 'auto';
  return { dialect: 'functions', tools, choice, parallel: false };
}

function readChoice(sent: unknown, tools: readonly AnswerTool[]): ToolChoice {
  if (sent === undefined || sent === null) return 'auto';
  if (typeof sent === 'string') {
    if (sent === 'auto' || sent === 'none' || sent === 'required') return sent;
    throw wrongValue('tool_choice', ['none', 'auto', 'required'], sent);
  }
  checkValue(sent, 'tool_choice', { type: 'object' });
  const choice = sent as Sent;
  if (choice['type'] === 'allowed_tools') return readAllowed(choice['allowed_tools']);
  const kind = choice['type'] === 'custom' ? 'custom' : 'function';
  const body = choice[kind] as Sent | undefined;
  const name = body?.['name'];
  if (typeof name !== 'string') throw missing(`tool_choice.${kind}`);
  if (!tools.some((tool) => tool.name === name)) {
    throw refuse(`Tool choice '${kind}' not found in 'tools' parameter.`, 'tool_choice', null);
  }
  return { names: [name], mode: 'required' };
}

function readAllowed(sent: unknown): ToolChoice {
  if (sent === undefined) throw missing('tool_choice.allowed_tools');
  checkValue(sent, 'tool_choice.allowed_tools', { type: 'object' });
  const { mode, tools } = sent as Sent;
  if (tools === undefined) throw missing('tool_choice.allowed_tools.tools');
  checkValue(tools, 'tool_choice.allowed_tools.tools', { type: 'array', of: 'objects', minLength: 1 });
  const names = (tools as Sent[]).flatMap((tool, index) => {
    checkValue(tool, `tool_choice.allowed_tools.tools[${index}]`, { type: 'object' });
    const body = (tool['function'] ?? tool['custom']) as Sent | undefined;
    return typeof body?.['name'] === 'string' ? [body['name']] : [];
  });
  return { names, mode: mode === 'required' ? 'required' : 'auto' };
}

const formats = ['json_object', 'json_schema', 'text'];

/** Reads `response_format`; `text` is the conversation, which JSON mode looks for the word “json”. */
export function readFormat(body: Sent, text: () => string): AnswerFormat {
  const sent = body['response_format'] as Sent | null | undefined;
  if (sent === undefined || sent === null) return { kind: 'text' };
  const { type } = sent;
  if (type === undefined) throw missing('response_format.type');
  if (typeof type !== 'string' || !formats.includes(type)) {
    throw wrongValue('response_format.type', formats, type);
  }
  if (type === 'text') return { kind: 'text' };
  if (type === 'json_schema') return readSchema(sent['json_schema']);
  if (!/json/i.test(text())) {
    throw refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      'messages',
      null,
    );
  }
  return { kind: 'json' };
}

function readSchema(sent: unknown): AnswerFormat {
  const path = 'response_format.json_schema';
  if (sent === undefined || sent === null) throw missing(path);
  checkValue(sent, path, { type: 'object' });
  const { name, schema, strict } = sent as Sent;
  if (name === undefined) throw missing(`${path}.name`);
  checkValue(name, `${path}.name`, nameRule);
  if (schema === undefined || schema === null) throw missing(`${path}.schema`);
  checkValue(schema, `${path}.schema`, { type: 'object' });
  if (strict === true) {
    checkStrictSchema(schema, {
      what: `response_format '${name as string}'`,
      param: 'response_format',
      code: null,
    });
  }
  return { kind: 'schema', schema, name: name as string };
}
