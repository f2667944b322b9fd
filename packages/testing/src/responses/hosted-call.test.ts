import { describe, expect, test } from 'vitest';
import type { AnswerFormat } from '../answer/answer-input.ts';
import { containers } from '../containers/container.ts';
import { asking } from './asking.fake.ts';
import { hostedCall } from './hosted-call.ts';

type Json = Readonly<Record<string, unknown>>;

interface Setting {
  readonly body?: Json;
  readonly format?: AnswerFormat;
  readonly include?: readonly string[];
}

const like = (id: RegExp) => expect.stringMatching(id) as string;

function call(tool: Json | undefined, { body = {}, format = { kind: 'text' }, include = [] }: Setting = {}) {
  const request = asking(body);
  const asked = { question: 'A fox?', answer: 'A "fox".', format, include: new Set(include) };
  return { request, ...hostedCall(request, tool, asked) };
}

test.each([undefined, { type: 'mcp' }, { type: 'file_search' }, { type: 'my_web_search' }])(
  '%j has no call here',
  (tool) => {
    expect(call(tool)).not.toHaveProperty('item');
  },
);

describe('a search of the web', () => {
  test.each([
    ['web_search', 'completed'],
    ['web_search_2025_08_26', 'completed'],
    ['web_search_preview', 'searching'],
    ['web_search_preview_2025_03_11', 'searching'],
  ])('with %s is %s, and ends its answer in a link', (type, status) => {
    const { item, text, annotations } = call({ type });
    expect(item).toEqual({
      id: like(/^ws_\w{50}$/),
      type: 'web_search_call',
      status,
      action: { type: 'search', query: 'A fox?' },
    });
    expect(text).toBe('A "fox". ([example.com](https://example.com/))');
    expect(annotations).toEqual([
      {
        type: 'url_citation',
        start_index: 9,
        end_index: 46,
        title: 'Example Domain',
        url: 'https://example.com/',
      },
    ]);
  });

  test('names its sources where they are included', () => {
    const { item } = call({ type: 'web_search' }, { include: ['web_search_call.action.sources'] });
    const sources = [{ type: 'url', url: 'https://example.com/' }];
    expect(item?.['action']).toEqual({ type: 'search', query: 'A fox?', sources });
  });

  test('leaves JSON as it is', () => {
    const { text, annotations } = call({ type: 'web_search' }, { format: { kind: 'json' } });
    expect([text, annotations]).toEqual(['A "fox".', []]);
  });
});

describe('a program', () => {
  const tool = { type: 'code_interpreter', container: { type: 'auto' } };

  test('prints the answer, in a container of its own', () => {
    const { request, item, text, annotations } = call(tool);
    const [container] = containers.all(request);
    expect(item).toEqual({
      id: like(/^ci_\w{50}$/),
      type: 'code_interpreter_call',
      status: 'completed',
      code: 'print("A \\"fox\\".")',
      container_id: container?.id,
      outputs: null,
    });
    expect([text, annotations]).toEqual(['A "fox".', []]);
  });

  test('has its outputs where they are included', () => {
    const { item } = call(tool, { include: ['code_interpreter_call.outputs'] });
    expect(item?.['outputs']).toEqual([{ type: 'logs', logs: 'A "fox".\n' }]);
  });
});

describe('a picture', () => {
  const tool = { type: 'image_generation', size: 'auto', quality: 'auto', background: 'auto' };

  test.each<[Json, Json, readonly [number, number]]>([
    [{}, { size: '1024x1024', quality: 'medium', background: 'opaque' }, [1024, 1024]],
    [{ size: '100x200' }, { size: '100x200' }, [100, 200]],
    [{ size: '1536x1024', quality: 'low' }, { size: '1536x1024', quality: 'low' }, [1536, 1024]],
    [{ background: 'transparent' }, { background: 'transparent' }, [1024, 1024]],
    [{ size: '99x200' }, { size: '1024x1024' }, [1024, 1024]],
    [{ size: '200x99' }, { size: '1024x1024' }, [1024, 1024]],
    [{ size: '10000x200' }, { size: '1024x1024' }, [1024, 1024]],
    [{ size: '200x10000' }, { size: '1024x1024' }, [1024, 1024]],
    [{ size: 7 }, { size: '1024x1024' }, [1024, 1024]],
  ])('with %j has its own look', (wish, look, size) => {
    const { item } = call({ ...tool, ...wish });
    expect(item).toMatchObject(look);
    const picture = Buffer.from(String(item?.['result']), 'base64');
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual(size);
  });

  test('is a call, and a sentence that hands it over', () => {
    const { item, text, annotations } = call(tool);
    expect(item).toEqual({
      id: like(/^ig_\w{50}$/),
      type: 'image_generation_call',
      status: 'completed',
      background: 'opaque',
      output_format: 'png',
      quality: 'medium',
      result: like(/^iVBORw0KGgo/),
      revised_prompt: 'A fox?',
      size: '1024x1024',
    });
    expect([text, annotations]).toEqual(['Here is the image that you asked for.', []]);
  });

  test('still has the status of its making in a stream', () => {
    expect(call(tool, { body: { stream: true } }).item?.['status']).toBe('generating');
  });

  test('leaves JSON as it is', () => {
    expect(call(tool, { format: { kind: 'json' } }).text).toBe('A "fox".');
  });
});
