import { character } from '@aoai/vitest/arbitraries';
import fc from 'fast-check';
import { _iterSSEMessages } from 'openai/streaming';
import { describe, expect, test } from 'vitest';
import { sseDecoder } from './sse.ts';

/** The events of a text that arrives in pieces of the given sizes. */
function decode(bytes: Uint8Array, sizes: readonly number[] = []): [string | null, string][] {
  const decoder = sseDecoder();
  const events = [];
  let at = 0;
  for (const size of sizes) {
    events.push(...decoder.push(bytes.subarray(at, at + size)));
    at += size;
  }
  events.push(...decoder.push(bytes.subarray(at)), ...decoder.flush());
  return events.map(({ event, data }) => [event, data]);
}

const encode = (text: string) => new TextEncoder().encode(text);

async function bySdk(bytes: Uint8Array): Promise<[string | null, string][]> {
  const events: [string | null, string][] = [];
  const response = new Response(bytes as Uint8Array<ArrayBuffer>);
  for await (const { event, data } of _iterSSEMessages(response, new AbortController()))
    events.push([event, data]);
  return events;
}

describe('sseDecoder', () => {
  test.each<[string, string, [string | null, string][]]>([
    ['a frame of Azure', 'data: {"a":1}\n\n', [[null, '{"a":1}']]],
    ['CRLF lines', 'data: a\r\n\r\ndata: b\r\n\r\n', [[null, 'a'], [null, 'b']]], // prettier-ignore
    ['CR lines', 'data: a\r\rdata: b\r\r', [[null, 'a'], [null, 'b']]], // prettier-ignore
    ['data without a space', 'data:a\n\n', [[null, 'a']]],
    ['only the first space is dropped', 'data:  a\n\n', [[null, ' a']]],
    ['data over several lines', 'data: a\ndata: b\n\n', [[null, 'a\nb']]],
    ['an empty data line', 'data:\n\n', [[null, '']]],
    ['a field without a colon', 'data\n\n', [[null, '']]],
    ['a named event', 'event: error\ndata: a\n\n', [['error', 'a']]],
    ['the name after the data', 'data: a\nevent: error\n\n', [['error', 'a']]],
    ['a name holds for one event', 'event: x\ndata: a\n\ndata: b\n\n', [['x', 'a'], [null, 'b']]], // prettier-ignore
    ['comments, ids and unknown fields', ': ping\nid: 1\nretry: 5\nfoo: bar\ndata: a\n\n', [[null, 'a']]],
    ['blank lines between', '\n\ndata: a\n\n\n\n', [[null, 'a']]],
    ['a byte order mark', '\uFEFFdata: a\n\n', [[null, 'a']]],
    ['a second mark, which belongs to a name', '\uFEFF\uFEFFdata: a\n\n', []],
    ['a mark after the beginning', 'data: a\n\n\uFEFFdata: b\n\n', [[null, 'a']]],
    ['another character that begins as the mark does', '\uFF01data: a\n\n', []],
    ['one more of them', '\uFEC0data: a\n\n', []],
    ['a character that ends as the mark does', 'x\u00BFdata: a\n\n', []],
    ['an end without a blank line', 'data: a\n\ndata: b\n', [[null, 'a'], [null, 'b']]], // prettier-ignore
    ['an end inside a line', 'data: a\n\ndata: b', [[null, 'a'], [null, 'b']]], // prettier-ignore
    ['a name without data', 'event: ping\n\ndata: a\n\n', [[null, 'a']]],
    ['a name without data at the end', 'data: a\n\nevent: ping\n\n', [[null, 'a']]],
    ['nothing', '', []],
    ['a line separator inside of JSON', 'data: {"a":"\u2028"}\n\n', [[null, '{"a":"\u2028"}']]],
  ])('decodes %s, in whatever pieces it arrives', (_, text, events) => {
    const bytes = encode(text);
    expect(decode(bytes)).toEqual(events);
    expect(
      decode(
        bytes,
        Array.from({ length: bytes.length }, () => 1),
      ),
    ).toEqual(events);
    for (let cut = 1; cut < bytes.length; cut += 1) expect(decode(bytes, [cut])).toEqual(events);
  });

  test('gives JSON parsed, and nothing for [DONE] or for what is no JSON', () => {
    const events = sseDecoder().push(encode('data: {"a":[1]}\n\ndata: null\n\ndata: [DONE]\n\ndata: {\n\n'));
    expect(events.map(({ json }) => json)).toEqual([{ a: [1] }, null, undefined, undefined]);
  });

  test('gives an event with the chunk that completes it', () => {
    const decoder = sseDecoder();
    expect(decoder.push(encode('data: a\n'))).toEqual([]);
    expect(decoder.push(encode('\n'))).toHaveLength(1);
  });

  test('decodes what the SDK decodes, for any lines and any cuts', async () => {
    const line = fc.oneof(
      fc.constantFrom(
        'data: {"a":1}',
        'data: [DONE]',
        'data:',
        'event: x',
        ': c',
        'data: grüße 🎉',
        'data',
        '',
      ),
      fc.string({ unit: character, maxLength: 12 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, '')}`),
    );
    const text = fc
      .array(fc.tuple(line, fc.constantFrom('\n', '\n\n', '\r\n', '\r\n\r\n', '\r')), { maxLength: 12 })
      .map((lines) => encode(lines.flat().join('')));
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }),
        async (bytes, sizes) => {
          // The SDK also dispatches names without data, which the standard does not.
          const filled = ([, data]: [string | null, string]) => data !== '';
          expect(decode(bytes, sizes).filter(filled)).toEqual((await bySdk(bytes)).filter(filled));
        },
      ),
      { seed: 6, numRuns: 500 },
    );
  });

  test('a long event in many pieces costs no more than its length', () => {
    const decoder = sseDecoder();
    const piece = new Uint8Array(16 * 1024).fill(0x78);
    decoder.push(encode('data: '));
    for (let count = 0; count < 1024; count += 1) decoder.push(piece);
    const [event] = decoder.push(encode('\n\n'));
    expect(event?.data).toHaveLength(16 * 1024 * 1024);
  });
});
