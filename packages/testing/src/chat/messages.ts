import type { AnswerMessage } from '../answer/answer-input.ts';
import { checkValue, missing, refuse, wrongType, wrongValue } from '../service/parameter.ts';

type Sent = Readonly<Record<string, unknown>>;

const roles = ['system', 'assistant', 'user', 'function', 'tool', 'developer'];

/** Reads the messages of a chat completion; refuses those that the service refuses. */
export function readMessages(body: Sent): AnswerMessage[] {
  const sent = body['messages'];
  if (sent === undefined || sent === null) throw missing('messages');
  const messages = (sent as unknown[]).map(readMessage);
  checkToolTurns(messages);
  return messages;
}

function readMessage(sent: unknown, index: number): AnswerMessage {
  const path = `messages[${index}]`;
  checkValue(sent, path, { type: 'object' });
  const message = sent as Sent;
  const { role } = message;
  if (role === undefined) throw missing(`${path}.role`);
  if (typeof role !== 'string' || !roles.includes(role)) throw wrongValue(`${path}.role`, roles, role);
  checkName(message, path, role);
  const { text, media } = readContent(message, path, role);
  const read = { role: roleOf(role), text, ...(media > 0 && { media }) };
  if (role === 'assistant') {
    const toolCalls = readToolCalls(message, path);
    return toolCalls.length === 0 ? read : { ...read, toolCalls };
  }
  if (role === 'tool') {
    const id = message['tool_call_id'];
    if (id === undefined || id === null) throw missing(`${path}.tool_call_id`);
    checkValue(id, `${path}.tool_call_id`, { type: 'string' });
    return { ...read, toolCallId: id as string };
  }
  return role === 'function' ? { ...read, toolCallId: `function:${String(message['name'])}` } : read;
}

function checkName(message: Sent, path: string, role: string): void {
  const name = message['name'];
  if (name !== undefined && name !== null) {
    checkValue(name, `${path}.name`, { type: 'string', pattern: senderPattern });
  } else if (role === 'function') {
    throw missing(`${path}.name`);
  }
}

/** Less strict than the name of a function: `Grüße` is valid, `a b` is not. */
const senderPattern = /^[^\s<|\\/>]+$/;

function roleOf(role: string): AnswerMessage['role'] {
  if (role === 'developer') return 'system';
  return role === 'function' ? 'tool' : (role as AnswerMessage['role']);
}

function readContent(message: Sent, path: string, role: string): { text: string; media: number } {
  const { content } = message;
  if (typeof content === 'string') return { text: content, media: 0 };
  if (Array.isArray(content)) return readParts(content, `${path}.content`);
  if (content === undefined || content === null) {
    // An assistant message without content needs tool calls, a refusal or audio (microsoft/semantic-kernel#6720).
    const spoke = ['tool_calls', 'function_call', 'refusal', 'audio'].some((name) => given(message[name]));
    if (role === 'function' || (role === 'assistant' && spoke))
      return { text: typeof message['refusal'] === 'string' ? message['refusal'] : '', media: 0 };
    throw refuse(
      `Invalid value for 'content': expected a string, got null.`,
      `messages.[${path.slice(9, -1)}].content`,
      null,
    );
  }
  throw wrongType(`${path}.content`, 'one of a string or array of objects', content);
}

const partTypes = ['text', 'image_url', 'input_audio', 'refusal', 'audio', 'file'];

function readParts(parts: readonly unknown[], path: string): { text: string; media: number } {
  const texts: string[] = [];
  let media = 0;
  for (const [index, sent] of parts.entries()) {
    const here = `${path}[${index}]`;
    checkValue(sent, here, { type: 'object' });
    const part = sent as Sent;
    const { type } = part;
    if (type === undefined) throw missing(`${here}.type`);
    if (typeof type !== 'string' || !partTypes.includes(type))
      throw wrongValue(`${here}.type`, partTypes, type);
    if (type === 'text' || type === 'refusal') {
      if (part[type] === undefined) throw missing(`${here}.${type}`);
      checkValue(part[type], `${here}.${type}`, { type: 'string' });
      texts.push(part[type] as string);
    } else {
      checkMedia(part, here, type);
      media += 1;
    }
  }
  return { text: texts.join('\n'), media };
}

const details = ['auto', 'low', 'high', 'original'];

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function checkMedia(part: Sent, path: string, type: string): void {
  const value = part[type];
  if (value === undefined || value === null) throw missing(`${path}.${type}`);
  checkValue(value, `${path}.${type}`, { type: 'object' });
  if (type === 'image_url') {
    const { url, detail } = value as Sent;
    if (given(detail)) checkValue(detail, `${path}.image_url.detail`, { type: 'string', oneOf: details });
    if (url === undefined) throw missing(`${path}.image_url.url`);
    checkValue(url, `${path}.image_url.url`, { type: 'string' });
    if (!/^(?:https?:\/\/|data:)/i.test(url as string)) {
      throw refuse(
        `Invalid '${path}.image_url.url'. Expected a valid URL, but got a value with an invalid format.`,
        `${path}.image_url.url`,
        'invalid_value',
      );
    }
  }
  if (type === 'input_audio') {
    const { data, format } = value as Sent;
    if (data === undefined) throw missing(`${path}.input_audio.data`);
    if (format === undefined) throw missing(`${path}.input_audio.format`);
    checkValue(format, `${path}.input_audio.format`, { type: 'string', oneOf: ['wav', 'mp3'] });
  }
}

const callTypes = ['function', 'custom'];

function readToolCalls(message: Sent, path: string): { id: string; name: string; arguments: string }[] {
  const calls = message['tool_calls'];
  const legacy = message['function_call'] as Sent | null | undefined;
  if (calls === undefined || calls === null) {
    if (legacy === undefined || legacy === null) return [];
    const name = String(legacy['name']);
    return [{ id: `function:${name}`, name, arguments: String(legacy['arguments']) }];
  }
  checkValue(calls, `${path}.tool_calls`, { type: 'array', of: 'objects', minLength: 1 });
  return (calls as unknown[]).map((sent, index) => {
    const here = `${path}.tool_calls[${index}]`;
    checkValue(sent, here, { type: 'object' });
    const call = sent as Sent;
    if (call['id'] === undefined) throw missing(`${here}.id`);
    checkValue(call['id'], `${here}.id`, { type: 'string' });
    const kind = call['type'];
    if (kind === undefined) throw missing(`${here}.type`);
    if (kind !== 'function' && kind !== 'custom') throw wrongValue(`${here}.type`, callTypes, kind);
    const body = call[kind];
    if (body === undefined) throw missing(`${here}.${kind}`);
    checkValue(body, `${here}.${kind}`, { type: 'object' });
    const { name } = body as Sent;
    if (name === undefined) throw missing(`${here}.${kind}.name`);
    checkValue(name, `${here}.${kind}.name`, { type: 'string' });
    const text = (body as Sent)[kind === 'custom' ? 'input' : 'arguments'];
    return {
      id: call['id'] as string,
      name: name as string,
      arguments: typeof text === 'string' ? text : '',
    };
  });
}

/** Every tool message answers a call of the message before, and every call is answered. */
function checkToolTurns(messages: readonly AnswerMessage[]): void {
  let called: readonly string[] = [];
  let open = new Set<string>();
  for (const [index, { role, toolCallId = '', toolCalls = [] }] of messages.entries()) {
    if (role === 'tool' && !isLegacy(toolCallId)) {
      checkCalled(called, toolCallId, index);
      open.delete(toolCallId);
      continue;
    }
    checkAnswered(open, index);
    called = toolCalls.map(({ id }) => id).filter((id) => !isLegacy(id));
    open = new Set(called);
  }
  checkAnswered(open, messages.length);
}

/** Calls of functions have no id on the wire and may stay without an answer. */
function isLegacy(id: string): boolean {
  return id.startsWith('function:');
}

/** dapr/dapr-agents#145. */
function checkCalled(called: readonly string[], id: string, index: number): void {
  if (called.length === 0) {
    throw refuse(
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
      `messages.[${index}].role`,
      null,
    );
  }
  if (called.includes(id)) return;
  const shown = id.length > 200 ? `${id.slice(0, 200)}...` : id;
  throw refuse(
    `Invalid parameter: 'tool_call_id' of '${shown}' not found in 'tool_calls' of previous message.`,
    `messages.[${index}].tool_call_id`,
    null,
  );
}

function checkAnswered(open: ReadonlySet<string>, index: number): void {
  if (open.size === 0) return;
  throw refuse(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    `messages.[${index}].role`,
    null,
  );
}
