import { expect, test } from 'vitest';
import { metadataOf, relativeLinks, repositoryAddress, withAbsoluteLinks } from './metadata.ts';

const address = 'https://github.com/contoso/aoai';
const target = { address, commit: 'abc123', directory: 'packages/client' };

test('a release without the address of the repository fails and says where it goes', () => {
  expect(() => repositoryAddress({})).toThrow('Set `repository` in the package.json of the root');
  expect(() => repositoryAddress({ repository: {} })).toThrow('without the address of the repository');
});

test.each(['github:contoso/aoai', 'https://github.com', 'git@github.com:contoso/aoai.git', 7, ''])(
  'refuses %j as the address',
  (url) => {
    expect(() => repositoryAddress({ repository: { url } })).toThrow(
      `${JSON.stringify(url)}: not a web address`,
    );
  },
);

test.each([address, `${address}.git`, `git+${address}.git`])('takes %s', (url) => {
  expect(repositoryAddress({ repository: { url } })).toBe(address);
});

test('says where a package comes from', () => {
  expect(metadataOf(address, 'packages/client')).toEqual({
    repository: { type: 'git', url: `git+${address}.git`, directory: 'packages/client' },
    homepage: `${address}/tree/main/packages/client#readme`,
    bugs: `${address}/issues`,
  });
});

test.each([
  ['[config](../config/README.md)', `[config](${address}/blob/abc123/packages/config/README.md)`],
  ['[cost](../../docs/cost.md#cpu)', `[cost](${address}/blob/abc123/docs/cost.md#cpu)`],
  ['[client](../client/)', `[client](${address}/blob/abc123/packages/client)`],
  ['![page](docs/page.png)', `![page](${address}/raw/abc123/packages/client/docs/page.png)`],
  ['[`a[0]`](./a.md)', `[\`a[0]\`](${address}/blob/abc123/packages/client/a.md)`],
  ['[options](#options)', '[options](#options)'],
  ['[npm](https://npmjs.com)', '[npm](https://npmjs.com)'],
  ['[mail](mailto:a@b.c)', '[mail](mailto:a@b.c)'],
  ['```md\n[config](../config)\n```', '```md\n[config](../config)\n```'],
])('%s', (page, published) => {
  expect(withAbsoluteLinks(page, target)).toBe(published);
});

test('finds the relative links of a page', () => {
  const page =
    'A [b](../b.md#c), [d](#d), ![e](e.png).\n\n```md\n[f](f.md)\n```\n\n[g](https://g.h) [i](../i)';
  expect(relativeLinks(page)).toEqual(['../b.md', 'e.png', '../i']);
});
