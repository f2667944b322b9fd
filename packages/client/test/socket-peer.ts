import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

/** A message of the client, and where it came from. */
export interface Received {
  /** The connection, counted from 1. */
  readonly connection: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A resource that takes Responses over WebSockets, and does with each turn what it is told. */
export interface SocketPeer {
  readonly endpoint: string;
  readonly received: Received[];
  /** Headers of each handshake. */
  readonly handshakes: IncomingHttpHeaders[];
  /** Bodies that came over HTTP. */
  readonly posts: Record<string, unknown>[];
  /** What happens to the next turns, in order; afterwards each is answered. */
  readonly script: Move[];
  /** Connections that are open now. */
  open(): number;
  /** Refuses WebSockets from now on. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

/** What is done with a turn: messages to send, or something with the socket. */
export type Move = readonly object[] | ((socket: WebSocket, turn: Received) => void);

/** The events of a short answer. */
export function answer(id: string, text: string, usage: object = usageOf(10, 5)): readonly object[] {
  const message = {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    content: [{ type: 'output_text', text }],
  };
  const response = { id, object: 'response', status: 'in_progress', output: [] };
  return [
    { type: 'response.created', sequence_number: 0, response },
    { type: 'response.output_text.delta', sequence_number: 1, delta: text },
    { type: 'response.output_item.done', sequence_number: 2, item: message },
    {
      type: 'response.completed',
      sequence_number: 3,
      response: { ...response, status: 'completed', output: [message], usage },
    },
  ];
}

export function usageOf(input: number, output: number): object {
  return { input_tokens: input, output_tokens: output, total_tokens: input + output };
}

export async function startSocketPeer(): Promise<SocketPeer> {
  const received: Received[] = [];
  const handshakes: IncomingHttpHeaders[] = [];
  const posts: Record<string, unknown>[] = [];
  const script: Move[] = [];
  let isRefusing = false;
  let connections = 0;
  let responses = 0;
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((request, reply) => {
    void read(request).then((body) => {
      posts.push(JSON.parse(body) as Record<string, unknown>);
      const id = `resp_http_${posts.length}`;
      const { response } = answer(id, 'Over HTTP.').at(-1) as { readonly response: object };
      const chat = {
        id: 'chatcmpl-1',
        object: 'chat.completion',
        choices: [{ index: 0, finish_reason: 'stop' }],
      };
      reply.setHeader('content-type', 'application/json');
      reply.end(JSON.stringify(request.url?.includes('/chat/') === true ? chat : response));
    });
  });
  server.on('upgrade', (request, socket, head) => {
    handshakes.push(request.headers);
    if (isRefusing || request.url !== '/openai/v1/responses') {
      socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      connections += 1;
      serve(opened, connections);
    });
  });

  function serve(socket: WebSocket, connection: number): void {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const turn = { connection, body: JSON.parse(data.toString()) as Received['body'] };
      received.push(turn);
      responses += 1;
      const move = script.shift() ?? answer(`resp_${responses}`, `Answer ${responses}.`);
      if (typeof move === 'function') move(socket, turn);
      else for (const event of move) socket.send(JSON.stringify(event));
    });
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    handshakes,
    posts,
    script,
    open: () => sockets.clients.size,
    refuse: (refusing) => {
      isRefusing = refusing;
    },
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
