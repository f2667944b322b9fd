import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** One request as its bytes came. */
export interface RawRequest {
  readonly socket: Socket;
  readonly head: string;
  readonly body: string;
  /** From 1, of all requests. */
  readonly number: number;
  /** From 1, of this connection. */
  readonly onConnection: number;
  /** From 1. */
  readonly connection: number;
}

/** A server that writes bytes as it likes. */
export interface RawServer {
  readonly origin: string;
  readonly requests: readonly RawRequest[];
  /** The sockets that are open. */
  readonly sockets: ReadonlySet<Socket>;
  /** Connections so far. */
  connections(): number;
  close(): Promise<void>;
}

/** Calls `answer` for each request of whole head and body (by its `content-length`). */
export async function rawServer(answer: (request: RawRequest) => void): Promise<RawServer> {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  // Half-open: this end decides when it closes.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections += 1;
    const connection = connections;
    let onConnection = 0;
    let received = '';
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        const head = received.slice(0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (received.length < end + 4 + length) return;
        const body = received.slice(end + 4, end + 4 + length);
        received = received.slice(end + 4 + length);
        onConnection += 1;
        const request = { socket, head, body, number: requests.length + 1, onConnection, connection };
        requests.push(request);
        answer(request);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    sockets,
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The bytes of an answer with its length. */
export function rawAnswer(
  body: string,
  { status = '200 OK', headers = {} }: { status?: string; headers?: Readonly<Record<string, string>> } = {},
): string {
  const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${lines.join('')}\r\n${body}`;
}

/** A chat completion as the service sends it. */
export function chatAnswer(content: string): string {
  return JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4.1-mini',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  });
}

/** A chat completion as a stream of events. */
export function chatEvents(...pieces: string[]): string {
  const chunk = (delta: object, finish: string | null = null): string => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    const data = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices };
    return `data: ${JSON.stringify(data)}\n\n`;
  };
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces.map((content) => chunk({ content })),
    chunk({}, 'stop'),
    'data: [DONE]\n\n',
  ].join('');
}
