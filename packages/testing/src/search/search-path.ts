/** The parts of a URL of the service. The SDK writes `indexes('x')`, older clients `indexes/x`. */
export type SearchPath =
  | { readonly kind: 'service' }
  | { readonly kind: 'indexes' }
  | { readonly kind: 'index'; readonly index: string; readonly operation?: 'stats' | 'analyze' }
  | { readonly kind: 'documents'; readonly index: string; readonly operation: DocumentOperation }
  | { readonly kind: 'document'; readonly index: string; readonly key: string };

type DocumentOperation = 'search' | 'index' | 'count' | 'suggest' | 'autocomplete';

const documentOperations: ReadonlyMap<string, DocumentOperation> = new Map(
  Object.entries<DocumentOperation>({
    '': 'search',
    search: 'search',
    'search.post.search': 'search',
    index: 'index',
    'search.index': 'index',
    $count: 'count',
    suggest: 'suggest',
    'search.suggest': 'suggest',
    'search.post.suggest': 'suggest',
    autocomplete: 'autocomplete',
    'search.autocomplete': 'autocomplete',
    'search.post.autocomplete': 'autocomplete',
  }),
);

/** `undefined` for unknown paths. */
export function readSearchPath(pathname: string): SearchPath | undefined {
  const segments = pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decodeURIComponent)
    .flatMap(open);
  const [root, index, child, last] = segments;
  if (root === 'servicestats' && index === undefined) return { kind: 'service' };
  if (root !== 'indexes' || segments.length > 4) return undefined;
  if (index === undefined) return { kind: 'indexes' };
  if (child === undefined) return { kind: 'index', index };
  if (child === 'search.stats' || child === 'stats') return { kind: 'index', index, operation: 'stats' };
  if (child === 'search.analyze' || child === 'analyze')
    return { kind: 'index', index, operation: 'analyze' };
  if (child !== 'docs') return undefined;
  // A key in brackets is always a key, never an operation.
  const isBracketed = decodeURIComponent(pathname).includes("/docs('");
  const operation = isBracketed ? undefined : documentOperations.get(last ?? '');
  if (operation !== undefined) return { kind: 'documents', index, operation };
  return { kind: 'document', index, key: last ?? '' };
}

/** `docs('1')` is `docs` and `1`. */
function open(segment: string): string[] {
  const match = /^([\w$]+)\('(.*)'\)$/s.exec(segment);
  return match === null ? [segment] : [match[1] ?? '', (match[2] ?? '').replaceAll("''", "'")];
}
