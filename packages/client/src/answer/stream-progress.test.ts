import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { streamProgress } from './stream-progress.ts';

const event = (json: unknown, name: string | null = null) => ({
  event: name,
  data: JSON.stringify(json),
  json,
});

/** Objects with the names that are read, and any values. */
const odd = fc.dictionary(
  fc.constantFrom(
    'choices',
    'delta',
    'error',
    'id',
    'index',
    'response',
    'type',
    'usage',
    'finish_reason',
    'code',
  ),
  fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.array(fc.dictionary(fc.constantFrom('delta', 'index', 'text'), fc.jsonValue({ maxDepth: 2 }))),
  ),
);

describe('streamProgress', () => {
  test.each([
    [{ error: { code: 429, message: 'm' } }, { code: '429', message: 'm', status: 429 }],
    [
      { choices: [], error: { code: '503', message: 'm' } },
      { code: '503', message: 'm', status: 503 },
    ],
    [{ error: { type: 'server_error' } }, { code: 'server_error', message: '', status: undefined }],
    [{ error: { code: 200, message: 'm' } }, { code: '200', message: 'm', status: undefined }],
    [
      { type: 'error', code: 'boom', message: 'm' },
      { code: 'boom', message: 'm', status: undefined },
    ],
    [
      { type: 'response.failed', response: { error: { code: 'x' } } },
      { code: 'x', message: '', status: undefined },
    ],
    [
      { type: 'response.failed', response: { error: null } },
      { code: '', message: '', status: undefined },
    ],
    [
      { statusCode: 500, message: 'm', activityId: 'a' },
      { code: '500', message: 'm', status: 500 },
    ],
    [
      { error: { code: 'x', message: 'm' }, statusCode: 500, message: 'outer' },
      { code: 'x', message: 'm', status: undefined },
    ],
    [{ statusCode: 200, message: 'm' }, undefined],
    [{ choices: [], statusCode: 500, message: 'm' }, undefined],
    [{ type: 'response.created', statusCode: 500, message: 'm' }, undefined],
    [{ type: 'response.completed', error: null }, undefined],
    [
      { type: 'error', error: { code: 'x', message: 'm' } },
      { code: 'x', message: 'm', status: undefined },
    ],
  ])('sees in %j its error', (json, error) => {
    const progress = streamProgress();
    progress.see(event(json));
    expect(progress.error).toEqual(error);
  });

  test('remembers id and number of a response, and takes the id of one in the background for content', () => {
    const progress = streamProgress();
    const response = { id: 'resp_1', background: true };
    progress.see(event({ type: 'response.created', response, sequence_number: 0 }));
    expect(progress).toMatchObject({ hasContent: true, responseId: 'resp_1', sequenceNumber: 0 });
    progress.see(event({ type: 'response.queued', response, sequence_number: 1 }));
    expect(progress).toMatchObject({ sequenceNumber: 1, finished: false });
    const other = streamProgress();
    other.see(event({ type: 'response.created', response: { id: 'resp_1' }, sequence_number: 0 }));
    expect(other.hasContent).toBe(false);
  });

  const delta = (content: unknown, index = 0) => ({ choices: [{ index, delta: { content } }] });
  const end = (index = 0, reason: unknown = 'stop') => ({
    choices: [{ index, delta: {}, finish_reason: reason }],
  });
  const after = (events: readonly unknown[], choices?: number) => {
    const progress = streamProgress(choices);
    for (const json of events) {
      progress.see(json === '[DONE]' ? { event: null, data: json, json: undefined } : event(json));
    }
    return progress;
  };

  test.each<[string, readonly unknown[], object]>([
    ['nothing', [], { hasContent: false, finished: false, complete: false, events: 0 }],
    ['a role', [{ choices: [{ delta: { role: 'assistant' } }] }], { hasContent: false }],
    ['an empty text', [delta('')], { hasContent: false }],
    ['a null', [delta(null)], { hasContent: false }],
    ['an undefined', [delta(undefined)], { hasContent: false }],
    ['a text', [delta('a')], { hasContent: true, finished: false }],
    ['a tool call', [{ choices: [{ delta: { tool_calls: [] } }] }], { hasContent: true }],
    ['a text of a completion', [{ choices: [{ text: 'a' }] }], { hasContent: true }],
    ['an empty text of a completion', [{ choices: [{ text: '' }] }], { hasContent: false }],
    ['a reason', [end()], { hasContent: true, finished: true, complete: false, finishReasons: ['stop'] }],
    ['an empty reason', [end(0, '')], { hasContent: false, finished: false, finishReasons: [] }],
    ['a reason that is no text', [end(0, 1)], { hasContent: false, finished: false }],
    ['the end alone', ['[DONE]'], { hasContent: false, finished: true, complete: true, events: 1 }],
    ['the end of one of two', [delta('a'), delta('b', 1), end()], { finished: false }],
    ['the end of both', [delta('a'), delta('b', 1), end(), end(1)], { finished: true }],
    ['an annotation after the end', [delta('a'), end(), delta('')], { finished: true }],
    ['an error', [{ error: { code: 'x' } }], { hasContent: false, finished: true, complete: false }],
    ['an error that says nothing', [{ error: 7 }], { finished: false, error: undefined }],
  ])('after %s', (_, events, progress) => {
    expect(after(events)).toMatchObject(progress);
  });

  test('is finished when as many choices have ended as were asked for', () => {
    expect(after([end(0)], 2).finished).toBe(false);
    expect(after([end(0), end(1)], 2)).toMatchObject({ finished: true, finishReasons: ['stop', 'stop'] });
  });

  test('joins the text of the first choice, and of no other', () => {
    const text = [delta('Hel'), delta('x', 1), { choices: [{ text: 'lo' }] }, delta(7), { choices: [null] }];
    expect(after(text).text()).toBe('Hello');
  });

  test.each<[string, boolean, boolean]>([
    ['response.output_text.delta', true, false],
    ['response.function_call_arguments.done', true, false],
    ['response.completed', true, true],
    ['response.incomplete', true, true],
    ['response.cancelled', true, true],
    ['image_generation.completed', true, true],
    ['image_generation.partial_image', true, false],
    ['speech.audio.delta', true, false],
    ['speech.audio.done', true, true],
    ['transcript.text.delta', true, false],
    ['transcript.text.done', true, true],
    ['response.created', false, false],
    ['response.in_progress', false, false],
    ['response.output_item.added', false, false],
    ['response.image_generation_call.completed', true, false],
    ['response.web_search_call.in_progress', false, false],
    ['deltas', false, false],
    ['delta', false, false],
    ['x.delta.y', false, false],
    ['response.completed.x', false, false],
    ['my.speech.audio.done', true, false],
    ['speech.audio.done.x', false, false],
    ['my.transcript.text.done', true, false],
    ['transcript.text.done.x', false, false],
  ])('an event %j: content %j, the last one %j', (type, hasContent, complete) => {
    expect(after([{ type }])).toMatchObject({ hasContent, complete, finished: complete });
  });

  test('joins the text of a response', () => {
    const text = (value: unknown) => ({ type: 'response.output_text.delta', delta: value });
    const other = { type: 'response.reasoning_summary_text.delta', delta: 'x' };
    expect(after([text('Hel'), other, text(7), text('lo')]).text()).toBe('Hello');
  });

  test('the first id and the first model count, the last number and the last usage', () => {
    const usage = (tokens: number) => ({ prompt_tokens: tokens, completion_tokens: 1 });
    const progress = after([
      { id: '', model: '', sequence_number: 4, usage: usage(1) },
      { id: 7, model: {} },
      { id: 'a', model: 'm', sequence_number: 'x', usage: usage(2) },
      { response: { id: 'b', model: 'n' }, id: 'c', usage: null },
      { sequence_number: 5, usage: 'none' },
      { sequence_number: null },
    ]);
    expect(progress).toMatchObject({
      responseId: 'a',
      responseModel: 'm',
      sequenceNumber: 5,
      usage: { inputTokens: 2 },
      events: 6,
    });
    const response = after([{ response: { id: 'b', model: 'n', usage: usage(3) }, id: 'c', model: 'o' }]);
    expect(response).toMatchObject({ responseId: 'b', responseModel: 'n', usage: { inputTokens: 3 } });
  });

  test('the name of an event makes its payload an error, where nothing else says what it is', () => {
    const named = (json: object, name: string) => {
      const progress = streamProgress();
      progress.see(event(json, name));
      return progress.error;
    };
    expect(named({ code: 'x', message: 'm' }, 'error')).toEqual({
      code: 'x',
      message: 'm',
      status: undefined,
    });
    expect(named({ code: 'x', message: 'm' }, 'message')).toBeUndefined();
    expect(named({ statusCode: 503, message: 'm' }, 'error')).toEqual({
      code: '503',
      message: 'm',
      status: 503,
    });
    expect(named({ type: 'x', code: 'x' }, 'error')).toBeUndefined();
    expect(named({ choices: [], code: 'x' }, 'error')).toBeUndefined();
  });

  test('an error with a reason is not forgotten for one without', () => {
    const reason = { error: { code: 'x', message: 'm' } };
    const failed = { type: 'response.failed', response: { error: null } };
    expect(after([reason, failed]).error?.code).toBe('x');
    expect(after([failed, reason]).error?.code).toBe('x');
    expect(after([reason, { error: { code: 'y' } }]).error?.code).toBe('y');
  });

  test('only a response in the background has content with its creation', () => {
    const created = (background: unknown) =>
      after([{ type: 'response.created', response: { background } }]).hasContent;
    expect([created(true), created(false), created('yes')]).toEqual([true, false, false]);
    expect(after([{ type: 'response.queued', response: { background: true } }]).hasContent).toBe(false);
  });

  test('bears events of any shape', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(odd, fc.jsonValue({ maxDepth: 2 })), { maxLength: 6 }),
        fc.constantFrom(null, 'error', 'x'),
        (events, name) => {
          const progress = streamProgress();
          for (const json of events) progress.see(event(json, name));
          expect(progress.events).toBe(events.length);
          expect(typeof progress.text()).toBe('string');
        },
      ),
      { seed: 8, numRuns: 200 },
    );
  });
});
