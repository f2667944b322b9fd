import { isRecord } from '../answer/records.ts';
import { collection, type Collection } from '../collections/collection.ts';
import type { OperationRequest } from '../service/operation.ts';

/** A sandbox of the code interpreter, with its files. */
export interface Container {
  readonly id: string;
  readonly createdAtMs: number;
  readonly name: string;
  readonly expiresAfter: object;
}

export const containers: Collection<Container> = collection('Container');

/** A container without a name: it is removed twenty minutes after its last use. */
export function newContainer(
  { random, dateMs }: Pick<OperationRequest, 'random' | 'dateMs'>,
  name: string,
): Container {
  return {
    id: random.id('cntr_', 48),
    createdAtMs: dateMs,
    name,
    expiresAfter: { anchor: 'last_active_at', minutes: 20 },
  };
}

/** The container of a code interpreter tool: the one that it names, or one of its own (`{ type: 'auto' }`). */
export function containerOf(request: OperationRequest, sent: unknown): Container {
  if (typeof sent === 'string') return containers.find(request, sent);
  const name = isRecord(sent) && typeof sent['name'] === 'string' ? sent['name'] : 'auto';
  return containers.put(request, newContainer(request, name));
}
