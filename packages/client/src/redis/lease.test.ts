import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLease } from './lease.ts';

describe('createLease', () => {
  test('gives what it holds, until it is over', () => {
    const lease = createLease();
    expect(lease.take(1, 0)).toBeUndefined();
    lease.renew({ tokens: 100, calls: 2, untilMs: 1_000 });
    expect(lease.take(101, 0)).toBeUndefined();
    expect(lease.take(60, 0)).toBeDefined();
    expect(lease.take(60, 1)).toBeUndefined();
    expect(lease.take(40, 999)).toBeDefined();
    expect(lease.take(0, 999)).toBeUndefined();
    lease.renew({ tokens: 100, calls: 2, untilMs: 1_000 });
    expect(lease.take(1, 1_000)).toBeUndefined();
  });

  test('reports what was used, when, and once', () => {
    const lease = createLease();
    lease.renew({ tokens: 100, calls: 9, untilMs: 9_000 });
    lease.take(10, 100);
    lease.take(10, 200);
    lease.take(10, 700);
    const report = lease.report(1_250);
    expect(report.text).toBe('1000:20:2,500:10:1');
    expect(lease.report(1_250).text).toBe('');
    report.end(false);
    const again = lease.report(2_250);
    expect(again.text).toBe('2000:20:2,1500:10:1');
    again.end(true);
    expect(lease.report(2_250).text).toBe('');
  });

  test('what the service did not count is left out of the report, or taken back in the next', () => {
    const lease = createLease();
    lease.renew({ tokens: 100, calls: 9, untilMs: 9_000 });
    const use = lease.take(10, 100);
    if (use === undefined) throw new Error('No lease.');
    lease.giveBack(use, { tokens: 10, calls: 1 });
    expect(lease.report(1_000).text).toBe('');
    const late = lease.take(10, 1_100);
    if (late === undefined) throw new Error('No lease.');
    lease.report(2_250).end(true);
    lease.giveBack(late, { tokens: 10, calls: 0 });
    expect(lease.report(3_250).text).toBe('2000:-10:0');
  });

  test('a lease that has ended gives nothing, and what was used of it is still reported', () => {
    const lease = createLease();
    lease.renew({ tokens: 100, calls: 9, untilMs: 9_000 });
    lease.take(10, 100);
    lease.end();
    expect(lease.take(1, 0)).toBeUndefined();
    lease.renew({ tokens: 0, calls: 0, untilMs: 0 });
    expect(lease.report(250).text).toBe('0:10:1');
  });

  test('a report that did not arrive is repeated with what came since, but for what has left every window', () => {
    const lease = createLease();
    lease.renew({ tokens: 100, calls: 9, untilMs: 99_000 });
    lease.take(10, 100);
    lease.take(20, 400);
    const report = lease.report(60_250);
    lease.take(30, 60_300);
    report.end(false);
    expect(lease.report(60_500).text).toBe('60000:20:1,0:30:1');
  });

  test('a call that was given back without its tokens, or with them, is in the report as it is', () => {
    const lease = createLease();
    lease.renew({ tokens: 100, calls: 9, untilMs: 9_000 });
    const use = lease.take(10, 100);
    if (use !== undefined) lease.giveBack(use, { tokens: 10, calls: 0 });
    expect(lease.report(250).text).toBe('0:0:1');
  });

  test('a rate is the mean of about fifteen seconds', () => {
    const lease = createLease();
    lease.note(30, 100_000);
    lease.note(60, 101_000);
    const part = (ms: number) => Math.exp(-ms / 15_000);
    const { tokensPerSecond, callsPerSecond } = lease.rates(103_000);
    expect(tokensPerSecond).toBeCloseTo((30 * part(3_000) + 60 * part(2_000)) / 15, 9);
    expect(callsPerSecond).toBeCloseTo((part(3_000) + part(2_000)) / 15, 9);
    // A clock that is set back makes nothing younger.
    expect(lease.rates(102_500).callsPerSecond).toBeCloseTo(callsPerSecond, 9);
  });

  test('an attempt is never reported as older than it is', () => {
    const lease = createLease();
    lease.renew({ tokens: 100, calls: 9, untilMs: 9_000 });
    lease.take(10, 250);
    expect(lease.report(500).text).toBe('0:10:1');
  });

  test('the rates forget', () => {
    const lease = createLease();
    for (let nowMs = 0; nowMs < 120_000; nowMs += 500) lease.note(50, nowMs);
    expect(lease.rates(120_000).callsPerSecond).toBeCloseTo(2, 0);
    expect(lease.rates(120_000).tokensPerSecond).toBeCloseTo(100, -1);
    expect(lease.rates(240_000).callsPerSecond).toBeLessThan(0.01);
  });

  test('a burst after silence is no rate yet', () => {
    const lease = createLease();
    for (let call = 0; call < 100; call += 1) lease.note(50, 1_000_000);
    expect(lease.rates(1_001_999)).toEqual({ tokensPerSecond: 0, callsPerSecond: 0 });
    expect(lease.rates(1_002_000).callsPerSecond).toBeGreaterThan(1);
  });

  test('never gives more than it was given, and reports all of it, whatever happens', () => {
    const step = fc.record({
      tokens: fc.integer({ min: 1, max: 200 }),
      afterMs: fc.nat(400),
      isReport: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const lease = createLease();
        lease.renew({ tokens: 2_000, calls: 30, untilMs: 10_000 });
        let [nowMs, taken, calls, reported] = [0, 0, 0, 0];
        const add = (text: string) => {
          for (const part of text.split(',')) reported += Number(part.split(':')[1] ?? 0);
        };
        for (const { tokens, afterMs, isReport } of steps) {
          nowMs += afterMs;
          if (lease.take(tokens, nowMs) !== undefined) {
            taken += tokens;
            calls += 1;
          }
          if (!isReport) continue;
          const report = lease.report(nowMs);
          add(report.text);
          report.end(true);
        }
        add(lease.report(nowMs).text);
        expect(taken).toBeLessThanOrEqual(2_000);
        expect(calls).toBeLessThanOrEqual(30);
        expect(reported).toBe(taken);
      }),
      { seed: 3, numRuns: 200 },
    );
  });
});
