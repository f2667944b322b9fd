import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { listen } from './listen.ts';
import { sendPaced } from './send.ts';
import type { Turn } from './turn.ts';
import { stream } from './wire-response.ts';

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
