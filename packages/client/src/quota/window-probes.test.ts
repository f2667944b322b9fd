import { expect, test } from 'vitest';
import { windowOrigin } from './window-origin.ts';
import { windowProbes } from './window-probes.ts';

const minuteMs = 60_000;
const ticket = () => ({ atMs: 0, amount: 1, upTo: 1 });

/** Probes of windows that a refusal has shown, the first of which begins at 0. */
function presumed() {
  const origin = windowOrigin(minuteMs);
  origin.told(-10_000, 10_000);
  return { origin, probes: windowProbes(origin) };
}

test('sends one probe while nothing is known of the windows', () => {
  const probes = windowProbes(windowOrigin(minuteMs));
  expect(probes.maySend(false, -Infinity)).toBe(true);
  const first = ticket();
  probes.sent(first, -Infinity);
  probes.dropped(first);
  expect(probes.maySend(false, -Infinity)).toBe(false);
});

test('sends no probe that the presumed window has no room for', () => {
  expect(presumed().probes.maySend(false, 0)).toBe(false);
});

test('sends one probe in each presumed window, and more after some were let in', () => {
  const { probes } = presumed();
  const first = ticket();
  probes.sent(first, 0);
  expect(probes.maySend(true, 0)).toBe(false);
  expect(probes.maySend(true, minuteMs)).toBe(true);
  probes.admitted(first);
  probes.sent(ticket(), 0);
  expect(probes.maySend(true, 0)).toBe(true);
  probes.sent(ticket(), 0);
  expect(probes.maySend(true, 0)).toBe(false);
});

test('sixteen probes that were let in confirm the windows', () => {
  const { origin, probes } = presumed();
  for (let count = 1; count <= 16; count += 1) {
    expect(origin.isSure).toBe(false);
    const probe = ticket();
    probes.sent(probe, 0);
    probes.admitted(probe);
  }
  expect(origin.isSure).toBe(true);
});

test('a request that was no probe, or that was dropped, confirms nothing', () => {
  const { origin, probes } = presumed();
  for (let count = 0; count < 20; count += 1) {
    probes.admitted(ticket());
    const probe = ticket();
    probes.sent(probe, 0);
    probes.dropped(probe);
    probes.admitted(probe);
  }
  expect(origin.isSure).toBe(false);
});

test('a refuted window is doubted, and the answers start again', () => {
  const { origin, probes } = presumed();
  const letIn = () => {
    const probe = ticket();
    probes.sent(probe, 0);
    probes.admitted(probe);
  };
  for (let count = 0; count < 16; count += 1) letIn();
  probes.refuted();
  expect(origin.isSure).toBe(false);
  for (let count = 0; count < 15; count += 1) letIn();
  expect(origin.isSure).toBe(false);
  letIn();
  expect(origin.isSure).toBe(true);
});
