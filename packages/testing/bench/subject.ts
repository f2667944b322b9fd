import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startMockAzure } from '@aoai/testing';
import { LLMock } from '@copilotkit/aimock';
import { chunks, question, text } from './workload.ts';

// One server under measurement, in a process of its own: `node subject.ts NAME json|stream`. It tells its port to the process
// that started it, and its CPU time whenever it is asked.

const isStream = process.argv[3] === 'stream';

const subjects: Readonly<Record<string, () => Promise<number>>> = {
  /** The minimum of any server: parse the request, build the answer, write it with the same number of headers. */
  async bare() {
    const server = createServer((incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => {
        const body = JSON.parse(Buffer.concat(parts).toString()) as { stream?: boolean };
        if (body.stream === true) {
          outgoing.writeHead(200, [...bareHeaders, 'Content-Type', 'text/event-stream']);
          for (const content of chunks) outgoing.write(`data: ${JSON.stringify(bareChunk(content))}\n\n`);
          outgoing.end('data: [DONE]\n\n');
          return;
        }
        const answer = Buffer.from(JSON.stringify(bareAnswer()));
        outgoing.writeHead(200, [
          ...bareHeaders,
          'Content-Type',
          'application/json',
          'Content-Length',
          String(answer.length),
        ]);
        outgoing.end(answer);
      });
    });
    await new Promise((resolve) =>
      server.listen(0, '127.0.0.1', () => {
        resolve(undefined);
      }),
    );
    return (server.address() as AddressInfo).port;
  },
  async aoai() {
    const azure = await startMockAzure({ apiKey: 'key' });
    azure.reply('*', isStream ? { chunks } : text, { times: Infinity });
    return Number(new URL(azure.endpoint).port);
  },
  /** Not scripted: the answer is the mock's own. */
  async 'aoai-unscripted'() {
    const azure = await startMockAzure({ apiKey: 'key' });
    return Number(new URL(azure.endpoint).port);
  },
  async aimock() {
    const size = chunks[0]?.length ?? 1;
    const mock = new LLMock({ port: 0, chunkSize: size, latency: 0, logLevel: 'silent' });
    mock.on({ userMessage: question, endpoint: 'chat' }, { content: chunks.join('') });
    mock.on({ userMessage: 'short', endpoint: 'chat' }, { content: text });
    await mock.start();
    return Number(new URL(mock.url).port);
  },
};

/** The same answer needs the same headers: number and length of names. */
const bareHeaders: readonly string[] = Array.from({ length: 28 }, (_, index) => [
  `x-ms-header-number-${index}`,
  `0123456789-0123456789-${index}`,
]).flat();

const safe = { filtered: false, severity: 'safe' };

function bareAnswer() {
  return {
    choices: [
      {
        content_filter_results: {
          hate: { ...safe },
          self_harm: { ...safe },
          sexual: { ...safe },
          violence: { ...safe },
        },
        finish_reason: 'stop',
        index: 0,
        logprobs: null,
        message: { annotations: [], content: text, refusal: null, role: 'assistant' },
      },
    ],
    created: Math.floor(Date.now() / 1_000),
    id: 'chatcmpl-0123456789abcdefghijklmnopqrs',
    model: 'gpt-4.1-2025-04-14',
    object: 'chat.completion',
    prompt_filter_results: [
      {
        prompt_index: 0,
        content_filter_results: {
          hate: { ...safe },
          self_harm: { ...safe },
          sexual: { ...safe },
          violence: { ...safe },
        },
      },
    ],
    system_fingerprint: null,
    usage: { completion_tokens: 3, prompt_tokens: 10, total_tokens: 13 },
  };
}

function bareChunk(content: string) {
  return {
    choices: [
      { content_filter_results: {}, delta: { content }, finish_reason: null, index: 0, logprobs: null },
    ],
    created: Math.floor(Date.now() / 1_000),
    id: 'chatcmpl-0123456789abcdefghijklmnopqrs',
    model: 'gpt-4.1-2025-04-14',
    object: 'chat.completion.chunk',
    usage: null,
  };
}

const start = subjects[process.argv[2] ?? ''];
if (start === undefined) throw new Error(`Unknown subject: use one of ${Object.keys(subjects).join(', ')}.`);
process.send?.({ port: await start() });
process.on('message', (wanted) => {
  // Collected first, so that only what is kept counts.
  if (wanted === 'memory') globalThis.gc?.();
  process.send?.(wanted === 'memory' ? process.memoryUsage() : process.cpuUsage());
});
process.on('disconnect', () => process.exit(0));
