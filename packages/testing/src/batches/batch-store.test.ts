import { expect, test } from 'vitest';
import { aResource } from '../service/a-resource.fake.ts';
import { keepBatch, keptBatch, keptBatches } from './batch-store.ts';
import type { Batch } from './batch.ts';

const batch = (number: number) => ({ id: `batch_${number}` }) as Batch;

test('a thousand batches are kept for each resource, and the oldest makes room', () => {
  const { resource } = aResource();
  for (let number = 0; number < 1_000; number += 1) keepBatch(resource, batch(number));
  expect(keptBatch(resource, 'batch_0')).toEqual(batch(0));
  keepBatch(resource, batch(1_000));
  expect(keptBatch(resource, 'batch_0')).toBeUndefined();
  expect(keptBatches(resource).map(({ id }) => id)).toEqual(
    Array.from({ length: 1_000 }, (_, index) => `batch_${index + 1}`),
  );
  expect(keptBatches(aResource().resource)).toEqual([]);
});
