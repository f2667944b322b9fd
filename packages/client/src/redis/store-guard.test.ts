import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { storeGuard } from './store-guard.ts';

let nowMs = 0;
let asked = 0;
const down = async () => {
  asked += 1;
  throw new Error('down');
};
const up = async () => {
  asked += 1;
  return 'up';
};

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 1_000_000;
  asked = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

function guard(failures = 0) {
  const made = storeGuard({ timeoutMs: 100, now: () => nowMs });
  const fail = async () => {
    await expect(made.ask(down)).rejects.toThrow('down');
  };
  return {
    ask: (question: () => Promise<string>) => made.ask(question),
    fail,
    ready: (async () => {
      for (let failure = 0; failure < failures; failure += 1) await fail();
      asked = 0;
    })(),
  };
}

test('a store that does not answer is given up after its time, and no timer is left', async () => {
  const { ask } = guard();
  const answer = ask(() => new Promise<string>(() => undefined));
  const ended = expect(answer).rejects.toThrow('The quota store has not answered within 100 ms.');
  vi.advanceTimersByTime(100);
  await ended;
  expect(await ask(up)).toBe('up');
  expect(vi.getTimerCount()).toBe(0);
});

test('two failures leave the store asked, the third one does not', async () => {
  const { ask, ready } = guard(2);
  await ready;
  await expect(ask(down)).rejects.toThrow('down');
  expect(asked).toBe(1);
  await expect(ask(up)).rejects.toThrow('down');
  expect(asked).toBe(1);
});

test('what is thrown while it is not asked is an error, whatever the client threw', async () => {
  const { ask, ready } = guard(1);
  await ready;
  const notAnError = async () => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- A client may do so.
    throw 'text';
  };
  for (let failure = 0; failure < 2; failure += 1) await ask(notAnError).catch(() => undefined);
  const thrown: unknown = await ask(up).catch((error: unknown) => error);
  expect(thrown).toEqual(new Error('down'));
});

test('an answer between failures begins the count anew', async () => {
  const { ask, fail, ready } = guard(2);
  await ready;
  await ask(up);
  await fail();
  await fail();
  expect(await ask(up)).toBe('up');
});

test('asks again after half a second, one question at a time', async () => {
  const { ask, ready } = guard(3);
  await ready;
  nowMs += 499;
  await expect(ask(up)).rejects.toThrow('down');
  nowMs += 1;
  const { promise, resolve } = Promise.withResolvers<string>();
  const probe = ask(() => promise);
  await expect(ask(up)).rejects.toThrow('down');
  expect(asked).toBe(0);
  resolve('back');
  expect(await probe).toBe('back');
  expect(await Promise.all([ask(up), ask(up)])).toEqual(['up', 'up']);
});

test('each question that fails doubles the pause, up to half a minute', async () => {
  const { ask, fail, ready } = guard(3);
  await ready;
  const pauses: number[] = [];
  for (let probe = 0; probe < 9; probe += 1) {
    const since = nowMs;
    for (let step = 0; step < 400 && asked === probe; step += 1) {
      nowMs += 100;
      await ask(down).catch(() => undefined);
    }
    pauses.push(nowMs - since);
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  nowMs += 30_000;
  await ask(up);
  await fail();
  await fail();
  await fail();
  nowMs += 500;
  expect(await ask(up), 'after an answer the pauses begin with the shortest').toBe('up');
});
