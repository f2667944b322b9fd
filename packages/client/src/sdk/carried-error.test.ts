import { expect, test } from 'vitest';
import { answerWith, errorIn, wasCarried } from './carried-error.ts';

test.each([[new Error('No.')], [{ odd: true }], ['a text'], [null], [undefined]])(
  'an answer carries %j to whoever reads its headers, and the SDK does not send it again',
  (error) => {
    const { status, headers } = answerWith(error);
    expect([status, headers.get('x-should-retry')]).toEqual([500, 'false']);
    expect(errorIn(headers)).toEqual({ error });
    expect(errorIn(headers)?.error).toBe(error);
  },
);

test('an answer of the service carries none', () => {
  expect(errorIn(new Response(null, { status: 500 }).headers)).toBeUndefined();
});

test('an error is known as carried from then on, and no other is', () => {
  const error = new Error('No.');
  expect(wasCarried(error)).toBe(false);
  answerWith(error);
  expect(wasCarried(error)).toBe(true);
  for (const other of [new Error('No.'), 'No.', null, undefined]) expect(wasCarried(other)).toBe(false);
});
