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
    fc.jsonValue(),
    fc.array(fc.dictionary(fc.constantFrom('delta', 'index', 'text'), fc.jsonValue())),
  ),
);

describe('streamProgress', () => {
  test('bears events of any shape', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(odd, fc.jsonValue()), { maxLength: 6 }),
        fc.constantFrom(null, 'error', 'x'),
        (events, name) => {
          const progress = streamProgress();
          for (const json of events) progress.see(event(json, name));
          expect(progress.events).toBe(events.length);
          expect(typeof progress.text()).toBe('string');
        },
      ),
      { seed: 8, numRuns: 500 },
    );
  });

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
    [{ type: 'response.completed', error: null }, undefined],
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
});
