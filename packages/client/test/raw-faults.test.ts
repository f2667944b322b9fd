import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bytesOf, rawEstate, rawFaults, rawKinds } from './raw-faults.ts';
import type { RawEstate, RawFault } from './raw-faults.ts';

let estate: RawEstate;

beforeAll(async () => {
  estate = await rawEstate();
});

afterAll(async () => {
  await estate.close();
});

const ends = ['fin', 'reset'] as const;
const framings = ['length', 'chunked', 'close'] as const;
const cases = rawKinds.flatMap((kind) => framings.map((framing) => [kind, framing] as const));

// The long form is `pnpm --filter @aoai/client soak`, and every byte is `EVERY=1`.
const every = Number(process.env['EVERY'] ?? 12);

/** Where lines begin and end is where answers are taken apart. */
function isAtLine(bytes: Buffer, cutAt: number): boolean {
  return bytes[cutAt - 1] === newline || bytes[cutAt] === newline;
}
const newline = '\n'.charCodeAt(0);

test.each(cases)(
  'no call ends well without an answer: %s with framing by %s, wherever it is cut',
  async (kind, framing) => {
    const isStream = kind.endsWith('stream');
    const path = kind.startsWith('chat') ? '/chat/completions' : '/responses';
    const request = { head: `POST ${path}`, body: isStream ? '{"stream":true}' : '{}' };
    const bytes = bytesOf(request, { framing, end: 'fin' });
    // The framings begin at different bytes, and so do the kinds.
    const from = cases.findIndex((each) => each[0] === kind && each[1] === framing) % every;
    const cuts = Array.from({ length: bytes.length + 1 }, (_, cutAt) => cutAt).filter(
      (cutAt) => cutAt % every === from || isAtLine(bytes, cutAt),
    );
    // Each cut in one of the two ways, and the whole answer in both.
    const faults: RawFault[] = cuts.map((cutAt) => ({
      framing,
      cutAt,
      end: cutAt % 2 === 0 ? 'fin' : 'reset',
    }));
    faults.push(...ends.map((end) => ({ framing, end })));
    const complaints: string[] = [];
    for (let at = 0; at < faults.length; at += 16) {
      const batch = faults.slice(at, at + 16).map(async (fault) => {
        const found = await estate.play(kind, fault);
        complaints.push(...found.map((text) => `${text} for ${JSON.stringify(fault)}`));
      });
      await Promise.all(batch);
    }
    expect(complaints).toEqual([]);
  },
);

test('no call ends well without an answer, whatever happens to its bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...rawKinds), rawFaults, async (kind, fault) => {
      expect(await estate.play(kind, fault)).toEqual([]);
    }),
    { numRuns: 100, seed: 20_261_129, endOnFailure: true },
  );
});

test('the schedules come to every kind of end', () => {
  expect(Object.keys(estate.outcomes)).toEqual(
    expect.arrayContaining(['ok', 'APIConnectionError', 'StreamTruncatedError', 'UnexpectedAnswerError']),
  );
});

test('an answer that was cut leaves no socket behind', async () => {
  const sockets = new Set(estate.faulty.sockets);
  await estate.play('chat', { framing: 'length', cutAt: 300, end: 'none' });
  await expect.poll(() => [...estate.faulty.sockets].filter((socket) => !sockets.has(socket))).toEqual([]);
});
