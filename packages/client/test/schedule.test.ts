import { startMockAzure } from '@aoai/testing';
import type { MockAzure } from '@aoai/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { estate } from './estate.ts';
import type { EstateName } from './estate.ts';
import { play, schedules } from './schedule.ts';

let mock: MockAzure<EstateName>;

beforeAll(async () => {
  mock = await startMockAzure({ config: estate });
});

afterAll(async () => {
  await mock.close();
});

// The long form is `pnpm --filter @aoai/client soak`.
test('whatever goes wrong, every call ends with its one right answer or a typed error, within its deadline', async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async (schedule) => {
      expect((await play(mock, schedule)).complaints).toEqual([]);
    }),
    { numRuns: 30, seed: 20_261_122, endOnFailure: true },
  );
}, 120_000);
