import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { startMockAzure } from '../start-mock-azure.ts';
import { begin, connect, line, readLines, upload, type Line } from './batching.fake.ts';

interface Run {
  readonly seed?: number;
  /** The lines of the batch. */
  readonly names?: readonly string[];
  /** How far the clock moves before each look at the batch. */
  readonly looksMs?: readonly number[];
}

/** The results of a batch whose line `wrong` fails, and the ids of everything that it has. */
async function run({ seed = 7, names = ['a', 'b', 'wrong', 'c'], looksMs = [60_000] }: Run = {}) {
  const clock = manualClock();
  const azure = await startMockAzure({ seed, clock });
  const client = connect(azure);
  const lines = names.map((name) =>
    line(name, `Say ${name}`, name === 'wrong' ? { body: { model: 'gpt-4.1' } } : {}),
  );
  const id = await begin(client, await upload(client, lines, clock));
  for (const ms of looksMs) {
    await clock.advance(ms);
    await client.batches.retrieve(id);
  }
  const { output_file_id: output, error_file_id: errors } = await client.batches.retrieve(id);
  const found = {
    ids: [id, output, errors],
    lines: [await readLines(client, output), await readLines(client, errors)],
  };
  await azure.close();
  return found;
}

const idOf = (lines: readonly (readonly Line[])[], name: string) =>
  lines.flat().find(({ custom_id: id }) => id === name)?.response?.request_id;

test('the same seed gives the same batch, the same files and the same results, ids and dates included', async () => {
  const [first, again, other] = [await run(), await run(), await run({ seed: 8 })];
  expect(again).toEqual(first);
  const ids = ({ ids: own, lines }: typeof first) => [
    ...own,
    ...lines.flat().map(({ response }) => response?.request_id),
  ];
  expect(new Set([...ids(first), ...ids(other)]).size).toBe(14);
});

test('the id of a result depends on its line only, and not on what comes before it or on who looks when', async () => {
  const [all, part] = [await run(), await run({ names: ['b', 'wrong'] })];
  for (const name of ['b', 'wrong']) expect(idOf(part.lines, name)).toBe(idOf(all.lines, name));
  const looksMs = [1_000, 1_002, 2, 2, 2, 60_000];
  expect(await run({ looksMs })).toEqual(all);
});
