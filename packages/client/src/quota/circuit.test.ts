import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterAttempt, afterProbe, closedCircuit, mayAttempt, probing } from './circuit.ts';
import type { Circuit } from './circuit.ts';

const rules = { failures: 3, window: 5, openMs: 100, maxOpenMs: 350 };
const at = (nowMs: number) => ({ rules, nowMs });

function afterAll(results: readonly boolean[]): Circuit {
  return results.reduce((circuit, ok) => afterAttempt(circuit, ok, at(0)), closedCircuit);
}

test.each([
  [[false, false], 'closed'],
  [[false, false, false], 'open'],
  [[false, true, false, true, false], 'open'],
  [[false, true, true, true, true, false, false], 'closed'],
])('%j leaves it %s', (results, state) => {
  expect(afterAll(results).state).toBe(state);
});

test('opens exactly when enough of the last attempts failed', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 30 }), (results) => {
      const opens = results.some(
        (_, end) => results.slice(Math.max(0, end - 4), end + 1).filter((ok) => !ok).length >= 3,
      );
      expect(afterAll(results).state).toBe(opens ? 'open' : 'closed');
    }),
  );
});

test('lets one probe pass when its time has come, and nobody beside it', () => {
  const open = afterAll([false, false, false]);
  expect(mayAttempt(open, 99)).toBe('no');
  expect(mayAttempt(open, 100)).toBe('as-probe');
  expect(mayAttempt(probing(open), 10_000)).toBe('no');
});

test('a probe that succeeds closes it, and it remembers nothing', () => {
  expect(afterProbe(probing(afterAll([false, false, false])), 'ok', at(100))).toEqual(closedCircuit);
});

test('each probe that fails doubles the time, up to the longest', () => {
  let circuit = afterAll([false, false, false]);
  const times = [1_000, 2_000, 3_000, 4_000].map((nowMs) => {
    circuit = afterProbe(probing(circuit), 'failed', at(nowMs));
    return circuit.state === 'open' ? circuit.untilMs - nowMs : 0;
  });
  expect(times).toEqual([200, 350, 350, 350]);
});

test('a probe without a verdict lets the next one try at once', () => {
  const circuit = afterProbe(probing(afterAll([false, false, false])), 'unknown', at(500));
  expect(mayAttempt(circuit, 500)).toBe('as-probe');
});

test('what began before it opened changes nothing', () => {
  const open = afterAll([false, false, false]);
  expect(afterAttempt(open, true, at(1))).toBe(open);
  expect(afterAttempt(probing(open), false, at(1))).toEqual(probing(open));
});

test('once no failure is among the last attempts, it remembers none of them', () => {
  expect(afterAll([false, true, true, true, true])).toMatchObject({
    recent: [true, false, false, false, false],
  });
  expect(afterAll([false, true, true, true, true, true])).toEqual(closedCircuit);
});

test('a cancelled probe does not count as an opening: the next failure doubles the time once', () => {
  const again = afterProbe(probing(afterAll([false, false, false])), 'unknown', at(500));
  expect(afterProbe(probing(again), 'failed', at(1_000))).toMatchObject({ untilMs: 1_200, openings: 2 });
});
