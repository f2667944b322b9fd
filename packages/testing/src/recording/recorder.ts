import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from '../service/listen.ts';
import { receive } from '../service/receive.ts';
import { writeRecording, type RecordedExchange, type Recording } from './recording.ts';
import { createRedact, type Redact } from './redact.ts';

export interface RecorderOptions {
  /** Endpoint of the real resource, for example `https://contoso.openai.azure.com`. */
  readonly endpoint: string;
  /** File to write when the recorder closes. @default none: read `recording()` */
  readonly file?: string;
  /** Header to sign in with, for example `{ 'api-key': … }`. @default what the client sends */
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces prompts and answers by the same number of `x`. @default false */
  readonly maskContent?: boolean;
  /** @default 0, any free port */
  readonly port?: number;
}

/** A server that forwards requests to a real resource and records the answers. */
export interface Recorder {
  /** The endpoint that clients call instead of the real one. */
  readonly endpoint: string;
  /** The recording so far, without keys, tokens and host names. */
  recording(): Recording;
  /** Stops, and writes the file. */
  close(): Promise<void>;
}

/** Starts a recorder on a loopback port. */
export async function startRecorder(options: RecorderOptions): Promise<Recorder> {
  const { maskContent = false, file, port = 0 } = options;
  const secrets = Object.values(options.headers ?? {}).map((value) => value.replace(/^Bearer /, ''));
  const redact = createRedact({ mask: maskContent, secrets });
  const exchanges: RecordedExchange[] = [];
  const listener = await listen(
    (incoming, outgoing) => {
      receive(incoming, 64 * 1024 * 1024, (body) => {
        forward({ incoming, outgoing, body: body ?? Buffer.alloc(0) }, options).then(
          (answer) => exchanges.push(exchangeOf(incoming, { ...answer, sent: body }, redact)),
          (error: unknown) => {
            if (outgoing.headersSent) outgoing.destroy();
            else
              outgoing
                .writeHead(502, { 'content-type': 'text/plain' })
                .end(`Cannot reach the endpoint: ${(error as Error).message}.`);
          },
        );
      });
    },
    { port },
  );
  const recording = (): Recording => ({
    format: 'aoai-recording/1',
    isMasked: maskContent,
    exchanges: [...exchanges],
  });
  const finish = async (): Promise<void> => {
    await listener.close(2_000);
    if (file !== undefined) await writeRecording(file, recording());
  };
  let closed: Promise<void> | undefined;
  return {
    endpoint: `http://127.0.0.1:${listener.port}`,
    recording,
    close: () => (closed ??= finish()),
  };
}

interface Forwarded {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

interface Call {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly body: Buffer;
}

/** Headers that belong to one connection. */
const hopByHop = new Set([
  'host',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
  'accept-encoding',
  'upgrade',
]);

async function forward({ incoming, outgoing, body }: Call, options: RecorderOptions): Promise<Forwarded> {
  const url = new URL(incoming.url ?? '/', options.endpoint);
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined && !hopByHop.has(name)) headers.set(name, String(value));
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
  const method = incoming.method ?? 'GET';
  const answer = await fetch(url, {
    method,
    headers,
    ...(body.length > 0 && { body: new Uint8Array(body) }),
    redirect: 'manual',
  });
  outgoing.writeHead(
    answer.status,
    Object.fromEntries([...answer.headers].filter(([name]) => !hopByHop.has(name))),
  );
  const parts: Uint8Array[] = [];
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part);
    outgoing.write(part);
  }
  outgoing.end();
  return { status: answer.status, headers: answer.headers, body: Buffer.concat(parts) };
}

const keptHeaders =
  /^(?:content-type|location|retry-after|retry-after-ms|x-ratelimit-limit-.*|azure-openai-.*)$/;

function exchangeOf(
  incoming: IncomingMessage,
  { sent, status, headers, body }: Forwarded & { readonly sent: Buffer | undefined },
  redact: Redact,
): RecordedExchange {
  const url = new URL(incoming.url ?? '/', 'http://recorder');
  const query = Object.fromEntries([...url.searchParams].filter(([name]) => !/key|token/.test(name)));
  return {
    request: {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      ...(Object.keys(query).length > 0 && { query }),
      ...(sent !== undefined && sent.length > 0 && { body: redact(parsed(sent.toString())) }),
    },
    response: {
      status,
      headers: Object.fromEntries([...headers].filter(([name]) => keptHeaders.test(name)).sort()),
      ...bodyOf(headers.get('content-type') ?? '', body, redact),
    },
  };
}

function bodyOf(type: string, body: Buffer, redact: Redact): Partial<RecordedExchange['response']> {
  if (body.length === 0) return {};
  if (type.includes('event-stream')) {
    const events = body
      .toString()
      .split('\n\n')
      .filter((event) => event.startsWith('data: '));
    return { events: events.map((event) => redact(parsed(event.slice(6)))) };
  }
  return /json|text/.test(type)
    ? { body: redact(parsed(body.toString())) }
    : { bytes: body.toString('base64') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
