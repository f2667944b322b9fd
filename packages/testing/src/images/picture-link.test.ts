import { expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { aResource } from '../service/a-resource.fake.ts';
import type { OperationRequest } from '../service/operation.ts';
import type { WireResponse } from '../service/wire-response.ts';
import { linkTo, pictureLink } from './picture-link.ts';

const dateMs = Date.parse('2026-11-22T12:00:00Z');

/** Makes links of one resource, and follows them. */
function pictures() {
  const holder = aResource();
  const resource = Object.assign(holder.resource, { scheme: 'http' });
  const common = { resource, random: createRandom(1), dateMs, headers: { host: '127.0.0.1:1' } };
  const link = (text: string) => new URL(linkTo(Buffer.from(text), common as unknown as OperationRequest));
  const follow = ({ pathname }: URL): unknown => {
    const params = { id: pathname.split('/')[3] ?? '' };
    if (!('handle' in pictureLink)) throw new Error('no operation');
    const answer = pictureLink.handle({ ...common, params } as never) as WireResponse;
    return answer.kind === 'bytes' ? Buffer.from(answer.bytes).toString() : answer.status;
  };
  return { link, follow };
}

test('a link is signed, and says that it ends a day later', () => {
  const { link } = pictures();
  const { origin, pathname, searchParams } = link('a');
  expect(origin).toBe('http://127.0.0.1:1');
  expect(pathname).toMatch(/^\/private\/images\/[0-9a-f-]{36}\/generated_00\.png$/);
  expect(Object.fromEntries(searchParams)).toEqual({
    se: '2026-11-23T12:00:00.000Z',
    sig: expect.stringMatching(/^[\w+/]+=*$/) as string,
    sp: 'r',
    sr: 'b',
    sv: '2020-10-02',
  });
});

test('a thousand pictures are kept, and the oldest makes room', () => {
  const { link, follow } = pictures();
  const links = Array.from({ length: 1000 }, (_, index) => link(`picture ${index}`));
  const [first, second] = links as [URL, URL];
  expect(follow(first)).toBe('picture 0');
  const last = link('one more');
  expect([first, second, last].map(follow)).toEqual([404, 'picture 1', 'one more']);
});
