import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ledger } from './ledger.ts';

type Spent = Parameters<ReturnType<typeof ledger>['add']>[0];

const usage = { inputTokens: 100, outputTokens: 20, cachedInputTokens: 40, reasoningTokens: 5 };
const spent = (more: Partial<Spent> = {}): Spent => ({
  outcome: 'ok',
  attempts: 1,
  usage,
  cost: 0.5,
  deployment: 'chat',
  tags: {},
  ...more,
});

describe('ledger', () => {
  test('adds calls up: all of them, by deployment, and by each of their tags', () => {
    const books = ledger();
    books.add(spent({ tags: { team: 'search', tier: 'free' } }));
    books.add(spent({ deployment: 'spare', attempts: 3, tags: { team: 'search' } }));
    const one = {
      calls: 1,
      failed: 0,
      attempts: 1,
      inputTokens: 100,
      cachedInputTokens: 40,
      outputTokens: 20,
      cost: 0.5,
    };
    const both = {
      calls: 2,
      failed: 0,
      attempts: 4,
      inputTokens: 200,
      cachedInputTokens: 80,
      outputTokens: 40,
      cost: 1,
    };
    expect(books.total()).toEqual(both);
    expect(books.byDeployment()).toEqual({ chat: one, spare: { ...one, attempts: 3 } });
    expect(books.byTag()).toEqual({ 'team=search': both, 'tier=free': one });
  });

  test.each(['error', 'aborted', 'truncated'] as const)(
    'counts a call that ended as %s as failed',
    (outcome) => {
      const books = ledger();
      books.add(spent({ outcome, usage: undefined, cost: undefined, deployment: undefined }));
      expect(books.total()).toMatchObject({ calls: 1, failed: 1, inputTokens: 0, cost: 0 });
      expect(books.byDeployment()).toEqual({});
    },
  );

  test('tells 1,000 tags apart, and adds the others up as one', () => {
    const books = ledger();
    for (let user = 0; user < 1_005; user += 1) books.add(spent({ tags: { user: String(user) } }));
    books.add(spent({ tags: { user: '3' } }));
    books.add(spent({ tags: { user: '2000' } }));
    const tags = books.byTag();
    expect(Object.keys(tags)).toHaveLength(1_001);
    expect(tags['user=999']?.calls).toBe(1);
    expect(tags['user=1000']).toBeUndefined();
    expect(tags['user=3']?.calls).toBe(2);
    expect(tags['other tags']?.calls).toBe(6);
  });

  test('what it has given does not change any more', () => {
    const books = ledger();
    books.add(spent({ tags: { team: 'search' } }));
    const [total, deployments, tags] = [books.total(), books.byDeployment(), books.byTag()];
    books.add(spent({ tags: { team: 'search' } }));
    expect([total.calls, deployments['chat']?.calls, tags['team=search']?.calls]).toEqual([1, 1, 1]);
  });

  test('no call is lost, whatever its tags: the sum by deployment is the total', () => {
    const call = fc.record({
      deployment: fc.constantFrom('a', 'b', 'c'),
      attempts: fc.integer({ min: 1, max: 5 }),
      tag: fc.integer({ min: 0, max: 2_000 }).map(String),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 60 }), (calls) => {
        const books = ledger();
        for (const { deployment, attempts, tag } of calls)
          books.add(spent({ deployment, attempts, tags: { tag } }));
        const sum = (sums: Readonly<Record<string, { attempts: number }>>) =>
          Object.values(sums).reduce((all, { attempts }) => all + attempts, 0);
        expect(sum(books.byDeployment())).toBe(books.total().attempts);
        expect(sum(books.byTag())).toBe(books.total().attempts);
      }),
    );
  });
});
