import { isRecord, parseJson, shown } from '../answer/records.ts';
import type { Connection, DeploymentOperation } from '../service/operation.ts';
import { checkValue, refuse } from '../service/parameter.ts';
import type { TurnMemory } from './create-response.ts';
import { createResponse } from './create-response.ts';
import type { StoredResponse } from './response-store.ts';

// The Responses API over a WebSocket (learn.microsoft.com/azure/foundry/openai/how-to/websockets): each
// `response.create` is a call of its own, one after the other, and its events are those of a stream without the frame of
// one. Not said there, and so the mock's own choice: what a message that is no `response.create` is answered with, that
// `background: true` is refused, and the code with which a connection is closed after its hour.

const longestMs = 60 * 60 * 1000;

/** Takes one turn of a conversation after another, until the connection has lived for an hour. */
export function serveWebSocket(connection: Connection, create: DeploymentOperation): void {
  /** What the connection keeps: the last response, stored or not. */
  let kept: StoredResponse | undefined;
  let isBusy = false;
  let isOver = false;

  async function answer(body: Sent, text: string): Promise<void> {
    let made: StoredResponse | undefined;
    const { generate, ...fields } = body;
    const memory: TurnMemory = {
      isWarmUp: generate === false,
      recall: (id) => (kept?.final.id === id ? kept : undefined),
      remember: (stored) => (made = stored),
    };
    const operation: DeploymentOperation = {
      ...create,
      handle: (request) => {
        if (generate !== undefined) checkValue(generate, 'generate', { type: 'boolean' });
        if (body['background'] === true) {
          const message = 'Background mode is not supported in WebSocket mode.';
          throw refuse(message, 'background', 'unsupported_parameter');
        }
        return createResponse(request, memory);
      },
    };
    const outcome = await connection.answer({
      operation,
      body: { ...fields, stream: true },
      text,
      isSilent: memory.isWarmUp,
    });
    if (outcome === 'answered') kept = made;
    // A failed turn drops the response that it continued.
    else if (kept?.final.id === body['previous_response_id']) kept = undefined;
  }

  async function receive(text: string): Promise<void> {
    const event = parseJson(text);
    if (!isRecord(event)) {
      const message = 'The message is not a JSON object.';
      connection.send(errorEvent({ code: 'invalid_json', message, param: null }));
      return;
    }
    const { type, ...body } = event;
    if (type === 'response.create') {
      await answer(body, text);
      return;
    }
    const message = `Invalid value: '${shown(type).slice(0, 100)}'. Supported values are: 'response.create'.`;
    connection.send(errorEvent({ code: 'invalid_value', message, param: 'type' }));
  }

  function end(): void {
    connection.send(limitReached);
    connection.close(1000, 'The connection limit is reached.');
  }

  connection.request.clock.sleep(longestMs, connection.closed).then(
    () => {
      isOver = true;
      if (!isBusy) end();
    },
    // It was closed before.
    () => undefined,
  );
  connection.onMessage(async (text) => {
    isBusy = true;
    if (!isOver) await receive(text);
    isBusy = false;
    if (isOver) end();
  });
}

type Sent = Readonly<Record<string, unknown>>;

function errorEvent(error: Sent): string {
  return JSON.stringify({ type: 'error', status: 400, error: { type: 'invalid_request_error', ...error } });
}

const limitReached = errorEvent({
  code: 'websocket_connection_limit_reached',
  message:
    'Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.',
});
