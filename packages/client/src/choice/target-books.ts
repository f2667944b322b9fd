import { sizeEffect } from './size-effect.ts';
import type { SizeEffect } from './size-effect.ts';
import type { SlowCallRules } from './slow-calls.ts';
import { kindBook, overdue, targetBook } from './target-book.ts';
import type { KindBook, TargetBook } from './target-book.ts';
import type { Target } from '../route/target.ts';

/** The books of all targets of a client. */
export interface TargetBooks {
  of(target: Target): TargetBook;
  kind(book: TargetBook, kind: string): KindBook;
  /** Logarithm of the time that a call will take; `NaN` when nothing is known. */
  expected(target: Target, kind: string, nowMs: number): number;
}

/** Starts without books. */
export function targetBooks(slow: SlowCallRules | undefined): TargetBooks {
  const books = new Map<Target, TargetBook>();
  /** Shared by all targets: how much longer larger calls take depends on the kind of call. */
  const sizes = new Map<string, SizeEffect>();

  function of(target: Target): TargetBook {
    let book = books.get(target);
    if (book === undefined) books.set(target, (book = targetBook(target, slow)));
    return book;
  }

  function kindOf(book: TargetBook, kind: string): KindBook {
    let found = book.kinds.get(kind);
    if (found !== undefined) return found;
    let size = sizes.get(kind);
    if (size === undefined) sizes.set(kind, (size = sizeEffect()));
    book.kinds.set(kind, (found = kindBook(size)));
    return found;
  }

  return {
    of,
    kind: kindOf,
    expected: (target, kind, nowMs) => {
      const book = kindOf(of(target), kind);
      return book.latency.expected(overdue(book, nowMs));
    },
  };
}
