import { expect, test } from 'vitest';
import { rewriteLinks } from './rewrite-links.ts';
import { sitePath } from './site-path.ts';

const files = new Set([
  'README.md',
  'docs/start/keyless.md',
  'docs/wire/index.md',
  'packages/client/README.md',
  'packages/client/src/index.ts',
  'apps/rag-chat/README.md',
  'apps/rag-chat/answer.png',
]);

function rewritten(page: string, repository?: string): string {
  return rewriteLinks(page, {
    source: 'docs/start/first.md',
    target: 'start/first.md',
    isFile: (path) => files.has(path),
    picture: (path) => `pictures/${path}`,
    repository,
  });
}

test.each([
  ['docs/start/keyless.md', 'start/keyless.md'],
  ['docs/wire/README.md', 'wire/index.md'],
  ['packages/auth/README.md', 'packages/auth.md'],
  ['apps/rag-chat/README.md', 'samples/rag-chat.md'],
  ['apps/case-notes/docs/controls.md', 'samples/case-notes-controls.md'],
  ['CONTRIBUTING.md', 'contributing.md'],
  ['README.md', 'index.md'],
  ['packages/config/src/catalog/README.md', undefined],
  ['apps/rag-chat/documents/handbook/travel.md', undefined],
])('%s is %s on the site', (source, target) => {
  expect(sitePath(source)).toBe(target);
});

test.each([
  ['[a](keyless.md)', '[a](./keyless.md)'],
  ['[a](keyless.md#now)', '[a](./keyless.md#now)'],
  ['[a](../../packages/client/README.md#x)', '[a](../packages/client.md#x)'],
  ['[a](../../packages/client)', '[a](../packages/client.md)'],
  ['[a](../wire)', '[a](../wire/index.md)'],
  ['[a](../../apps)', '[a](../samples/index.md)'],
  ['[a](../../README.md)', '[a](../index.md)'],
  ['[a](https://example.com/b)', '[a](https://example.com/b)'],
  ['[a](#here)', '[a](#here)'],
  ['![a](../../apps/rag-chat/answer.png)', '![a](../pictures/apps/rag-chat/answer.png)'],
  ['<img src="../../apps/rag-chat/answer.png">', '<img src="../pictures/apps/rag-chat/answer.png">'],
  ['[a]\n\n[a]: keyless.md', '[a]\n\n[a]: ./keyless.md'],
  ['`[a](keyless.md)`', '`[a](keyless.md)`'],
])('%j is %j on the site', (page, expected) => {
  expect(rewritten(page)).toBe(expected);
});

test('a link to a source leads to the repository, or is plain text where that has no address', () => {
  const page = 'See [`index.ts`](../../packages/client/src/index.ts), please.';
  expect(rewritten(page)).toBe('See `index.ts`, please.');
  expect(rewritten(page, 'https://example.com/blob/main')).toBe(
    'See [`index.ts`](https://example.com/blob/main/packages/client/src/index.ts), please.',
  );
});

test('a picture in a link keeps both', () => {
  expect(rewritten('[![a](../../apps/rag-chat/answer.png)](../../apps/rag-chat/README.md)')).toBe(
    '[![a](../pictures/apps/rag-chat/answer.png)](../samples/rag-chat.md)',
  );
});
