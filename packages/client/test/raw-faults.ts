import { gzipSync } from 'node:zlib';
import { apiKey } from '@aoai/auth';
import { defineConfig } from '@aoai/config';
import fc from 'fast-check';
import { APIConnectionError, APIError } from 'openai';
import type { Client } from '../src/index.ts';
import { createClient, StreamTruncatedError, undiciTransport, UnexpectedAnswerError } from '../src/index.ts';
import { rightBody } from './raw-answers.ts';
import { rawServer } from './raw-server.ts';
import type { RawRequest, RawServer } from './raw-server.ts';

/** What happens to the bytes of one answer. It travels in the prompt, so that the server needs to know nothing. */
export interface RawFault {
  readonly framing: 'length' | 'chunked' | 'close';
  /** Bytes of head and body that are sent; all of them without it. */
  readonly cutAt?: number;
  /** How the connection ends: not at all, or at once after the last byte. */
  readonly end: 'none' | 'fin' | 'reset';
  /** Informational answers before it. */
  readonly informs?: number;
  /** The bytes come in pieces of this size, in turns of the event loop. */
  readonly pieces?: number;
  /** Added to the length that the head says. */
  readonly lengthOff?: number;
  readonly gzip?: boolean;
  /** Bytes after the end of the answer. */
  readonly late?: string;
}

export type RawKind = 'chat' | 'chat-stream' | 'response' | 'response-stream';

export const rawKinds: readonly RawKind[] = ['chat', 'chat-stream', 'response', 'response-stream'];

export const rawFaults: fc.Arbitrary<RawFault> = fc.record(
  {
    framing: fc.constantFrom('length' as const, 'chunked' as const, 'close' as const),
    end: fc.constantFrom('none' as const, 'fin' as const, 'reset' as const),
    cutAt: fc.nat({ max: 1_500 }),
    informs: fc.integer({ min: 1, max: 3 }),
    pieces: fc.integer({ min: 1, max: 200 }),
    lengthOff: fc.integer({ min: -60, max: 60 }),
    gzip: fc.boolean(),
    late: fc.constantFrom('x', '\r\n', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}', 'data: {}\n\n'),
  },
  { requiredKeys: ['framing', 'end'] },
);

/** The bytes of the right answer, framed as the fault has it. */
export function bytesOf(request: Pick<RawRequest, 'head' | 'body'>, fault: RawFault): Buffer {
  const right = rightBody(request.head, request.body);
  const body = fault.gzip === true ? gzipSync(right.body) : Buffer.from(right.body);
  const lines = [`content-type: ${right.type}`];
  if (fault.gzip === true) lines.push('content-encoding: gzip');
  if (fault.framing === 'length') {
    lines.push(`content-length: ${Math.max(0, body.length + (fault.lengthOff ?? 0))}`);
  }
  if (fault.framing === 'chunked') lines.push('transfer-encoding: chunked');
  if (fault.framing === 'close') lines.push('connection: close');
  const informs = 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n'.repeat(fault.informs ?? 0);
  const framed = fault.framing === 'chunked' ? chunked(body) : body;
  return Buffer.concat([
    Buffer.from(`${informs}HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\n`),
    framed,
    Buffer.from(fault.late ?? ''),
  ]);
}

function chunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += 100) {
    const part = body.subarray(at, at + 100);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

async function misbehave(request: RawRequest): Promise<void> {
  const { socket, body } = request;
  const fault = JSON.parse(/@(\{[^@]*\})@/.exec(body.replaceAll('\\"', '"'))?.[1] ?? '{}') as RawFault;
  const bytes = bytesOf(request, fault).subarray(0, fault.cutAt);
  const size = fault.pieces ?? Math.max(1, bytes.length);
  for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
    socket.write(bytes.subarray(at, at + size));
    if (fault.pieces !== undefined) await new Promise((resolve) => setImmediate(resolve));
  }
  // What never comes to its end is cut: nobody waits for the time limits here.
  const isWhole = fault.cutAt === undefined && (fault.lengthOff ?? 0) <= 0 && fault.framing !== 'close';
  if (fault.end === 'reset') socket.resetAndDestroy();
  else if (fault.end === 'fin' || !isWhole) socket.end();
}

type Name = 'faulty' | 'pool';

/** A deployment that does to each answer what its prompt says, and one behind it that answers rightly. */
export interface RawEstate {
  /** Calls, and gives what is not as it should be: nothing is good. */
  play(kind: RawKind, fault: RawFault): Promise<readonly string[]>;
  readonly faulty: RawServer;
  /** What the calls came to. */
  readonly outcomes: Readonly<Record<string, number>>;
  close(): Promise<void>;
}

export async function rawEstate(): Promise<RawEstate> {
  const faulty = await rawServer((request) => void misbehave(request));
  const sound = await rawServer((request) => {
    request.socket.write(bytesOf(request, { framing: 'length', end: 'none' }));
  });
  const deployment = { deployment: 'gpt-4.1-mini', model: 'gpt-4.1-mini', sku: 'DataZoneStandard' };
  const config = defineConfig({
    resources: { first: { endpoint: faulty.origin }, second: { endpoint: sound.origin } },
    deployments: {
      faulty: { resource: 'first', ...deployment },
      sound: { resource: 'second', ...deployment },
    },
    pools: { pool: [['faulty'], ['sound']] },
  });
  const azure: Client<'faulty' | 'sound' | 'pool'> = createClient(config, {
    credential: apiKey('raw-servers-take-any-key'),
    transport: undiciTransport({ env: {} }),
    circuit: false,
    deadlineMs: 20_000,
    retry: { maxRetries: 1, initialDelayMs: 60_000, maxDelayMs: 60_000, budgetReserve: 1e9 },
  });
  const outcomes: Record<string, number> = {};

  async function run(kind: RawKind, model: Name, fault: RawFault): Promise<readonly string[]> {
    const text: string[] = [];
    const prompt = `@${JSON.stringify(fault)}@`;
    const error = await read(azure, { kind, model, prompt, text }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const got = text.join('');
    const name = error instanceof Error ? error.constructor.name : 'ok';
    const message = error instanceof Error ? error.message : '';
    outcomes[name] = (outcomes[name] ?? 0) + 1;
    const where = `${kind} of ${model}`;
    if (error === undefined)
      return got === 'Hello' ? [] : [`${where} ended well with ${JSON.stringify(got)}`];
    const complaints: string[] = [];
    if (!isTyped(error)) complaints.push(`${where} threw ${name}: ${message}`);
    if (!'Hello'.startsWith(got)) complaints.push(`${where} gave ${JSON.stringify(got)}`);
    // With another deployment only a stream that has begun may fail.
    if (model === 'pool' && !(error instanceof StreamTruncatedError && got !== '')) {
      complaints.push(`${where} did not go elsewhere: ${message}`);
    }
    return complaints;
  }

  return {
    faulty,
    outcomes,
    play: async (kind, fault) => [...(await run(kind, 'pool', fault)), ...(await run(kind, 'faulty', fault))],
    close: async () => {
      await azure.close();
      await faulty.close();
      await sound.close();
    },
  };
}

interface Reading {
  readonly kind: RawKind;
  readonly model: Name;
  readonly prompt: string;
  readonly text: string[];
}

async function read(
  azure: Client<'faulty' | 'sound' | 'pool'>,
  { kind, model, prompt, text }: Reading,
): Promise<void> {
  const messages = [{ role: 'user' as const, content: prompt }];
  // A deployment alone is not asked again: the wait would be long.
  const options = model === 'faulty' ? { maxRetries: 0 } : {};
  if (kind === 'chat') {
    const { choices } = await azure.chat.completions.create({ model, messages }, options);
    text.push(choices[0]?.message.content ?? '');
  } else if (kind === 'response') {
    text.push((await azure.responses.create({ model, input: prompt }, options)).output_text);
  } else if (kind === 'chat-stream') {
    const stream = await azure.chat.completions.create({ model, messages, stream: true }, options);
    for await (const { choices } of stream) text.push(choices[0]?.delta.content ?? '');
  } else {
    const stream = await azure.responses.create({ model, input: prompt, stream: true }, options);
    for await (const event of stream) if (event.type === 'response.output_text.delta') text.push(event.delta);
  }
}

function isTyped(error: unknown): boolean {
  if (error instanceof StreamTruncatedError || error instanceof UnexpectedAnswerError) return true;
  return error instanceof APIConnectionError || error instanceof APIError;
}
