import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { localShare } from './local-share.ts';
import type { LastKnown } from './local-share.ts';

const nothing = { limit: undefined, leaving: [] };
const known = (changes: Partial<LastKnown> = {}): LastKnown => ({
  atMs: 0,
  replicas: 2,
  tokens: { limit: 1_000, leaving: [] },
  requests: nothing,
  ...changes,
});

describe('localShare', () => {
  test('an equal part of what was free is each replica’s own', () => {
    const share = localShare(
      known({ tokens: { limit: 1_000, leaving: [...Array<number>(11).fill(0), 400] } }),
    );
    expect(share.refuses(300, 1)).toBeUndefined();
    share.take(300, 1, false);
    expect(share.refuses(1, 10_000)).toMatchObject({ reason: 'tokens', retryAtMs: 60_000 });
    expect(share.free(2)).toBe(0);
  });

  test('after its first attempt, a tenth of it is there at once, and all after nine seconds', () => {
    const share = localShare(known({ tokens: { limit: 1_000, leaving: [0, 0, 0, 200] } }));
    expect(share.refuses(400, 0)).toBeUndefined();
    share.take(10, 0, false);
    expect(share.refuses(30, 1)).toBeUndefined();
    expect(share.refuses(190, 1)?.retryAtMs).toBe(4_001);
    expect(share.refuses(390, 9_000)).toBeUndefined();
  });

  test('what was used leaves by and by, and makes room', () => {
    const share = localShare(known({ tokens: { limit: 1_000, leaving: [200, 800] } }));
    expect(share.refuses(100, 1)?.retryAtMs).toBe(5_000);
    expect(share.refuses(101, 1)?.retryAtMs).toBe(10_000);
    expect(share.refuses(100, 5_000)).toBeUndefined();
  });

  test('its own attempts leave after their window', () => {
    const share = localShare(known());
    share.take(500, 1, false);
    const retryAtMs = share.refuses(1, 2)?.retryAtMs ?? 0;
    expect(retryAtMs).toBeGreaterThanOrEqual(60_001);
    expect(retryAtMs).toBeLessThan(60_500);
    expect(share.refuses(500, retryAtMs)).toBeUndefined();
  });

  test('calls have a share of their own, of ten seconds', () => {
    const share = localShare(known({ tokens: nothing, requests: { limit: 4, leaving: [] } }));
    share.isAlone(0);
    share.take(900, 0, false);
    expect(share.refuses(900, 9_000)).toBeUndefined();
    share.take(900, 0, false);
    expect(share.refuses(1, 9_000)).toMatchObject({ reason: 'requests', retryAtMs: 10_250 });
    expect(share.refuses(1, 20_000)).toBeUndefined();
  });

  test('what is larger than the share passes alone, instead of never', () => {
    const share = localShare(known());
    expect(share.refuses(900, 0)).toBeUndefined();
    share.take(900, 0, false);
    expect(share.refuses(1, 1)).toBeDefined();
  });

  test('reports what the store was not told, each attempt once', () => {
    const share = localShare(known());
    share.take(10, 0, false);
    share.take(10, 1, false);
    share.take(10, 2, true);
    const unreported = share.unreported(3);
    expect(unreported).toMatchObject([{ tokens: 20, calls: 2 }]);
    share.take(5, 4, false);
    for (const entry of unreported) entry.isReported = true;
    expect(share.unreported(5)).toMatchObject([{ tokens: 5, calls: 1 }]);
    expect(share.unreported(70_000)).toEqual([]);
  });

  test('an attempt after a report is none of those that the report contains, however soon it came', () => {
    const share = localShare(known());
    share.take(10, 0, false);
    const [entry] = share.unreported(1);
    share.take(5, 2, false);
    expect(entry).toMatchObject({ tokens: 10, calls: 1 });
    expect(share.unreported(3)).toMatchObject([{ tokens: 10 }, { tokens: 5, calls: 1 }]);
  });

  test('an attempt is to be reported until it has left its window', () => {
    const share = localShare(known());
    share.take(10, 0, false);
    expect(share.unreported(60_249)).toHaveLength(1);
    expect(share.unreported(60_250)).toHaveLength(0);
  });

  test('what no report contains yet counts after the next answer too', () => {
    const before = localShare(known());
    before.take(300, 0, false);
    const share = localShare(known({ atMs: 500 }), before.unreported(500));
    share.isAlone(500);
    expect(share.refuses(201, 30_000)?.retryAtMs).toBe(60_250);
    expect(share.refuses(200, 30_000)).toBeUndefined();
    expect(localShare(known()).unreported(0)).toEqual([]);
  });

  test('the whole of it is there nine seconds after the store was lost, and a refusal says so', () => {
    const share = localShare(known());
    share.isAlone(0);
    share.take(10, 0, false);
    expect(share.refuses(490, 0)?.retryAtMs).toBe(9_000);
    expect(share.refuses(490, 8_999)?.retryAtMs).toBe(9_499);
  });

  test('of two limits that have room at the same time the tokens are named', () => {
    const share = localShare(
      known({
        replicas: 1,
        tokens: { limit: 1_000, leaving: [1_000] },
        requests: { limit: 4, leaving: [0, 0, 0, 0, 0, 4] },
      }),
    );
    expect(share.refuses(1, 1)).toEqual({ ok: false, reason: 'tokens', retryAtMs: 5_000 });
  });

  test('what is free is known as long as the store answers, also when attempts went past it', () => {
    const share = localShare(known());
    share.passedBy();
    expect(share.free(5_000)).toBe(1);
    share.isAlone(5_000);
    expect(share.free(5_000)).toBe(0);
  });

  test('before the first answer of the store nothing is known to be gone', () => {
    const share = localShare(known({ neverAnswered: { sinceMs: 0, phase: 0 } }));
    share.isAlone(5_000);
    expect(share.free(5_000)).toBe(1);
    expect(share.refuses(500, 5_000)).toBeUndefined();
  });

  test('what was free in an old answer may be gone: it counts as used for a window', () => {
    const tokens = { limit: 1_000, leaving: [...Array<number>(11).fill(0), 400] };
    const share = localShare(known({ tokens }));
    share.isAlone(2_001);
    expect(share.refuses(1, 2_001)?.retryAtMs).toBe(60_000);
    expect(share.refuses(200, 60_000)).toBeUndefined();
    expect(share.refuses(201, 60_000)?.retryAtMs).toBe(62_001);
    expect(share.refuses(500, 62_001)).toBeUndefined();
  });

  test('nor is what was free believed once an attempt went past the store', () => {
    const share = localShare(known());
    share.passedBy();
    expect(share.refuses(1, 1)).toBeDefined();
    const alone = localShare(known({ replicas: 1 }));
    alone.passedBy();
    expect(alone.refuses(1, 1)).toBeUndefined();
  });

  test.each([
    [120_000, 500],
    [120_001, 125],
  ])(
    'after %d ms a replica that is alone uses %d: an older count of replicas may be too low',
    (sinceMs, part) => {
      const share = localShare(known({ assumedReplicas: 8 }));
      share.isAlone(sinceMs);
      const laterMs = sinceMs + 60_000;
      share.take(1, laterMs, false);
      expect(share.refuses(part - 1, laterMs)).toBeUndefined();
      expect(share.refuses(part, laterMs)).toMatchObject({ reason: 'tokens' });
    },
  );

  test('an answer that is two seconds old is still believed, an older one is not', () => {
    const fresh = localShare(known());
    fresh.isAlone(2_000);
    expect([fresh.free(2_000), fresh.refuses(500, 2_000)]).toEqual([1, undefined]);
    const old = localShare(known());
    old.isAlone(2_001);
    expect(old.free(2_001)).toBe(0);
    expect(old.free(62_001)).toBe(1);
  });

  test('what was larger than the share is made up for before the next', () => {
    const share = localShare(known());
    share.isAlone(0);
    share.take(900, 0, false);
    expect(share.refuses(1, 107_000)).toBeDefined();
    expect(share.refuses(500, 109_000)).toBeUndefined();
  });

  test('before the first answer of the store the share grows over a minute, and what is larger waits for its turn', () => {
    const neverAnswered = { sinceMs: 0, phase: 0.5 };
    const share = localShare(known({ neverAnswered }));
    expect(share.refuses(900, 0)?.retryAtMs).toBe(24_000);
    expect(share.refuses(500, 0)).toBeUndefined();
    share.take(50, 0, false);
    expect(share.refuses(230, 30_000)?.retryAtMs).toBeGreaterThan(30_000);
    expect(share.refuses(220, 30_000)).toBeUndefined();
  });

  test('replicas that keep to it never use more than the limit together, whatever was used before', () => {
    const wishes = fc.array(
      fc.record({ by: fc.nat(3), amount: fc.integer({ min: 1, max: 120 }), afterMs: fc.nat(4_000) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(fc.array(fc.nat(80), { minLength: 13, maxLength: 13 }), wishes, (leaving, asked) => {
        const limit = 1_200;
        const shares = [0, 1, 2, 3].map(() => localShare(known({ replicas: 4, tokens: { limit, leaving } })));
        const taken: { atMs: number; amount: number }[] = [];
        let nowMs = 0;
        for (const { by, amount, afterMs } of asked) {
          nowMs += afterMs;
          const share = shares[by];
          if (share === undefined || share.refuses(amount, nowMs) !== undefined) continue;
          share.take(amount, nowMs, false);
          taken.push({ atMs: nowMs, amount });
          const before = leaving.reduce(
            (sum, part, place) => sum + ((place + 1) * 5_000 > nowMs ? part : 0),
            0,
          );
          const now = taken.filter(({ atMs }) => atMs > nowMs - 60_000);
          expect(now.reduce((sum, each) => sum + each.amount, before)).toBeLessThanOrEqual(limit);
        }
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});
