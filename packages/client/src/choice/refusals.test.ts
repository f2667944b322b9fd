import { expect, test } from 'vitest';
import { refusals } from './refusals.ts';

const rules = { openMs: 1_000, maxOpenMs: 3_000 };

test('three refusals in a row, while a neighbour answers, are a problem of the target', () => {
  const target = refusals(rules);
  expect(target.refused({ status: 403, othersAnswered: 5 }, 0)).toBe(false);
  expect(target.refused({ status: 403, othersAnswered: 5 }, 0)).toBe(false);
  expect(target.state(0)).toBe('closed');
  expect(target.refused({ status: 403, othersAnswered: 6 }, 100)).toBe(true);
  expect([target.state(100), target.status, target.openUntilMs]).toEqual(['open', 403, 1_100]);
});

test('as long as no neighbour answers either, the request may be at fault', () => {
  const target = refusals(rules);
  for (let call = 0; call < 20; call++)
    expect(target.refused({ status: 403, othersAnswered: 5 }, 0)).toBe(false);
});

test('an answer in between begins the row anew', () => {
  const target = refusals(rules);
  target.refused({ status: 403, othersAnswered: 0 }, 0);
  target.refused({ status: 403, othersAnswered: 1 }, 0);
  expect(target.accepted()).toBe(false);
  expect(target.refused({ status: 403, othersAnswered: 9 }, 0)).toBe(false);
});

test('statuses that speak of the request take eight in a row, and eight answers elsewhere', () => {
  const target = refusals(rules);
  for (let call = 0; call < 7; call++)
    expect(target.refused({ status: 400, othersAnswered: call }, 0)).toBe(false);
  expect(target.refused({ status: 400, othersAnswered: 7 }, 0)).toBe(false);
  expect(target.refused({ status: 400, othersAnswered: 8 }, 0)).toBe(true);
});

test('it is probed after its time; each refused probe doubles the time, up to the longest; an answer ends it', () => {
  const target = refusals(rules);
  for (let call = 0; call < 3; call++) target.refused({ status: 404, othersAnswered: call }, 0);
  expect([target.state(999), target.state(1_000)]).toEqual(['open', 'probe-due']);
  target.probe();
  expect(target.state(1_000)).toBe('half-open');
  target.refused({ status: 404, othersAnswered: 9 }, 1_000);
  expect(target.openUntilMs).toBe(3_000);
  target.probe();
  target.refused({ status: 404, othersAnswered: 9 }, 3_000);
  expect(target.openUntilMs).toBe(6_000);
  target.probe();
  target.lostProbe();
  expect(target.state(6_000)).toBe('probe-due');
  expect(target.accepted()).toBe(true);
  expect([target.state(6_000), target.status]).toEqual(['closed', undefined]);
});

test('refusals of calls that were under way when it was left out change nothing', () => {
  const target = refusals(rules);
  for (let call = 0; call < 3; call++) target.refused({ status: 404, othersAnswered: call }, 0);
  for (let call = 0; call < 9; call++)
    expect(target.refused({ status: 403, othersAnswered: 9 }, 500)).toBe(false);
  expect([target.openUntilMs, target.status, target.state(1_000)]).toEqual([1_000, 404, 'probe-due']);
});

test('after an answer it begins anew: with three refusals, and with the shortest time', () => {
  const target = refusals(rules);
  for (let call = 0; call < 3; call++) target.refused({ status: 404, othersAnswered: call }, 0);
  target.probe();
  target.refused({ status: 404, othersAnswered: 9 }, 1_000);
  target.probe();
  expect([target.accepted(), target.openUntilMs]).toEqual([true, 0]);
  const again = [20, 21, 22].map((othersAnswered) => target.refused({ status: 403, othersAnswered }, 5_000));
  expect(again).toEqual([false, false, true]);
  expect([target.openUntilMs, target.status, target.state(5_999)]).toEqual([6_000, 403, 'open']);
});
