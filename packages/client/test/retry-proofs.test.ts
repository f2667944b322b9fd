import { serverError } from '@aoai/testing';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { retryBudget } from '../src/engine/retry-budget.ts';
import { createClient } from '../src/client/create-client.ts';
import type { ClientOptions } from '../src/client/client-options.ts';
import { messages, useEstate } from './estate.ts';

// What docs/benchmarks/retries.md says of this package, held by the client over the mock.
const fixture = useEstate();
const key = Symbol.for('@aoai/client.retryBudget@2');

afterEach(() => {
  Reflect.deleteProperty(globalThis, key);
});

/** Clients of one process that call a service of which nothing works, and what that service gets. */
async function outage(clients: number, callsOfEach: number, options: ClientOptions): Promise<number[]> {
  fixture.mock.fail('*', serverError(), { times: Infinity });
  const attempts: number[] = [];
  for (let round = 0; round < callsOfEach; round += 1) {
    const before = fixture.mock.requests().length;
    await Promise.all(
      Array.from({ length: clients }, async () => {
        const azure = createClient(fixture.mock.config, {
          credential: fixture.mock.credential(),
          retry: { initialDelayMs: 0, maxDelayMs: 0 },
          ...options,
        });
        await azure.chat.completions.create({ model: 'chat', messages }).catch(() => undefined);
        await azure.close();
      }),
    );
    attempts.push(fixture.mock.requests().length - before);
  }
  return attempts;
}

test('the rate of retries never exceeds its budget, in whatever order calls begin, fail and succeed', () => {
  const step = fc.constantFrom('call', 'retry', 'unused');
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 400 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(30),
      (steps, share, reserve) => {
        const budget = retryBudget({ share, reserve });
        let [calls, retries] = [0, 0];
        for (const each of steps) {
          if (each === 'call') {
            calls += 1;
            budget.earn();
          } else if (each === 'retry' && budget.spend()) retries += 1;
          else if (each === 'unused' && retries > 0) {
            retries -= 1;
            budget.giveBack();
          }
          expect(retries).toBeLessThanOrEqual(reserve + share * calls + 1e-9);
        }
      },
    ),
    { seed: 21, numRuns: 200 },
  );
});

test('in a total outage all clients of a process together make 20 retries, and one for every five calls', async () => {
  const attempts = await outage(5, 6, { circuit: false });
  const all = attempts.reduce((sum, each) => sum + each, 0);
  expect(all).toBeGreaterThan(30);
  expect(all).toBeLessThanOrEqual(30 + 20 + 30 * 0.2);
  // Once the reserve is gone, a fifth is what is left.
  const late = attempts.slice(3).reduce((sum, each) => sum + each, 0);
  expect(late).toBeLessThanOrEqual(15 * 1.2 + 1);
});

test('the load on a service that does not recover falls to the probes of its circuits', async () => {
  fixture.mock.fail('*', serverError(), { times: Infinity });
  let nowMs = Date.now();
  const azure = createClient(fixture.mock.config, {
    credential: fixture.mock.credential(),
    retry: { initialDelayMs: 0, maxDelayMs: 0 },
    // Less than what is left of a circuit at each step: nobody waits.
    deadlineMs: 2_000,
    now: () => nowMs,
  });
  const load: number[] = [];
  for (let step = 0; step < 60; step += 1) {
    const before = fixture.mock.requests().length;
    await azure.chat.completions.create({ model: 'chat', messages }).catch(() => undefined);
    load.push(fixture.mock.requests().length - before);
    nowMs += 2_500;
  }
  await azure.close();
  const sumOf = (part: readonly number[]) => part.reduce((sum, each) => sum + each, 0);
  expect(sumOf(load.slice(0, 5))).toBeGreaterThan(5);
  // Probes come half as often each time: 5, 10, 20, 40 s apart, for each of two deployments.
  expect(sumOf(load.slice(30))).toBeLessThanOrEqual(6);
  expect(sumOf(load.slice(30))).toBeLessThan(sumOf(load.slice(0, 30)));
});
