import { expect, test } from 'vitest';
import { slowCalls } from './slow-calls.ts';

const rules = { durationMs: 1_000, rate: 0.5, window: 10, openMs: 5_000 };

function circuitAfter(slow: readonly boolean[]) {
  const circuit = slowCalls(rules);
  for (const [order, value] of slow.entries()) circuit.add({ order, value }, false, 0);
  return circuit;
}

test('opens when the share of slow calls is exactly the rate, not below, and not on fewer than five', () => {
  expect(circuitAfter([true, true, true, true]).addUnderWay([], 0)).toBe(false);
  expect(circuitAfter([true, true, false, false, false]).addUnderWay([], 0)).toBe(false);
  const circuit = circuitAfter([true, true, true, false, false, false]);
  expect(circuit.addUnderWay([], 100)).toBe(true);
  expect([circuit.state(100), circuit.openUntilMs]).toEqual(['open', 5_100]);
});

test('counts the newest calls of the window', () => {
  const old = Array.from({ length: 10 }, () => true);
  expect(circuitAfter([...old, ...old.map(() => false)]).addUnderWay([], 0)).toBe(false);
});

test('calls under way that are slow already open it', () => {
  const circuit = circuitAfter([false, false, false]);
  const waiting = [9, 8, 7].map((order) => ({ order, value: true as const }));
  expect(circuit.addUnderWay(waiting, 0)).toBe(true);
});

test('after its time one probe goes: a slow one opens it again, a fast one closes it', () => {
  const circuit = circuitAfter([true, true, true, true, true]);
  circuit.addUnderWay([], 0);
  expect([circuit.state(4_999), circuit.state(5_000)]).toEqual(['open', 'probe-due']);
  circuit.probe();
  expect(circuit.state(5_000)).toBe('half-open');
  expect(circuit.add({ order: 10, value: true }, true, 6_000)).toBe(false);
  expect([circuit.state(6_000), circuit.openUntilMs]).toEqual(['open', 11_000]);
  circuit.probe();
  expect(circuit.add({ order: 11, value: false }, true, 11_500)).toBe(true);
  expect([circuit.state(11_500), circuit.openUntilMs]).toEqual(['closed', 0]);
});

test('a probe that ends without an answer is sent again at once: the circuit is not half-open for good', () => {
  const circuit = circuitAfter([true, true, true, true, true]);
  circuit.addUnderWay([], 0);
  circuit.probe();
  circuit.lostProbe(5_200);
  expect(circuit.state(5_200)).toBe('probe-due');
});

test('a probe that is slow already opens it again, before its answer', () => {
  const circuit = circuitAfter([true, true, true, true, true]);
  circuit.addUnderWay([], 0);
  circuit.probe();
  expect(circuit.addUnderWay([], 6_000)).toBe(false);
  expect(circuit.state(6_000)).toBe('half-open');
  expect(circuit.addUnderWay([{ order: 9, value: true }], 7_000)).toBe(false);
  expect([circuit.state(7_000), circuit.openUntilMs]).toEqual(['open', 12_000]);
  expect(circuit.openForMs(7_000), 'since it first opened').toBe(7_000);
});

test('what began before it opened and ends late does not close it', () => {
  const circuit = circuitAfter([true, true, true, true, true]);
  circuit.addUnderWay([], 0);
  expect(circuit.add({ order: 3, value: false }, false, 100)).toBe(false);
  expect(circuit.state(100)).toBe('open');
});

test('without rules it never opens', () => {
  const circuit = slowCalls(undefined);
  for (let order = 0; order < 20; order++) circuit.add({ order, value: true }, false, 0);
  expect([circuit.addUnderWay([], 0), circuit.state(0)]).toEqual([false, 'closed']);
});

test('what began before it opened, and is slow as well, does not keep it open longer', () => {
  const circuit = circuitAfter([true, true, true, true, true]);
  circuit.addUnderWay([], 0);
  circuit.add({ order: 6, value: true }, false, 4_000);
  expect(circuit.openUntilMs).toBe(5_000);
  circuit.probe();
  circuit.add({ order: 7, value: true }, false, 6_000);
  expect(circuit.state(6_000), 'nor does it end the probe').toBe('half-open');
});

test('a probe that is lost changes nothing where none was under way', () => {
  const circuit = circuitAfter([true, true, true, true, true]);
  circuit.lostProbe(100);
  expect(circuit.state(100)).toBe('closed');
  circuit.addUnderWay([], 200);
  circuit.lostProbe(300);
  expect([circuit.state(300), circuit.openUntilMs]).toEqual(['open', 5_200]);
});

test('once closed it knows nothing of what was slow, and has not been open', () => {
  const circuit = circuitAfter([true, true, true, true, true]);
  circuit.addUnderWay([], 0);
  circuit.probe();
  circuit.add({ order: 10, value: false }, true, 6_000);
  expect(circuit.openForMs(9_000)).toBe(0);
  for (let order = 11; order < 15; order++) circuit.add({ order, value: true }, false, 9_000);
  expect(circuit.addUnderWay([], 9_000), 'four are too few').toBe(false);
  circuit.add({ order: 15, value: true }, false, 9_500);
  expect(circuit.addUnderWay([], 9_500)).toBe(true);
  expect(circuit.openForMs(9_700), 'since the second time').toBe(200);
});
