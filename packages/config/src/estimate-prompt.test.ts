import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { estimatePrompt } from './estimate-prompt.ts';

const picture = `data:image/png;base64,${'A'.repeat(400_000)}`;
const sound = 'A'.repeat(640_000);

function estimate(body: Readonly<Record<string, unknown>>): number {
  return estimatePrompt(body, JSON.stringify(body).length);
}

/** What is left of an estimate without the text around the media. */
function mediaOf(body: Readonly<Record<string, unknown>>): number {
  return estimate(body) - estimate(JSON.parse(JSON.stringify(body, without)) as Record<string, unknown>);
}

function without(key: string, value: unknown): unknown {
  const { type, input_audio: audio } = (value ?? {}) as { type?: unknown; input_audio?: unknown };
  const isMedia = audio !== undefined || /image|file|audio|screenshot/.test(String(type));
  return isMedia && key !== 'messages' ? { type: 'text', text: '' } : value;
}

const ask = (part: object) => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }, part] }],
});
const item = (part: object) => ({ input: [{ role: 'user', content: [part] }] });

describe('estimatePrompt', () => {
  test.each<[string, object, number]>([
    ['a picture in chat, as a data URL', ask({ type: 'image_url', image_url: { url: picture } }), 85],
    [
      'a picture in chat, by URL',
      ask({ type: 'image_url', image_url: { url: 'https://x.invalid/a.png' } }),
      85,
    ],
    ['a picture of low detail', ask({ type: 'image_url', image_url: { url: picture, detail: 'low' } }), 85],
    ['a picture in detail', ask({ type: 'image_url', image_url: { url: picture, detail: 'high' } }), 765],
    [
      'sound in chat: 30 s of MP3',
      ask({ type: 'input_audio', input_audio: { data: sound, format: 'mp3' } }),
      300,
    ],
    [
      'sound in chat: 10 s of WAV',
      ask({ type: 'input_audio', input_audio: { data: sound, format: 'wav' } }),
      100,
    ],
    ['a PDF of 300 kB in chat', ask({ type: 'file', file: { file_data: 'A'.repeat(400_000) } }), 3 * 850],
    ['a file in chat, by id', ask({ type: 'file', file: { file_id: 'file-1' } }), 850],
    ['a picture in Responses', item({ type: 'input_image', image_url: picture }), 85],
    [
      'a picture in Responses, in detail',
      item({ type: 'input_image', image_url: picture, detail: 'high' }),
      765,
    ],
    ['a picture in Responses, by id', item({ type: 'input_image', file_id: 'file-1' }), 85],
    ['a PDF in Responses', item({ type: 'input_file', file_data: 'A'.repeat(100) }), 850],
    ['a file in Responses, by URL', item({ type: 'input_file', file_url: 'https://x.invalid/a.pdf' }), 850],
    ['sound in Responses', item({ type: 'input_audio', input_audio: { data: sound, format: 'mp3' } }), 300],
    [
      'a picture that a function gave back',
      { input: [{ type: 'function_call_output', output: [{ type: 'input_image', image_url: picture }] }] },
      85,
    ],
    [
      'a screenshot',
      {
        input: [
          { type: 'computer_call_output', output: { type: 'computer_screenshot', image_url: picture } },
        ],
      },
      85,
    ],
    [
      'a picture that a tool of chat gave back',
      { messages: [{ role: 'tool', content: [{ type: 'image', data: picture, mimeType: 'image/png' }] }] },
      85,
    ],
    [
      'a plot of the code interpreter',
      { input: [{ type: 'code_interpreter_call', outputs: [{ type: 'image', image_url: picture }] }] },
      85,
    ],
    [
      'a picture made before',
      { input: [{ type: 'image_generation_call', result: 'A'.repeat(400_000) }] },
      85,
    ],
  ])('counts %s for what it is, and not by its bytes', (_, body, tokens) => {
    expect(Math.abs(mediaOf(body as Record<string, unknown>) - tokens)).toBeLessThanOrEqual(50);
  });

  test.each<[string, object, number]>([
    [
      'a sound that a tool of MCP gave back: 30 s of MP3',
      { type: 'audio', data: sound, mimeType: 'audio/mp3' },
      300,
    ],
    ['a sound by its format: 10 s of WAV', { data: sound, format: 'wav' }, 100],
    ['a sound by its format: 10 s of raw samples', { data: sound, format: 'pcm16' }, 100],
    ['a picture of original detail', { type: 'input_image', file_id: 'f', detail: 'original' }, 765],
  ])('counts %s, for exactly what it is', (_, part, tokens) => {
    const body = { input: [{ role: 'user', content: [part] }] };
    const { data = '' } = part as { readonly data?: string };
    expect(estimate(body)).toBe(tokens + Math.ceil((JSON.stringify(body).length - data.length) / 4));
  });

  test.each<object>([
    { type: 'text', data: sound },
    { type: 'audio', data: 7 },
    { data: sound },
    { format: 'wav' },
    { type: 'input_audio', input_audio: { format: 'wav' } },
    { type: 'input_audio', input_audio: 'x' },
  ])('%# is text, not sound', (part) => {
    const body = { input: [{ role: 'user', content: [part] }] };
    expect(estimate(body)).toBe(Math.ceil(JSON.stringify(body).length / 4));
  });

  test('a list that begins with a list of no numbers is text', () => {
    const body = {
      input: [
        ['x', 1],
        [1, 2],
      ],
    };
    expect(estimate(body)).toBe(Math.ceil(JSON.stringify(body).length / 4));
  });

  test.each([
    [{ input: [1, 2, 3] }, 3],
    [{ input: [[1, 2, 3], [4, 5], []] }, 5],
    [{ input: Array.from({ length: 2_048 }, () => 100_257) }, 2_048],
  ])('counts the tokens of %j', (body, tokens) => {
    expect(estimate(body)).toBe(tokens);
  });

  test.each([
    [{ messages: [{ role: 'user', content: 'x'.repeat(400) }] }],
    [{ input: 'x'.repeat(400) }],
    [{ input: ['x'.repeat(200), 'y'.repeat(200)] }],
    [{ messages: [{ role: 'user', content: `data:image/png;base64,${'A'.repeat(400)}` }] }],
    [{ input: [{ type: 'image_generation_call', status: 'in_progress' }] }],
  ])('counts text by its length', (body) => {
    expect(estimate(body)).toBe(Math.ceil(JSON.stringify(body).length / 4));
  });

  test('is a number for any body, however it is shaped', () => {
    const body = fc.dictionary(fc.constantFrom('messages', 'input', 'content'), fc.jsonValue());
    fc.assert(
      fc.property(body, (any) => {
        const tokens = estimate(any);
        expect(Number.isInteger(tokens) && tokens >= 0).toBe(true);
      }),
    );
  });
});
