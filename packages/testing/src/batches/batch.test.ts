import { expect, test } from 'vitest';
import { linesDoneAt, statusAt, type Batch } from './batch.ts';

const dayMs = 86_400_000;
const problem = { code: 'empty_file', message: '', param: null, line: null };
const slow = { metadata: { 'mock-batch': 'slow' } };

/** A batch of so many lines that was created at 0: 500 lines are done after 1 + 1 + 1 seconds. */
function batch(lines: number, changes: Partial<Batch> = {}): Batch {
  const ranges = Object.assign([], { length: lines });
  return {
    createdAtMs: 0,
    ranges,
    errors: [],
    metadata: null,
    cancelledAtMs: undefined,
    ...changes,
  } as Partial<Batch> as Batch;
}

test.each<[string, Batch, readonly (readonly [atMs: number, status: string])[]]>([
  [
    'one that is completed',
    batch(500),
    [
      [0, 'validating'],
      [999, 'validating'],
      [1_000, 'in_progress'],
      [2_999, 'in_progress'],
      [3_000, 'finalizing'],
      [3_999, 'finalizing'],
      [4_000, 'completed'],
      [dayMs, 'completed'],
      [2 * dayMs, 'completed'],
    ],
  ],
  [
    'one whose input is wrong',
    batch(0, { errors: [problem] }),
    [
      [999, 'validating'],
      [1_000, 'failed'],
      [dayMs, 'failed'],
    ],
  ],
  [
    'one that is cancelled while it runs',
    batch(500, { cancelledAtMs: 1_500 }),
    [
      [1_500, 'cancelling'],
      [2_499, 'cancelling'],
      [2_500, 'cancelled'],
      [4_000, 'cancelled'],
    ],
  ],
  [
    'one that is cancelled while it is validated',
    batch(500, { cancelledAtMs: 500 }),
    [
      [999, 'cancelling'],
      [1_000, 'cancelling'],
      [1_499, 'cancelling'],
      [1_500, 'cancelled'],
    ],
  ],
  [
    'one that is cancelled, and whose input is wrong',
    batch(0, { cancelledAtMs: 500, errors: [problem] }),
    [
      [999, 'cancelling'],
      [1_000, 'failed'],
    ],
  ],
  [
    'a slow one',
    batch(10, slow),
    [
      [dayMs - 1, 'in_progress'],
      [dayMs, 'expired'],
    ],
  ],
  ['one with other metadata', batch(500, { metadata: { 'mock-batch': 'fast' } }), [[4_000, 'completed']]],
  ['one that is completed when its day ends', batch(43_198_500), [[dayMs, 'completed']]],
  ['one that is a line too long for a day', batch(43_198_501), [[dayMs, 'expired']]],
])('the states of a batch: %s', (_, of, states) => {
  expect(states.map(([atMs]) => [atMs, statusAt(of, atMs)])).toEqual(states);
});

test.each<[string, Batch, readonly (readonly [atMs: number, done: number])[]]>([
  [
    'one that runs to its end',
    batch(500),
    [
      [1_000, 0],
      [1_003, 0],
      [1_004, 1],
      [2_000, 250],
      [3_000, 500],
      [9_999, 500],
    ],
  ],
  [
    'one that is cancelled',
    batch(500, { cancelledAtMs: 2_000 }),
    [
      [1_500, 125],
      [2_500, 250],
    ],
  ],
  ['one that is cancelled before it runs', batch(500, { cancelledAtMs: 500 }), [[5_000, 0]]],
  [
    'one that expires',
    batch(10, slow),
    [
      [dayMs, 4],
      [2 * dayMs, 4],
    ],
  ],
])('the lines that are done grow with the time until the end: %s', (_, of, counts) => {
  expect(counts.map(([atMs]) => [atMs, linesDoneAt(of, atMs)])).toEqual(counts);
});
