import { expect, test } from 'vitest';
import type { Grant, QuotaTarget } from '../quota/quota.ts';
import { ownBooks } from './own-books.ts';

const circuit = { failures: 1, window: 1, openMs: 60, maxOpenMs: 1_000 };
const paygo: QuotaTarget = {
  key: 'contoso/chat',
  limits: { tpm: 10, rpm: 6 },
  provisioned: false,
  circuit,
};
const bought: QuotaTarget = {
  ...paygo,
  limits: { ptu: 2, tpm: 10 },
  provisioned: true,
  ptu: { inputTpm: 1_000, outputWeight: 4 },
};
const count = (input: number) => ({ input, output: 0 });

/** Books of a replica whose clock stands still, one of so many. */
function booksOf({ isUnlimited = false, replicas = (): number => 1 } = {}) {
  let nowMs = 5_000;
  const books = ownBooks({ now: () => nowMs, isUnlimited }, replicas);
  return {
    books,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('have no windows: those are in the share', () => {
  const { books } = booksOf();
  for (let call = 0; call < 5; call += 1) expect(books.reserve(paygo, count(1_000)).ok).toBe(true);
  expect(books.peek(paygo).free).toBe(1);
});

test('have the part of the bucket of provisioned throughput that is due to one replica', () => {
  let replicas = 2;
  const { books } = booksOf({ replicas: () => replicas });
  expect(books.take(bought, count(500))?.ok).toBe(true);
  expect(books.peek(bought).free).toBe(0.5);
  expect(books.take(bought, count(500))?.ok).toBe(true);
  expect(books.take(bought, count(1))).toBeUndefined();
  expect(books.reserve(bought, count(1))).toMatchObject({ ok: false, reason: 'utilisation' });
  replicas = 1;
  expect(books.peek(bought).free, 'another number of replicas is another bucket').toBe(1);
});

test('know no size of a bucket that the config does not name, and the gauge of an answer all the same', () => {
  const { books } = booksOf();
  const unknown = { ...bought, limits: {} };
  const grant = books.reserve(unknown, count(9_000)) as Grant;
  expect(books.peek(unknown).free).toBe(1);
  books.admitted(grant, { utilisation: 0.75 });
  expect(books.peek(unknown).free).toBe(0.25);
});

test('without limits know none of provisioned throughput either, and circuits and parks by their own clock', () => {
  const { books, advance } = booksOf({ isUnlimited: true });
  for (let call = 0; call < 3; call += 1) expect(books.reserve(bought, count(9_000)).ok).toBe(true);
  expect(books.peek(bought).free).toBe(1);
  const grant = books.reserve(paygo, count(1)) as Grant;
  expect(books.settle(grant, { result: 'failed' })).toEqual({ circuitOpened: { untilMs: 5_060 } });
  expect(books.reserve(paygo, count(1))).toMatchObject({ ok: false, reason: 'circuit-open' });
  advance(60);
  expect(books.reserve(paygo, count(1))).toMatchObject({ ok: true, probe: true });
});
