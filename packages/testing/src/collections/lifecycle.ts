import type { Operation, OperationRequest } from '../service/operation.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import type { Collection } from './collection.ts';
import { page, type Listed } from './page.ts';

/** How objects of one kind are made, written, changed and deleted. */
export interface Lifecycle<Kept extends Listed> {
  /** Prefix of the operation names: `VectorStores`. */
  readonly name: string;
  /** `/vector_stores` or `/vector_stores/{store}/files`. */
  readonly path: string;
  /** Name of the id in the path of one object: `store`. */
  readonly param: string;
  /** The path parameter of the object that these belong to. */
  readonly parent?: string;
  /** Where that object is kept. */
  readonly parents?: Collection<Listed>;
  /** First dated api-version that has it. Absent: v1 only. */
  readonly since?: string;
  readonly objects: Collection<Kept>;
  /** Absent where objects are not made this way. */
  readonly create?: (request: OperationRequest) => Kept;
  /** How the body of `create` is read. @default 'json' */
  readonly reads?: 'json' | 'raw';
  readonly write: (kept: Kept, request: OperationRequest) => Listed;
  readonly update?: (kept: Kept, request: OperationRequest) => Kept;
  /** Absent where objects cannot be deleted. */
  readonly deleted?: (kept: Kept) => object;
  /** Leaves some objects out of a list. @default all are listed */
  readonly isListed?: (kept: Kept, request: OperationRequest) => boolean;
}

/** The operations that every kind of object has: create, list, get, update, delete. */
export function lifecycle<Kept extends Listed>(kind: Lifecycle<Kept>): Operation[] {
  const { objects, write } = kind;
  const one = `${kind.path}/{${kind.param}}`;
  const parentOf = (request: OperationRequest): string | undefined => {
    const id = kind.parent === undefined ? undefined : (request.params[kind.parent] ?? '');
    return id === undefined ? undefined : (kind.parents?.find(request, id).id ?? id);
  };
  const idOf = (request: OperationRequest): string => request.params[kind.param] ?? '';
  const find = (request: OperationRequest): Kept => objects.find(request, idOf(request), parentOf(request));
  const row = (
    verb: string,
    place: { readonly method: Operation['method']; readonly path: string; readonly reads?: 'json' | 'raw' },
    handle: (request: OperationRequest) => WireResponse,
  ): Operation => {
    const { path, ...rest } = place;
    const dated = kind.since === undefined ? {} : { dated: path, since: kind.since };
    return { name: `${kind.name}_${verb}`, v1: path, ...dated, ...rest, target: 'resource', handle };
  };
  const { create, update, deleted, isListed = () => true } = kind;
  const operations = [
    row('List', { method: 'GET', path: kind.path }, (request) => {
      const all = objects.all(request, parentOf(request)).filter((kept) => isListed(kept, request));
      return json(
        page(
          all.map((kept) => write(kept, request)),
          request,
        ),
      );
    }),
    row('Get', { method: 'GET', path: one }, (request) => json(write(find(request), request))),
  ];
  if (create !== undefined) {
    operations.push(
      row('Create', { method: 'POST', path: kind.path, reads: kind.reads ?? 'json' }, (request) =>
        json(write(objects.put(request, create(request), parentOf(request)), request)),
      ),
    );
  }
  if (update !== undefined) {
    operations.push(
      row('Update', { method: 'POST', path: one }, (request) =>
        json(write(objects.put(request, update(find(request), request), parentOf(request)), request)),
      ),
    );
  }
  if (deleted !== undefined) {
    operations.push(
      row('Delete', { method: 'DELETE', path: one }, (request) =>
        json(deleted(objects.remove(request, idOf(request), parentOf(request)))),
      ),
    );
  }
  return operations;
}
