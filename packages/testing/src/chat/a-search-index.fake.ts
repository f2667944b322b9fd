import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';

interface Asked {
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A search index on this machine that answers what a test tells it to. */
export interface SearchIndex {
  readonly endpoint: string;
  /** What it was asked, newest last. */
  readonly asked: Asked[];
  answer: { readonly status?: number; readonly text: string };
}

/** Starts the index before the tests of a file. */
export function useSearchIndex(): SearchIndex {
  const index = {
    endpoint: '',
    asked: [] as Asked[],
    answer: { text: '{"value":[]}' } as SearchIndex['answer'],
  };
  const server = createServer((incoming, outgoing) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    incoming.on('end', () => {
      index.asked.push({ url: incoming.url, headers: incoming.headers, body: JSON.parse(text) as unknown });
      outgoing.writeHead(index.answer.status ?? 200).end(index.answer.text);
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    index.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    index.asked.length = 0;
    index.answer = { text: '{"value":[]}' };
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return index;
}
