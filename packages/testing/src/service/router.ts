import { percentDecoded } from '../percent-decoded.ts';
import type { Operation, Surface } from './operation.ts';

/** The operation for a request. */
export interface Match {
  readonly operation: Operation;
  readonly surface: Surface;
  readonly params: Readonly<Record<string, string>>;
}

interface Node {
  readonly children: Map<string, Node>;
  parameter?: { readonly name: string; readonly node: Node };
  readonly operations: Map<string, { readonly operation: Operation; readonly surface: Surface }>;
}

/** Finds the operation of a method and a path; `'wrong-method'` when only the path matches. */
export type Router = (method: string, path: string) => Match | 'unknown' | 'wrong-method';

/** Builds the routing table: a tree by path segment, so that a look-up costs the same with any number of operations. */
export function router(operations: readonly Operation[]): Router {
  const root = emptyNode();
  for (const operation of operations) {
    if (operation.v1 !== undefined) add(root, `/openai/v1${operation.v1}`, { operation, surface: 'v1' });
    if (operation.dated !== undefined)
      add(root, `/openai${operation.dated}`, { operation, surface: 'dated' });
    if (operation.inference !== undefined)
      add(root, operation.inference, { operation, surface: 'inference' });
    if (operation.link !== undefined) add(root, operation.link, { operation, surface: 'v1' });
  }
  // Most requests have the same path as the one before.
  const found = new Map<string, Map<string, ReturnType<Router>>>();
  return (method, path) => {
    const known = found.get(path)?.get(method);
    if (known !== undefined) return known;
    const match = find(root, method, path);
    if (path.length < 200 && method.length < 20) remember(found, path).set(method, match);
    return match;
  };
}

/** Bounded: callers with many paths must not fill the memory. */
function remember<Value>(found: Map<string, Map<string, Value>>, path: string): Map<string, Value> {
  const methods = found.get(path) ?? new Map<string, Value>();
  if (found.size >= 500) found.clear();
  found.set(path, methods);
  return methods;
}

function emptyNode(): Node {
  return { children: new Map(), operations: new Map() };
}

function add(root: Node, path: string, row: { operation: Operation; surface: Surface }): void {
  let node = root;
  for (const segment of path.slice(1).split('/')) {
    if (segment.startsWith('{')) {
      node.parameter ??= { name: segment.slice(1, -1), node: emptyNode() };
      node = node.parameter.node;
    } else {
      const child = node.children.get(segment) ?? emptyNode();
      node.children.set(segment, child);
      node = child;
    }
  }
  node.operations.set(row.operation.method, row);
}

function find(root: Node, method: string, path: string): Match | 'unknown' | 'wrong-method' {
  let node = root;
  const params: Record<string, string> = {};
  for (const segment of path.slice(1).split('/')) {
    const child = node.children.get(segment);
    if (child !== undefined) {
      node = child;
    } else if (node.parameter !== undefined && segment !== '') {
      params[node.parameter.name] = percentDecoded(segment);
      node = node.parameter.node;
    } else {
      return 'unknown';
    }
  }
  const row = node.operations.get(method);
  if (row !== undefined) return { ...row, params };
  return node.operations.size > 0 ? 'wrong-method' : 'unknown';
}
