import { expect, test } from 'vitest';
import { createVersions } from './versions.ts';

function store() {
  const time = { nowMs: 1_700_000_000_999 };
  return { time, secrets: createVersions<string>('secret', () => time.nowMs) };
}

const common = { recoveryLevel: 'Recoverable+Purgeable', recoverableDays: 90 };

test('a version has its times in whole seconds, and is on unless told otherwise', () => {
  const { secrets } = store();
  const { version, ...added } = secrets.add('a', 'one', {});
  expect(version).toMatch(/^[0-9a-f]{32}$/);
  expect(added).toEqual({
    name: 'a',
    content: 'one',
    attributes: { enabled: true, created: 1_700_000_000, updated: 1_700_000_000, ...common },
  });
});

test('attributes of the right type are kept, others are not', () => {
  const { secrets } = store();
  const of = (attributes: unknown) => {
    const { enabled, nbf, exp, ...rest } = secrets.add('a', 'one', { attributes }).attributes;
    expect(rest).toEqual({ created: 1_700_000_000, updated: 1_700_000_000, ...common });
    return [enabled, nbf, exp];
  };
  expect(of({ enabled: false, nbf: 0, exp: 2 })).toEqual([false, 0, 2]);
  expect(of({ enabled: 'no', nbf: '1', exp: null, created: 7, recoverableDays: 7 })).toEqual([
    true,
    undefined,
    undefined,
  ]);
  for (const attributes of [null, 'text', undefined]) expect(of(attributes)[0]).toBe(true);
});

test('the newest version is the one without a name, in whatever letters the secret is asked for', () => {
  const { secrets } = store();
  const one = secrets.add('Mine', 'one', {});
  const two = secrets.add('mine', 'two', {});
  expect(secrets.get('MINE')).toBe(two);
  expect(secrets.get('mine', one.version)).toBe(one);
  expect(secrets.versions('mine')).toEqual([one, two]);
  expect(secrets.list()).toEqual([two]);
  expect(() => secrets.get('mine', 'other')).toThrow(/mine/);
  expect(() => secrets.get('other')).toThrow(/other/);
});

test('an update changes one version and what is named, and says when', () => {
  const { secrets, time } = store();
  const one = secrets.add('a', 'one', { tags: { team: 'search' }, attributes: { exp: 5 } });
  const two = secrets.add('a', 'two', {});
  time.nowMs += 2_000;
  const changed = secrets.update('a', one.version, { attributes: { enabled: false } });
  expect(changed).toEqual({
    ...one,
    attributes: { ...one.attributes, enabled: false, updated: 1_700_000_002 },
  });
  expect(secrets.versions('a')).toEqual([changed, two]);
  expect(secrets.update('a', '', { tags: {} })).toMatchObject({ version: two.version, tags: {} });
});

test('what was deleted is back with all of its versions once it is recovered, and gone once it is purged', () => {
  const { secrets } = store();
  const one = secrets.add('a', 'one', {});
  const two = secrets.add('a', 'two', {});
  const deleted = secrets.remove('A');
  expect(deleted).toEqual({ all: [one, two], newest: two, deletedDate: 1_700_000_000 });
  expect([secrets.list(), secrets.listRemoved()]).toEqual([[], [deleted]]);
  expect(() => secrets.add('a', 'three', {})).toThrow(
    'Secret a is currently in a deleted but recoverable state',
  );
  expect(secrets.recover('a')).toBe(two);
  expect(secrets.versions('a')).toHaveLength(2);
  expect(() => secrets.recover('a')).toThrow(/a/);
  expect(() => {
    secrets.purge('a');
  }).toThrow(/a/);
  secrets.remove('a');
  secrets.purge('a');
  expect(secrets.listRemoved()).toEqual([]);
  expect(secrets.add('a', 'four', {}).content).toBe('four');
  expect(secrets.versions('a')).toHaveLength(1);
});

test('the date of a deletion stays the same, however late one asks', () => {
  const { secrets, time } = store();
  secrets.add('a', 'one', {});
  time.nowMs += 5_000;
  secrets.remove('a');
  time.nowMs += 60_000;
  expect(secrets.removed('a').deletedDate).toBe(1_700_000_005);
  expect(secrets.listRemoved()).toMatchObject([{ deletedDate: 1_700_000_005 }]);
});
