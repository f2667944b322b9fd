import { afterEach, expect, test, vi } from 'vitest';
import { useRawServers } from './raw-estate.ts';

const fixture = useRawServers();
afterEach(() => {
  vi.useRealTimers();
});
const url = 'https://any.invalid/openai/v1/files/file-1234567890/content';
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 100\r\n\r\n';

/** A file of a hundred bytes, of which ten come, and its reader. */
async function begun(signal?: AbortSignal) {
  const server = await fixture.serve(({ socket }) => socket.write(`${head}0123456789`));
  const azure = fixture.connect([server], { retry: false });
  const { body } = await azure.fetch(url, { signal: signal ?? null });
  const reader = body?.getReader();
  const first = await reader?.read();
  expect(Buffer.from(first?.value ?? []).toString()).toBe('0123456789');
  return { server, reader };
}

test('who leaves a file in the middle frees its socket, and the call is over', async () => {
  const { server, reader } = await begun();
  await reader?.cancel();
  await expect.poll(() => server.sockets.size).toBe(0);
  expect(fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'aborted' });
});

test('an abort ends a file in the middle with its reason, and frees its socket', async () => {
  const stop = new AbortController();
  const { server, reader } = await begun(stop.signal);
  const reading = reader?.read();
  stop.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
  await expect.poll(() => server.sockets.size).toBe(0);
  expect(fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'aborted' });
});

test('an abort ends a file that nobody reads', async () => {
  const stop = new AbortController();
  const { server } = await begun(stop.signal);
  stop.abort(new Error('enough'));
  await expect.poll(() => server.sockets.size).toBe(0);
  await expect.poll(() => fixture.events.at(-1)).toMatchObject({ type: 'call-finished', outcome: 'aborted' });
});

test('`attemptTimeoutMs` ends with the headers of a file', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const server = await fixture.serve(({ socket }) => socket.write(`${head}0123456789`));
  const azure = fixture.connect([server], { retry: false, attemptTimeoutMs: 1_000 });
  const answer = await azure.fetch(url);
  await vi.advanceTimersByTimeAsync(10_000);
  server.requests[0]?.socket.write('x'.repeat(90));
  expect(await answer.text()).toHaveLength(100);
});
