import type { Operation } from '../events/events.ts';

/** What kind of work a path asks for. */
export function operationOf(path: string): Operation {
  if (path.startsWith('/chat/')) return 'chat';
  if (path.startsWith('/responses')) return 'responses';
  if (path.startsWith('/embeddings')) return 'embeddings';
  if (path.startsWith('/completions')) return 'text_completion';
  if (path.startsWith('/images/')) return 'image';
  if (path.startsWith('/audio/')) return 'audio';
  return path.startsWith('/realtime') ? 'realtime' : 'other';
}
