import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SharedHolders } from '../quota/quota.ts';
import { holders } from './holders.ts';

describe('holders', () => {
  test('knows the resource of the first reference that it knows', () => {
    const memory = holders();
    memory.remember(['b'], 'sweden');
    memory.remember(['c'], 'france');
    expect(memory.of(['a', 'b', 'c'])).toBe('sweden');
    expect(memory.of(['a'])).toBeUndefined();
  });

  test('the last word on a reference holds', () => {
    const memory = holders();
    memory.remember(['a'], 'sweden');
    memory.remember(['a'], 'france');
    expect(memory.of(['a'])).toBe('france');
  });

  test('forgets the longest unused first, and keeps no more than its size', () => {
    const memory = holders({ size: 3 });
    memory.remember(['a', 'b', 'c'], 'sweden');
    expect(memory.of(['a'])).toBe('sweden');
    memory.remember(['d'], 'france');
    expect(['a', 'b', 'c', 'd'].map((id) => memory.of([id]))).toEqual([
      'sweden',
      undefined,
      'sweden',
      'france',
    ]);
  });

  test('keeps 10,000 references unless told otherwise', () => {
    const memory = holders();
    memory.remember(['oldest'], 'sweden');
    memory.remember(
      Array.from({ length: 9_999 }, (_, index) => `id-${index}`),
      'france',
    );
    memory.remember([`id-0`], 'france');
    expect(memory.of(['oldest'])).toBe('sweden');
    memory.remember(['one more', 'and another'], 'france');
    expect(memory.of(['id-1'])).toBeUndefined();
    expect(memory.of(['oldest'])).toBe('sweden');
  });

  test('behaves as a list of the most recently used, for any use', () => {
    const use = fc.record({ id: fc.integer({ min: 0, max: 7 }).map(String), isRead: fc.boolean() });
    fc.assert(
      fc.property(fc.array(use), fc.integer({ min: 1, max: 5 }), (uses, size) => {
        const memory = holders({ size });
        let model: string[] = [];
        for (const { id, isRead } of uses) {
          const has = model.includes(id);
          if (isRead) expect(memory.of([id])).toBe(has ? 'sweden' : undefined);
          else memory.remember([id], 'sweden');
          if (!isRead || has) model = [...model.filter((each) => each !== id), id].slice(-size);
        }
      }),
    );
  });
});

describe('shared holders', () => {
  function store(entries: Readonly<Record<string, string>> = {}) {
    const kept = new Map(Object.entries(entries));
    const asked: string[] = [];
    const shared: SharedHolders = {
      find: async (reference) => {
        asked.push(reference);
        return kept.get(reference);
      },
      remember: async (reference, resource) => {
        kept.set(reference, resource);
      },
    };
    return { shared, kept, asked };
  }

  test('are told what is new, once', () => {
    const { shared, kept } = store();
    const memory = holders({ shared });
    memory.remember(['a', 'b'], 'sweden');
    expect([...kept]).toEqual([
      ['a', 'sweden'],
      ['b', 'sweden'],
    ]);
    kept.clear();
    memory.remember(['a', 'b'], 'sweden');
    expect(kept.size).toBe(0);
  });

  test('are asked for the last eight references, and their answer is remembered', async () => {
    const { shared, asked } = store({ 'id-11': 'france' });
    const memory = holders({ shared });
    const references = Array.from({ length: 12 }, (_, index) => `id-${index}`);
    expect(await memory.ask?.(references)).toBe('france');
    expect(asked).toEqual(references.slice(4));
    expect(memory.of(['id-11'])).toBe('france');
  });

  test('of several that are known the last one counts: the newest of a conversation', async () => {
    const { shared } = store({ 'id-1': 'sweden', 'id-2': 'france' });
    expect(await holders({ shared }).ask?.(['id-1', 'id-2', 'id-3'])).toBe('france');
  });

  test('are told again when another resource holds it', () => {
    const { shared, kept } = store();
    const memory = holders({ shared });
    memory.remember(['a'], 'sweden');
    memory.remember(['a'], 'france');
    expect([...kept]).toEqual([['a', 'france']]);
  });

  test('are put right when what they said proves wrong', async () => {
    const { shared, kept } = store({ a: 'sweden' });
    const memory = holders({ shared });
    expect(await memory.ask?.(['a'])).toBe('sweden');
    memory.remember(['a'], 'france');
    expect([...kept]).toEqual([['a', 'france']]);
  });

  test('are not told what they have said themselves', async () => {
    const { shared, kept } = store({ a: 'sweden' });
    const memory = holders({ shared });
    await memory.ask?.(['a']);
    kept.clear();
    memory.remember(['a'], 'sweden');
    expect(kept.size).toBe(0);
  });

  test('of what nobody knows nothing is remembered', async () => {
    const { shared } = store();
    const memory = holders({ size: 1, shared });
    memory.remember(['a'], 'sweden');
    expect(await memory.ask?.(['b'])).toBeUndefined();
    expect(memory.of(['a'])).toBe('sweden');
  });

  test('without a store nobody is asked', () => {
    expect(holders().ask).toBeUndefined();
  });
});
