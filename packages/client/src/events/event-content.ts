import { isFields } from '../fields.ts';
import type { Fields } from '../fields.ts';

/** A message in the form of the conventions (`gen_ai.input.messages`). */
interface Message {
  readonly role: string;
  readonly parts: readonly object[];
  readonly finish_reason?: string;
}

/** The prompt of a request, of chat completions, responses or completions. */
export function inputMessages(request: Fields): readonly Message[] {
  const asked = request['messages'] ?? request['input'] ?? request['prompt'];
  if (typeof asked === 'string') return [{ role: 'user', parts: [textPart(asked)] }];
  return Array.isArray(asked) ? asked.filter(isFields).map(messageOf) : [];
}

/** The messages of an answer, from a whole body or from the text of a stream. */
export function outputMessages(answer: unknown): readonly Message[] {
  if (typeof answer === 'string') {
    return answer === '' ? [] : [{ role: 'assistant', parts: [textPart(answer)] }];
  }
  if (!isFields(answer)) return [];
  const { choices, output } = answer;
  if (Array.isArray(output)) return output.filter(isFields).map(messageOf);
  if (!Array.isArray(choices)) return [];
  return choices.filter(isFields).map((choice) => ({
    ...messageOf(isFields(choice['message']) ? choice['message'] : { content: choice['text'] }),
    ...(typeof choice['finish_reason'] === 'string' ? { finish_reason: choice['finish_reason'] } : undefined),
  }));
}

function messageOf(message: Fields): Message {
  const { role, content, tool_calls: calls, tool_call_id: answers } = message;
  const parts = typeof content === 'string' ? [textPart(content)] : partsOf(content);
  if (typeof answers === 'string') {
    return { role: 'tool', parts: [{ type: 'tool_call_response', id: answers, response: content }] };
  }
  return {
    role: typeof role === 'string' ? role : 'assistant',
    parts: [...parts, ...(Array.isArray(calls) ? calls.filter(isFields).map(callPart) : [])],
  };
}

function partsOf(content: unknown): readonly object[] {
  if (!Array.isArray(content)) return [];
  return content
    .filter(isFields)
    .map((part) => (typeof part['text'] === 'string' ? textPart(part['text']) : { type: part['type'] }));
}

function callPart(call: Fields): object {
  const made = isFields(call['function']) ? call['function'] : call;
  return { type: 'tool_call', id: call['id'], name: made['name'], arguments: made['arguments'] };
}

function textPart(content: string): object {
  return { type: 'text', content };
}
