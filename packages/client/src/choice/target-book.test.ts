import { expect, test } from 'vitest';
import type { Target } from '../route/target.ts';
import { sizeEffect } from './size-effect.ts';
import { addTime, kindBook, oldestMs, overdue, targetBook } from './target-book.ts';
import { targetBooks } from './target-books.ts';

const circuit = { failures: 5, window: 10, openMs: 1_000, maxOpenMs: 3_000 };
const targetNamed = (name: string) => ({ name, quota: { circuit } }) as Target;

function kind(lateMs: number, waiting: readonly { order: number; startedMs: number }[]) {
  const book = kindBook(sizeEffect());
  book.lateMs = lateMs;
  for (const each of waiting) book.waiting.add(each);
  return book;
}

test('an attempt is overdue when it has waited longer than is late, each with its time so far', () => {
  const book = kind(100, [
    { order: 3, startedMs: 500 },
    { order: 4, startedMs: 899 },
    { order: 5, startedMs: 900 },
  ]);
  expect(overdue(book, 1_000)).toEqual([
    { order: 3, value: Math.log(500) },
    { order: 4, value: Math.log(101) },
  ]);
  expect(overdue(book, 600)).toEqual([]);
  expect(overdue(kind(Infinity, [{ order: 1, startedMs: 0 }]), 1e9)).toEqual([]);
});

test('the eight oldest attempts are looked at, and no more', () => {
  const waiting = Array.from({ length: 10 }, (_, order) => ({ order, startedMs: 0 }));
  expect(overdue(kind(100, waiting), 1_000).map(({ order }) => order)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('knows how long the oldest attempt has waited', () => {
  const waiting = [
    { order: 1, startedMs: 300 },
    { order: 2, startedMs: 900 },
  ];
  expect(oldestMs(kind(100, waiting), 1_000)).toBe(700);
  expect(oldestMs(kind(100, []), 1_000)).toBe(0);
});

test('late is two and a half times the expected time, and more where times vary', () => {
  const steady = kindBook(sizeEffect());
  for (let order = 0; order < 100; order += 1) addTime(steady, { order, value: Math.log(100) }, 100);
  expect(steady.lateMs).toBeCloseTo(100 * Math.exp(0.9), 6);
  const varied = kindBook(sizeEffect());
  for (let order = 0; order < 100; order += 1) {
    const ms = order % 2 === 0 ? 50 : 200;
    addTime(varied, { order, value: Math.log(ms) }, ms);
  }
  const { deviation } = varied.latency;
  expect(deviation).toBeGreaterThan(0.5);
  expect(varied.lateMs).toBeCloseTo(Math.exp(varied.latency.expected([]) + 2.25 * deviation), 6);
  expect(varied.latency.quantileMs(0.99)).toBe(200);
});

test('a book begins empty: nobody is late, and a first look is due', () => {
  const book = kindBook(sizeEffect());
  expect(book).toMatchObject({ lateMs: Infinity, sentAtMs: Number.NEGATIVE_INFINITY, lookEveryMs: 1_000 });
  expect(targetBook(targetNamed('a'), undefined)).toMatchObject({
    inFlight: 0,
    unanswered: 0,
    usualUnanswered: 1,
    answered: 0,
  });
});

test('each target has one book, with one of each kind; what sizes cost is one for all targets', () => {
  const books = targetBooks(undefined);
  const [first, second] = [targetNamed('first'), targetNamed('second')];
  expect(books.of(first)).toBe(books.of(first));
  expect(books.of(second)).not.toBe(books.of(first));
  const [chat, stream] = [books.kind(books.of(first), 'chat'), books.kind(books.of(first), 'stream')];
  expect(books.kind(books.of(first), 'chat')).toBe(chat);
  expect(stream).not.toBe(chat);
  expect(books.kind(books.of(second), 'chat')).not.toBe(chat);
  expect(books.kind(books.of(second), 'chat').size).toBe(chat.size);
  expect(stream.size).not.toBe(chat.size);
});

test('the expected time of a target is that of its kind, late attempts included', () => {
  const books = targetBooks(undefined);
  const target = targetNamed('first');
  expect(books.expected(target, 'chat', 0)).toBeNaN();
  const book = books.kind(books.of(target), 'chat');
  for (let order = 0; order < 10; order += 1) addTime(book, { order, value: Math.log(100) }, 100);
  expect(books.expected(target, 'chat', 0)).toBeCloseTo(Math.log(100), 9);
  expect(books.expected(target, 'stream', 0)).toBeNaN();
  for (let order = 10; order < 13; order += 1) book.waiting.add({ order, startedMs: 0 });
  expect(books.expected(target, 'chat', 200)).toBeCloseTo(Math.log(100), 9);
  expect(books.expected(target, 'chat', 900)).toBeCloseTo(Math.log(900), 9);
});
