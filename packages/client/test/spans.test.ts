import type { Socket } from 'node:net';
import { trace } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Client } from '../src/client/client.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import { messages } from './estate.ts';
import { rightAnswer } from './raw-answers.ts';
import { useRawServers } from './raw-estate.ts';
import type { RawRequest } from './raw-server.ts';
import { chatEvents, rawAnswer } from './raw-server.ts';

// Whatever becomes of a call, each span that began has ended when the call has, and not long after it.

const fixture = useRawServers();
const open = new Set<string>();
let ended: string[] = [];

function nameOf({ name, attributes }: ReadableSpan): string {
  const { 'aoai.outcome': outcome, 'http.response.status_code': status } = attributes;
  return `${name} ${JSON.stringify(outcome ?? status ?? 'unknown')}`.replaceAll('"', '');
}
const watching: SpanProcessor = {
  onStart: (span) => open.add(span.spanContext().spanId),
  onEnd: (span) => {
    open.delete(span.spanContext().spanId);
    ended.push(nameOf(span));
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

beforeEach(() => {
  ended = [];
  open.clear();
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [watching] }));
});
afterEach(() => {
  trace.disable();
});

type Name = 'first' | 'second' | 'pool';
type Answering = (request: RawRequest) => void;
const right: Answering = (request) => request.socket.write(rightAnswer(request));
const silent: Answering = () => undefined;
const reset: Answering = ({ socket }) => socket.destroy();
const answering =
  (status: string, headers: Record<string, string> = {}): Answering =>
  ({ socket }) =>
    socket.write(rawAnswer('{"error":{"code":"x","message":"No."}}', { status, headers }));
const throttled = answering('429 Too Many Requests', { 'retry-after': '30' });
/** The beginning of a stream, with its first content, and then nothing. */
const begun: Answering = ({ socket }) => {
  const text = chatEvents('Hel', 'lo')
    .split(/(?<=\n\n)/)
    .slice(0, 2)
    .join('');
  const headers = { 'content-type': 'text/event-stream', 'content-length': '10000' };
  socket.write(rawAnswer(text, { headers }));
};

const ask = (azure: Client<Name>, signal?: AbortSignal) =>
  azure.chat.completions.create({ model: 'pool', messages }, signal && { signal });
const stream = (azure: Client<Name>, signal?: AbortSignal) =>
  azure.chat.completions.create({ model: 'pool', messages, stream: true }, signal && { signal });

/** Runs a call whose failure is of no interest here. */
async function run(
  answers: readonly [Answering] | readonly [Answering, Answering],
  work: (azure: Client<Name>) => Promise<unknown>,
  options: ClientOptions = {},
): Promise<void> {
  const [first, second] = await Promise.all(answers.map((answer) => fixture.serve(answer)));
  if (first === undefined) return;
  const azure = fixture.connect(second === undefined ? [first] : [first, second], {
    deadlineMs: 10_000,
    ...options,
  });
  await work(azure).catch(() => undefined);
  await expect.poll(() => [...open]).toEqual([]);
}

/** Resolves when a call has told an event of this type. */
function told(azure: Client<Name>, type: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = azure.observe((event) => {
      if (event.type !== type) return;
      stop();
      resolve();
    });
  });
}

test('a call that is answered', async () => {
  await run([right], ask);
  expect(ended).toEqual(['attempt first 200', 'chat pool ok']);
});

test('a call that fails over, and one that is refused', async () => {
  await run([throttled, right], ask);
  expect(ended).toEqual(['attempt first throttled', 'attempt second 200', 'chat pool ok']);
  ended = [];
  await run([answering('400 Bad Request')], ask);
  expect(ended).toEqual(['attempt first fatal', 'chat pool error']);
});

test('a call whose attempts get no answer until its deadline', async () => {
  await run([reset, silent], ask, { deadlineMs: 100 });
  expect(ended.at(-1)).toBe('chat pool error');
});

test('a call that no target may take', async () => {
  await run([throttled], ask, { deadlineMs: 500 });
  expect(ended.at(-1)).toBe('chat pool error');
});

test('a call that is aborted while it waits for an answer, or for a target', async () => {
  const controller = new AbortController();
  await run([silent], async (azure) => {
    void told(azure, 'attempt-started').then(() => {
      controller.abort();
    });
    await ask(azure, controller.signal);
  });
  expect(ended.map((name) => name.split(' ')[0])).toEqual(['attempt', 'chat']);
  expect(ended.at(-1)).toBe('chat pool aborted');
  ended = [];
  const other = new AbortController();
  await run(
    [throttled],
    async (azure) => {
      void told(azure, 'retry-scheduled').then(() => {
        other.abort();
      });
      await ask(azure, other.signal);
    },
    { deadlineMs: 60_000 },
  );
  expect(ended.at(-1)).toBe('chat pool aborted');
});

test('a call that was aborted before it began', async () => {
  await run([right], (azure) => ask(azure, AbortSignal.abort()));
  expect(ended.filter((name) => name.startsWith('attempt'))).toEqual([]);
});

test('a call of a client that is closed', async () => {
  await run([silent], async (azure) => {
    void told(azure, 'attempt-started').then(() => azure.close({ graceMs: 0 }));
    await ask(azure);
  });
  expect(ended.map((name) => name.split(' ')[0])).toEqual(['attempt', 'chat']);
});

test('a stream that is read to its end', async () => {
  await run([right], async (azure) => {
    for await (const chunk of await stream(azure)) expect(chunk).toBeDefined();
  });
  expect(ended).toEqual(['attempt first 200', 'chat pool ok']);
});

test('a stream that is left early', async () => {
  await run([begun], async (azure) => {
    for await (const chunk of await stream(azure)) if (chunk.choices.length > 0) break;
  });
  expect(ended).toEqual(['attempt first 200', 'chat pool aborted']);
});

test('a stream that is aborted', async () => {
  const controller = new AbortController();
  await run([begun], async (azure) => {
    for await (const chunk of await stream(azure, controller.signal)) {
      if (chunk.choices.length > 0) controller.abort();
    }
  });
  expect(ended).toEqual(['attempt first 200', 'chat pool aborted']);
});

test('a stream that is cut', async () => {
  const sockets: Socket[] = [];
  const kept: Answering = (request) => {
    begun(request);
    sockets.push(request.socket);
  };
  await run([kept], async (azure) => {
    for await (const chunk of await stream(azure)) {
      if (chunk.choices.length > 0) for (const socket of sockets) socket.destroy();
    }
  });
  expect(ended).toEqual(['attempt first 200', 'chat pool truncated']);
});

test('the loser of two attempts', async () => {
  await run([silent, right], ask, { hedge: { afterMs: 5, maxShare: 1 } });
  expect(ended.toSorted()).toEqual(['attempt first unknown', 'attempt second 200', 'chat pool ok']);
});

test('two calls at once with the same id from the caller each end their own spans, and both send that id', async () => {
  const sent: unknown[] = [];
  const first = await fixture.serve((request) => {
    sent.push(/^x-ms-client-request-id: (.+)$/im.exec(request.head)?.[1]);
    right(request);
  });
  const client = fixture.connect([first]);
  const headers = { 'x-ms-client-request-id': 'trace-7' };
  const ask = async () => client.chat.completions.create({ model: 'first', messages }, { headers });
  await Promise.all([ask(), ask()]);
  await ask();
  expect(sent).toEqual(['trace-7', 'trace-7', 'trace-7']);
  const ids = fixture.events.flatMap((event) => (event.type === 'call-started' ? [event.callId] : []));
  expect([ids[0], ids[2]]).toEqual(['trace-7', 'trace-7']);
  expect(ids[1]).toMatch(/^[0-9a-f-]{36}$/);
  expect(ended.toSorted()).toEqual([
    ...Array<string>(3).fill('attempt first 200'),
    ...Array<string>(3).fill('chat first ok'),
  ]);
  expect([...open]).toEqual([]);
});
