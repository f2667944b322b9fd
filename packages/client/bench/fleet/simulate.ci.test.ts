import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasRedis, startRedis } from '../../test/redis-server.ts';
import type { RedisServer } from '../../test/redis-server.ts';
import { simulateFleet } from './simulate.ts';
import type { FleetRun } from './simulate.ts';
import type { EmptyableRedis } from './virtual-store.ts';

// Replicas of the real client over the real scripts, on a virtual clock. `SEEDS` says how many runs each rule is held by.
const seeds = Array.from({ length: Number(process.env['SEEDS'] ?? 1) }, (_, index) => 11 + index);
const service = { tpm: 30_000, counts: (tokens: number) => tokens };

describe.skipIf(!hasRedis)('a fleet on a virtual clock', () => {
  let server: RedisServer;
  let redis: EmptyableRedis & { destroy(): void };

  beforeAll(async () => {
    server = await startRedis();
    redis = await createClient({ url: server.url }).connect();
  });
  afterAll(async () => {
    redis.destroy();
    await server.stop();
  });

  const run = (changes: Partial<FleetRun> & Pick<FleetRun, 'seed' | 'load'>) =>
    simulateFleet(redis, { replicas: 4, minutes: 3, service, ...changes });
  const killedAtMs = (seed: number) => 30_000 + ((seed * 7_919) % 60_000);

  test.each(seeds)(
    'above the limit all of it is used, and never more in any minute (seed %i)',
    async (seed) => {
      const { use, highest, refused } = await run({ seed, load: 1.2 });
      expect(use).toBeGreaterThan(0.97);
      expect(highest).toBeLessThanOrEqual(1);
      expect(refused).toBe(0);
    },
  );

  test.each(seeds)('far from the limit a lease answers nearly every call (seed %i)', async (seed) => {
    const { calls, answered, commandsPerCall } = await run({ seed, load: 0.4 });
    expect(answered).toBe(calls);
    expect(commandsPerCall).toBeLessThan(0.2);
  });

  test.each(seeds)('a load that lies on few replicas uses the limit as well (seed %i)', async (seed) => {
    const { use, highest } = await run({ seed, load: 1.2, shares: [8, 2, 1, 0.2] });
    expect(use).toBeGreaterThan(0.97);
    expect(highest).toBeLessThanOrEqual(1);
  });

  test.each(seeds)('a store that dies lets nobody use more, at any load (seed %i)', async (seed) => {
    for (const load of [0.5, 1.2]) {
      const events = [
        {
          atMs: killedAtMs(seed),
          act: (store: { kill(): void }) => {
            store.kill();
          },
        },
      ];
      expect((await run({ seed, load, events })).highest).toBeLessThanOrEqual(1.01);
    }
  });

  test.each(seeds)('nor one that dies and comes back, or loses all that it knew (seed %i)', async (seed) => {
    const atMs = killedAtMs(seed);
    const comesBack: FleetRun['events'] = [
      {
        atMs,
        act: (store) => {
          store.kill();
        },
      },
      {
        atMs: atMs + 25_000,
        act: (store) => {
          store.revive();
        },
      },
    ];
    expect((await run({ seed, load: 1.2, events: comesBack })).highest).toBeLessThanOrEqual(1.01);
    const loses: FleetRun['events'] = [{ atMs, act: (store) => void store.flush() }];
    expect((await run({ seed, load: 1.2, events: loses })).highest).toBeLessThanOrEqual(1.01);
  });

  test.each(seeds)(
    'eight replicas without a store from the start keep within the limit (seed %i)',
    async (seed) => {
      const events: FleetRun['events'] = [
        {
          atMs: 0,
          act: (store) => {
            store.kill();
          },
        },
        {
          atMs: 90_000,
          act: (store) => {
            store.revive();
          },
        },
      ];
      const away = { seed, load: 2, replicas: 8, events };
      expect((await run({ ...away, quota: { replicas: 8 } })).highest).toBeLessThanOrEqual(1);
      // Nobody has said how many they are: ten are assumed.
      expect((await run(away)).highest).toBeLessThanOrEqual(1);
    },
  );

  test.each(seeds)(
    'what the service counts of an estimate is learned, within a minute or two (seed %i)',
    async (seed) => {
      const counts = (tokens: number) => Math.round(tokens * 0.82);
      const late = { seed, load: 1.2, minutes: 6, fromMs: 180_000 };
      const sliding = await run({ ...late, service: { ...service, counts } });
      expect(sliding.use).toBeGreaterThan(0.97);
      expect(sliding.highest).toBeLessThanOrEqual(1);
      // Where windows begin anew, the end of one is hard to see: a little is left.
      const fixed = await run({
        ...late,
        service: { ...service, counts, windows: 'fixed', beginsAtMs: 17_000 },
      });
      expect(fixed.use).toBeGreaterThan(0.85);
      expect(fixed.highest).toBeLessThanOrEqual(1);
    },
  );
});
