import { expect, test } from 'vitest';
import { createRoom, SchemaTooLargeError } from './room.ts';

test('a value has room for a million characters, and not for one more', () => {
  const room = createRoom();
  room.take(999_999);
  room.take(1);
  expect(() => {
    room.take(1);
  }).toThrow(SchemaTooLargeError);
  expect(() => {
    createRoom().take(Number.NaN);
  }).toThrow(
    'The smallest value of the schema has more than 1000000 characters or 10000 parts, which no answer holds.',
  );
});

test('a part counts as a hundred characters', () => {
  const room = createRoom();
  for (let part = 0; part < 10_000; part += 1) room.takeValue();
  expect(() => {
    room.takeValue();
  }).toThrow(SchemaTooLargeError);
});
