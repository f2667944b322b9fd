import { expect, test } from 'vitest';
import { readSearchPath } from './search-path.ts';

const documents = (operation: string) => ({ kind: 'documents', index: 'hotels', operation });

test.each([
  ['/servicestats', { kind: 'service' }],
  ['/servicestats/x', undefined],
  ['/indexes', { kind: 'indexes' }],
  ["/indexes('hotels')", { kind: 'index', index: 'hotels' }],
  ['/indexes/hotels', { kind: 'index', index: 'hotels' }],
  ['/indexes/hotels/stats', { kind: 'index', index: 'hotels', operation: 'stats' }],
  ["/indexes('hotels')/search.stats", { kind: 'index', index: 'hotels', operation: 'stats' }],
  ['/indexes/hotels/analyze', { kind: 'index', index: 'hotels', operation: 'analyze' }],
  ["/indexes('hotels')/search.analyze", { kind: 'index', index: 'hotels', operation: 'analyze' }],
  ['/indexes/hotels/docs', documents('search')],
  ['/indexes/hotels/docs/search', documents('search')],
  ["/indexes('hotels')/docs/search.post.search", documents('search')],
  ["/indexes('hotels')/docs/search.index", documents('index')],
  ['/indexes/hotels/docs/index', documents('index')],
  ['/indexes/hotels/docs/$count', documents('count')],
  ["/indexes('hotels')/docs/search.post.suggest", documents('suggest')],
  ["/indexes('hotels')/docs/search.autocomplete", documents('autocomplete')],
  ["/indexes('hotels')/docs('1')", { kind: 'document', index: 'hotels', key: '1' }],
  ["/indexes('hotels')/docs('search')", { kind: 'document', index: 'hotels', key: 'search' }],
  ["/indexes('hotels')/docs('it''s')", { kind: 'document', index: 'hotels', key: "it's" }],
  ["/indexes('hotels')/docs(%27a%20b%27)", { kind: 'document', index: 'hotels', key: 'a b' }],
  ['/indexes/hotels/docs/1', { kind: 'document', index: 'hotels', key: '1' }],
  ['/indexes/hotels/docs/1/2', undefined],
  ['/indexes/hotels/other', undefined],
  ["/indexes('a')b", undefined],
  ["/-indexes('a')", undefined],
  ['/other', undefined],
  ['/', undefined],
])('%s is %j', (path, expected) => {
  expect(readSearchPath(path)).toEqual(expected);
});
