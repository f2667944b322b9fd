import type { MockResource } from '../service/mock-resource.ts';
import type { Batch } from './batch.ts';

/** What keeps the batches of a resource. */
type Keeper = Pick<MockResource, 'state'>;

/** How many batches a resource remembers; the oldest are dropped first. */
const capacity = 1000;

function batchStore(): Map<string, Batch> {
  return new Map();
}

export function keepBatch(resource: Keeper, batch: Batch): void {
  const batches = resource.state(batchStore);
  batches.set(batch.id, batch);
  const [oldest] = batches.keys();
  if (batches.size > capacity && oldest !== undefined) batches.delete(oldest);
}

export function keptBatch(resource: Keeper, id: string): Batch | undefined {
  return resource.state(batchStore).get(id);
}

/** All of them, oldest first. */
export function keptBatches(resource: Keeper): readonly Batch[] {
  return [...resource.state(batchStore).values()];
}
