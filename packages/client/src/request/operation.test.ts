import { expect, test } from 'vitest';
import { operationOf } from './operation.ts';

test.each([
  ['/chat/completions', 'chat'],
  ['/chat/completions/chatcmpl-1/messages', 'chat'],
  ['/responses', 'responses'],
  ['/responses/resp_1/cancel', 'responses'],
  ['/embeddings', 'embeddings'],
  ['/completions', 'text_completion'],
  ['/images/generations', 'image'],
  ['/audio/speech', 'audio'],
  ['/realtime', 'realtime'],
  ['/realtime/calls', 'realtime'],
  ['/files', 'other'],
  ['/chats', 'other'],
  ['/my/chat/completions', 'other'],
])('%s asks for %s', (path, operation) => {
  expect(operationOf(path)).toBe(operation);
});
