import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scriptedStore } from '../../test/scripted-store.ts';
import { QuotaStoreError } from '../errors.ts';
import type { Grant, QuotaTarget, Refusal } from '../quota/quota.ts';
import { redisQuota } from './redis-quota.ts';

const target: QuotaTarget = {
  key: 'contoso/chat',
  limits: { tpm: 1_000 },
  provisioned: false,
  circuit: { failures: 5, window: 3, openMs: 60, maxOpenMs: 1_000 },
};
const few = { input: 60, output: 40 };
const refusalOf = (answer: unknown) => answer as Refusal;

beforeEach(() => {
  vi.useFakeTimers({ now: 10_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a store that does not answer', () => {
  test('fails the call with its reason when the operator said "closed"', async () => {
    const { store, last } = scriptedStore({ prefix: 'mine' });
    const reserving = store.reserve(target, few);
    const cause = new Error('LOADING Redis is loading.');
    last().fail(cause);
    const error: unknown = await Promise.resolve(reserving).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(QuotaStoreError);
    expect(error).toMatchObject({ code: 'QUOTA_STORE_DOWN', cause });
    expect((error as Error).message).toBe(
      'Cannot ask the quota store "mine", and `degrade` is "closed": LOADING Redis is loading. ' +
        'Bring the store back, or set `degrade` to "local-share" or "open".',
    );
  });

  test('"open" lets everything in, and tells the store afterwards', async () => {
    const { store, last, settled } = scriptedStore({ degrade: 'open' });
    const reserving = store.reserve(target, { input: 5_000, output: 0 });
    last().fail(new Error('gone'));
    const grant = (await reserving) as Grant;
    expect(grant).toMatchObject({ ok: true, target, probe: false });
    expect(store.settle(grant, { result: 'ok' })).toEqual({});
    await settled();
    void store.reserve(target, few);
    expect(last().question['report']).toBe('0:5000:1');
  });

  const bought: QuotaTarget = {
    ...target,
    provisioned: true,
    limits: { ptu: 1 },
    ptu: { inputTpm: 1_000, outputWeight: 4 },
  };

  /** What each of some attempts without the store is told. */
  async function told(
    of: QuotaTarget,
    options: Parameters<typeof scriptedStore>[0],
    amounts: readonly number[],
  ) {
    const { store, last, settled } = scriptedStore({ random: () => 0, ...options });
    const outcomes: string[] = [];
    for (const input of amounts) {
      const reserving = store.reserve(of, { input, output: 0 });
      last().fail(new Error('gone'));
      const answer = await reserving;
      outcomes.push(answer.ok ? 'ok' : answer.reason);
      await settled();
    }
    return outcomes;
  }

  test('"local-share" uses its part of provisioned throughput, and of the calls', async () => {
    const degrade = 'local-share';
    expect(await told(bought, { degrade, replicas: 1 }, [600, 1])).toEqual(['ok', 'ok']);
    expect(await told(bought, { degrade, replicas: 2 }, [600, 1])).toEqual(['ok', 'utilisation']);
    const calls = { ...target, limits: { rpm: 12 } };
    expect(await told(calls, { degrade, replicas: 2 }, [1, 1])).toEqual(['ok', 'requests']);
  });

  test('"open" knows no limit of any kind', async () => {
    expect(await told(bought, { degrade: 'open' }, [5_000, 5_000])).toEqual(['ok', 'ok']);
    expect(await told({ ...target, limits: { tpm: 1, rpm: 1 } }, { degrade: 'open' }, [9, 9])).toEqual([
      'ok',
      'ok',
    ]);
  });

  test('what the service says of its utilisation is known without the store', async () => {
    const { store, last, settled } = scriptedStore({ degrade: 'local-share', replicas: 1, random: () => 0 });
    const reserving = store.reserve(bought, { input: 1, output: 0 });
    last().fail(new Error('gone'));
    store.admitted?.((await reserving) as Grant, { utilisation: 1.2 });
    await settled();
    const next = store.reserve(bought, { input: 1, output: 0 });
    last().fail(new Error('gone'));
    expect(refusalOf(await next).reason).toBe('utilisation');
  });

  const share = { degrade: 'local-share', replicas: 2, random: () => 0 } as const;

  /** A store whose first attempt, of 500 tokens, was let in without it. */
  async function alone() {
    const scripted = scriptedStore(share);
    const reserving = scripted.store.reserve(target, { input: 500, output: 0 });
    scripted.last().fail(new Error('gone'));
    const grant = (await reserving) as Grant;
    await scripted.settled();
    return { ...scripted, grant };
  }

  test('"local-share" keeps to its share, and tells the store afterwards', async () => {
    const { store, grant, last, settled } = await alone();
    expect(grant).toMatchObject({ ok: true, target });
    const more = store.reserve(target, few);
    last().fail(new Error('gone'));
    expect(refusalOf(await more).reason).toBe('tokens');
    await settled();
    void store.reserve(target, few);
    expect(last().question['report']).toBe('0:500:1');
  });

  test('what the service did not count is not told', async () => {
    const { store, grant, last } = await alone();
    void store.settle(grant, { result: 'cancelled', counted: false });
    void store.reserve(target, few);
    expect(last().question['report']).toBe('');
  });

  test('a client that lacks the script is sent its text, and no other error is', async () => {
    const texts: string[] = [];
    const client = {
      evalSha: () => Promise.reject(new Error('NOSCRIPT No matching script.')),
      eval: (text: string) => {
        texts.push(text);
        return Promise.reject(new Error('gone'));
      },
    };
    await expect(redisQuota(client, { degrade: 'closed' }).reserve(target, few)).rejects.toThrow('gone');
    expect(texts).toHaveLength(1);
    const failing = { ...client, evalSha: () => Promise.reject(new Error('READONLY')) };
    await expect(redisQuota(failing, { degrade: 'closed' }).reserve(target, few)).rejects.toThrow('READONLY');
    expect(texts).toHaveLength(1);
  });
});
