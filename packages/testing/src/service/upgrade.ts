import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { toConnection } from './connection.ts';
import { deliver, failure } from './deliver.ts';
import type { DeploymentConnection } from './operation.ts';
import { decided, pathOf, type Port } from './serve.ts';
import { preflight } from './preflight.ts';
import { gatewayHeaders, regionHeader } from './response-headers.ts';
import type { Service } from './service.ts';
import { beginTurn, type Turn } from './turn.ts';
import type { WireResponse } from './wire-response.ts';

const noBytes = Buffer.alloc(0);

/** Makes the listener for requests that want a WebSocket: refused like any other, or connected to their operation. */
export function upgradeWith(
  service: Service,
  { resource, choose, nextSequence }: Port,
): (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void {
  return (incoming, socket, head) => {
    moveKey(incoming);
    const outgoing = new ServerResponse(incoming);
    const meant = choose(incoming.headers.host, resource);
    const turn = beginTurn(service, meant, { incoming, outgoing, sequence: nextSequence(), raw: noBytes });
    turn.request.query = new URLSearchParams(turn.request.query);
    turn.request.query.delete('api-key');
    const match = service.route(turn.request.method, pathOf(turn.request.path, meant));
    const operation = typeof match === 'string' ? undefined : match.operation;
    turn.exchange.operation = operation;
    service.begun?.(turn.exchange);
    const mayRead = service.mayRead(incoming.headers.origin);
    const connect =
      operation?.connect === undefined
        ? undefined
        : (connection: DeploymentConnection) => operation.connect?.(connection);
    const answer = async (): Promise<void> => {
      let response: WireResponse;
      try {
        // Browsers let every page open a WebSocket, so the server checks the origin.
        response = mayRead ? await decided(turn, match, false) : preflight(turn.request, false);
      } catch (error) {
        response = failure(turn, error);
      }
      if (response.status === 101 && connect !== undefined) {
        const opened = await shakeHands(turn, { incoming, socket, head });
        connect(toConnection(turn, opened, { socket, nextSequence }));
        return;
      }
      outgoing.shouldKeepAlive = false;
      // Node types the socket of an upgrade as a plain stream.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
      outgoing.assignSocket(socket as Socket);
      outgoing.once('finish', () => socket.end());
      deliver(turn, response.status === 101 ? { ...response, status: 426 } : response);
    };
    // A caller that disconnected during the handshake gets no answer.
    answer().catch(() => socket.destroy());
  };
}

/** Browsers cannot set headers on a WebSocket: the key comes in the query (docs/wire/websockets.md#13.1) or as a protocol. */
function moveKey(incoming: IncomingMessage): void {
  const query = new URLSearchParams(incoming.url?.split('?')[1]);
  const protocols = incoming.headers['sec-websocket-protocol'] ?? '';
  const key = query.get('api-key') ?? /openai-insecure-api-key\.([^,\s]+)/.exec(protocols)?.[1];
  if (key !== undefined && incoming.headers.authorization === undefined) incoming.headers['api-key'] ??= key;
}

async function shakeHands(
  { request, exchange, service }: Turn,
  { incoming, socket, head }: { incoming: IncomingMessage; socket: Duplex; head: Buffer },
): Promise<WebSocket> {
  // Loaded when first needed: most mocks never see a WebSocket.
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({
    noServer: true,
    // A larger message is closed with 1009.
    maxPayload: service.maxBodyBytes,
    handleProtocols: (protocols) => (protocols.has('realtime') ? 'realtime' : false),
  });
  const lines = gatewayHeaders(request) + regionHeader(request);
  server.on('headers', (headers) => headers.push(...lines.split('\r\n').slice(0, -1)));
  exchange.status = 101;
  exchange.responseHeaders = lines;
  const { promise, resolve }: PromiseWithResolvers<WebSocket> = Promise.withResolvers();
  server.handleUpgrade(incoming, socket, head, resolve);
  return promise;
}
