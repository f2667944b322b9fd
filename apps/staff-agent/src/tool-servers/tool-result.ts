import type { CallToolResult } from '@modelcontextprotocol/server';

/** A tool's answer: data as JSON. */
export function say(data: unknown): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(data) }] };
}

/** A tool's no, in words for the person: the model passes them on. */
export function refuse(reason: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: reason }] };
}
