import { chatAnswer, chatEvents, rawAnswer } from './raw-server.ts';

const response = {
  id: 'resp_1234567890',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'gpt-4.1-mini',
  output: [
    {
      id: 'msg_1234567890',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hello', annotations: [] }],
    },
  ],
  usage: { input_tokens: 3, output_tokens: 2, total_tokens: 5 },
};

/** A response as a stream of events. */
export function responseEvents(): string {
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
    { type: 'response.output_text.delta', delta: 'Hel', output_index: 0, content_index: 0, item_id: 'msg_1' },
    { type: 'response.output_text.delta', delta: 'lo', output_index: 0, content_index: 0, item_id: 'msg_1' },
    { type: 'response.completed', response },
  ]
    .map((event, index) => `data: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`)
    .join('');
}

const embedding = {
  object: 'list',
  model: 'm',
  data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }],
  usage: { prompt_tokens: 3, total_tokens: 3 },
};

/** The right answer to what a request asks for, by its path and body: `Hello`. */
export function rightBody(head: string, body: string): { type: string; body: string } {
  const isStream = body.includes('"stream":true');
  const json = (value: object) => ({ type: 'application/json', body: JSON.stringify(value) });
  const events = (text: string) => ({ type: 'text/event-stream', body: text });
  if (head.includes('/embeddings')) return json(embedding);
  if (head.includes('/responses')) return isStream ? events(responseEvents()) : json(response);
  return isStream ? events(chatEvents('Hel', 'lo')) : { type: 'application/json', body: chatAnswer('Hello') };
}

export function rightAnswer({ head, body }: { head: string; body: string }): string {
  const right = rightBody(head, body);
  return rawAnswer(right.body, { headers: { 'content-type': right.type } });
}
