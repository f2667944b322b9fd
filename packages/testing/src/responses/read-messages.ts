import type { AnswerMessage } from '../answer/answer-input.ts';
import { shown } from '../answer/records.ts';
import type { OperationRequest } from '../service/operation.ts';
import { decryptContent } from './encrypted-content.ts';
import type { Item } from './items.ts';

/** The items of a conversation as messages to answer, by the resource that wrote those that are encrypted. */
export function readMessages(
  items: readonly Item[],
  maker: Pick<OperationRequest, 'resource'>,
): AnswerMessage[] {
  return items.flatMap((item): AnswerMessage[] => {
    switch (item.type) {
      case 'message':
        return [toMessage(item)];
      case 'function_call':
      case 'custom_tool_call': {
        const id = String(item['call_id']);
        const text = textOf(item[item.type === 'function_call' ? 'arguments' : 'input']);
        return [
          { role: 'assistant', text: '', toolCalls: [{ id, name: String(item['name']), arguments: text }] },
        ];
      }
      case 'compaction':
        return [{ role: 'system', text: decryptContent(maker, shown(item['encrypted_content'])) }];
      default:
        if (!item.type.endsWith('_output')) return [];
        return [{ role: 'tool', text: textOf(item['output']), toolCallId: String(item['call_id']) }];
    }
  });
}

const mediaTypes = ['input_image', 'input_file', 'input_audio'];

function toMessage(item: Item): AnswerMessage {
  const parts = item['content'] as readonly Readonly<Record<string, unknown>>[];
  const media = parts.filter(({ type }) => mediaTypes.includes(String(type))).length;
  const role = item['role'] === 'developer' ? 'system' : (item['role'] as AnswerMessage['role']);
  return { role, text: textOf(parts), ...(media > 0 && { media }) };
}

/** The text of a string, of content parts, or of any other JSON value. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value
    .map((part: unknown) => {
      const { text, refusal } = (part ?? {}) as { text?: unknown; refusal?: unknown };
      return typeof text === 'string' ? text : typeof refusal === 'string' ? refusal : '';
    })
    .filter((text) => text !== '')
    .join('\n');
}
