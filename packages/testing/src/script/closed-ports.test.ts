import { expect, test, vi } from 'vitest';
import { manualClock, realClock, type Clock } from '../clock.ts';
import { createClosedPorts } from './closed-ports.ts';

/** Two ports of a mock, and what happened to them. */
function twoPorts(by?: Clock) {
  const clock = manualClock();
  const closing = new AbortController();
  const happened: string[] = [];
  const port = (name: string) => ({
    refuse: () => {
      happened.push(`${name} refuses`);
    },
    accept: async () => {
      happened.push(`${name} accepts`);
      return Promise.resolve();
    },
  });
  const ports = new Map(['sweden', 'france'].map((name) => [name, port(name)]));
  const closed = createClosedPorts(ports, { clock: by ?? clock, closing: closing.signal });
  return { clock, closing, happened, closed };
}

test('a port is closed at once, and opens again when its time is over, to the millisecond', async () => {
  const { clock, happened, closed } = twoPorts();
  closed.close('sweden', 1_000);
  expect(happened).toEqual(['sweden refuses']);
  await clock.advance(999);
  expect(happened).toEqual(['sweden refuses']);
  await clock.advance(1);
  expect(happened).toEqual(['sweden refuses', 'sweden accepts']);
});

test('a port without an end stays closed until all are opened, and may be closed once more', async () => {
  const { clock, happened, closed } = twoPorts();
  for (let round = 0; round < 2; round += 1) {
    closed.close('sweden', Infinity);
    closed.close('france', 1_000);
    await clock.advance(86_400_000);
    expect(happened).toEqual(['sweden refuses', 'france refuses', 'france accepts']);
    closed.open();
    await expect.poll(() => happened.at(-1)).toBe('sweden accepts');
    happened.length = 0;
  }
});

test('a port without an end stays closed by the clock of the machine as well', async () => {
  vi.useFakeTimers();
  try {
    const { closed, happened } = twoPorts(realClock());
    closed.close('sweden', Infinity);
    await vi.advanceTimersByTimeAsync(2 ** 31);
    expect(happened).toEqual(['sweden refuses']);
    closed.open();
    await vi.advanceTimersByTimeAsync(0);
    expect(happened).toEqual(['sweden refuses', 'sweden accepts']);
  } finally {
    vi.useRealTimers();
  }
});

test('a port that is opened early is not opened again when its time would have been over', async () => {
  const { clock, happened, closed } = twoPorts();
  closed.close('sweden', 1_000);
  closed.open();
  await expect.poll(() => happened).toEqual(['sweden refuses', 'sweden accepts']);
  await clock.advance(1_000);
  expect(happened).toHaveLength(2);
});

test.each([1_000, Infinity])('a mock that closes opens no port that is closed for %d ms', async (forMs) => {
  const { clock, closing, happened, closed } = twoPorts();
  closed.close('sweden', forMs);
  closing.abort();
  await clock.advance(1_000);
  closed.open();
  await clock.advance(1_000);
  expect(happened).toEqual(['sweden refuses']);
});

test('a resource without a port is closed already', () => {
  const { happened, closed } = twoPorts();
  closed.close('nowhere', 1_000);
  expect(happened).toEqual([]);
});
