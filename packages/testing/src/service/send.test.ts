import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { listen } from './listen.ts';
import { sendNow, sendPaced } from './send.ts';
import type { Turn } from './turn.ts';
import { bytes, stream } from './wire-response.ts';

test('a large stream is sent as fast as it is read, keeps no listener, and its first 200 frames for a look', async () => {
  const frames = Array.from({ length: 201 }, (_, index) => String(index).padEnd(64 * 1024, '.'));
  const kept: Iterable<string>[] = [];
  // Nothing may listen for it after the end, which is checked for every test.
  const { signal } = new AbortController();
  const answered = (_: unknown, sent: Iterable<string>) => kept.push(sent);
  const listener = await listen((_, outgoing) => {
    const turn = { service: { clock: manualClock(), answered }, exchange: {}, outgoing } as unknown as Turn;
    const pace = { firstMs: 0, nextMs: () => 0 };
    void sendPaced(turn, { response: stream(frames), lines: '' }, { pace, signal });
  });
  try {
    const text = await (await fetch(`http://127.0.0.1:${listener.port}`)).text();
    expect(text === frames.join('')).toBe(true);
    expect(kept.map((sent) => [...sent].length)).toEqual([200]);
  } finally {
    await listener.close();
  }
});

test.each([
  [true, [10, 15, 20, 25]],
  [false, [10, 10, 15, 20]],
  [undefined, [10, 10, 15, 20]],
])('where the head goes alone is %s, frames are asked for at %j ms', async (isHeadAlone, times) => {
  const clock = manualClock(0);
  const asked: number[] = [];
  function* frames() {
    for (const text of ['a', 'b', 'c']) {
      asked.push(clock.now());
      yield text;
    }
    asked.push(clock.now());
  }
  const { signal } = new AbortController();
  const begun = Promise.withResolvers<undefined>();
  const listener = await listen((_, outgoing) => {
    const turn = { service: { clock }, exchange: {}, outgoing } as unknown as Turn;
    const pace = { firstMs: 10, nextMs: () => 5, ...(isHeadAlone !== undefined && { isHeadAlone }) };
    const response = stream({ [Symbol.iterator]: frames });
    void sendPaced(turn, { response, lines: 'x-a: b\r\n' }, { pace, signal });
    begun.resolve(undefined);
  });
  try {
    const answer = fetch(`http://127.0.0.1:${listener.port}`);
    await begun.promise;
    await clock.advance(10);
    // A head that goes alone has come before the first frame has.
    if (isHeadAlone === true) expect((await answer).headers.get('x-a')).toBe('b');
    for (let frame = 0; frame < 3; frame += 1) await clock.advance(5);
    expect([await (await answer).text(), asked]).toEqual(['abc', times]);
  } finally {
    await listener.close();
  }
});

test.each([
  [200, '1'],
  [201, '1'],
  [204, null],
])('bytes that are answered %i have the length %s', async (status, length) => {
  const kept: unknown[] = [];
  const service = { clock: manualClock(), answered: (_: unknown, sent: unknown) => kept.push(sent) };
  const listener = await listen((_, outgoing) => {
    const turn = { service, exchange: {}, outgoing } as unknown as Turn;
    const body = Buffer.alloc(status === 204 ? 0 : 1, 'a');
    sendNow(turn, { response: bytes(body, 'text/plain', { status }), lines: '' });
  });
  try {
    const response = await fetch(`http://127.0.0.1:${listener.port}`);
    expect([response.status, response.headers.get('content-length')]).toEqual([status, length]);
    expect(await response.text()).toBe(status === 204 ? '' : 'a');
    expect(kept).toEqual([`(${status === 204 ? 0 : 1} bytes of text/plain)`]);
  } finally {
    await listener.close();
  }
});
