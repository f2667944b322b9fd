import { describe, expect, test } from 'vitest';
import type { Asked } from './choice.ts';
import { choosing, kindOf } from './choosing.fake.ts';
import type { Choosing } from './choosing.fake.ts';

const chat = kindOf('chat');
const prompt: Asked = { kind: 'chat', chain: () => ({ hashes: [7], hasKey: true }) };
const slow = { durationMs: 1_000, rate: 0.5, window: 10, openMs: 5_000 } as const;

const bookOf = (tier: Choosing, name: string) => tier.chooser.book(tier.target(name));
const kindBookOf = (tier: Choosing, name: string) => {
  const kind = bookOf(tier, name).kinds.get('chat');
  if (kind === undefined) throw new Error('No call so far.');
  return kind;
};

/** Ends a call to `a` with a refusal, while `b` answers one. */
function refuse(tier: Choosing, status = 403): void {
  tier.teach('b', 100, 1);
  const others = [tier.order().map(({ candidate }) => candidate)];
  tier.end(tier.send(chat, 'a'), 10, { result: 'refused', status, others });
}

describe('an attempt', () => {
  test('is in flight until it is over, and without an answer until it is answered', () => {
    const tier = choosing([['a']]);
    const book = bookOf(tier, 'a');
    const [first, second] = [tier.send(), tier.send()];
    expect([first.load, first.unanswered, first.order]).toEqual([1, 1, 1]);
    expect([second.load, second.unanswered, second.order]).toEqual([2, 2, 2]);
    expect(book).toMatchObject({ inFlight: 2, unanswered: 2 });
    tier.chooser.answered(first);
    expect(book).toMatchObject({ inFlight: 2, unanswered: 1, answered: 1 });
    const third = tier.send();
    expect([third.load, third.unanswered, third.startedMs]).toEqual([3, 2, tier.now()]);
    tier.end(first, 0);
    expect(book).toMatchObject({ inFlight: 2, unanswered: 2, answered: 1 });
    tier.end(second, 0, { result: 'other' });
    tier.end(third, 0);
    expect(book).toMatchObject({ inFlight: 0, unanswered: 0, answered: 2 });
    expect(kindBookOf(tier, 'a').waiting.size).toBe(0);
  });

  test('is over once, and answered once', () => {
    const tier = choosing([['a']]);
    const attempt = tier.send();
    tier.chooser.answered(attempt);
    tier.pass(100);
    tier.chooser.answered(attempt);
    tier.end(attempt, 0);
    tier.end(attempt, 0);
    tier.chooser.undo(attempt);
    expect(bookOf(tier, 'a')).toMatchObject({ inFlight: 0, unanswered: 0, answered: 1 });
    expect(kindBookOf(tier, 'a').latency.count).toBe(1);
    expect(attempt.answeredMs).toBe(0);
  });

  test('that was not sent leaves no trace', () => {
    const tier = choosing([['a', 'b']]);
    const before = tier.names();
    const first = tier.order()[0];
    if (first === undefined) throw new Error('No target.');
    const { shares } = first.state;
    const attempt = tier.chooser.begin(first, chat);
    expect(tier.names()).not.toBe(before);
    expect(shares.recent).toBe(1);
    tier.chooser.undo(attempt);
    tier.chooser.undo(attempt);
    expect(tier.names()).toBe(before);
    expect(shares.recent).toBe(0);
    expect(bookOf(tier, first.candidate.target.name)).toMatchObject({ inFlight: 0, unanswered: 0 });
    expect(kindBookOf(tier, first.candidate.target.name).latency.count).toBe(0);
  });

  test('without a choice is no part of its share', () => {
    const tier = choosing([['a', 'b']]);
    const onlyA = () => {
      const [choice] = tier.order(chat, ({ target }) => target.name === 'a');
      if (choice === undefined) throw new Error('No target.');
      return tier.chooser.begin(choice, chat);
    };
    for (let call = 0; call < 5; call += 1) tier.end(onlyA(), 0);
    for (let call = 0; call < 5; call += 1) tier.chooser.undo(onlyA());
    expect(tier.order()[0]?.state.shares.recent).toBe(0);
    const names = Array.from({ length: 4 }, () => tier.call(chat, {}).candidate.target.name);
    expect(names.filter((name) => name === 'a')).toHaveLength(2);
  });

  test('the usual number without an answer follows slowly', () => {
    const tier = choosing([['a']]);
    const attempts = Array.from({ length: 3 }, () => tier.send());
    for (const attempt of attempts) tier.end(attempt, 10);
    // 1, then (2 − 1) / 32, then (3 − 1.03125) / 32 of the way.
    expect(bookOf(tier, 'a').usualUnanswered).toBeCloseTo(1 + 1 / 32 + (2 - 1 / 32) / 32, 12);
  });

  test('teaches its time and the load that it was sent with', () => {
    const tier = choosing([['a']]);
    tier.teach('a', 100, 1);
    const { latency, load } = kindBookOf(tier, 'a');
    expect([latency.count, latency.expected([])]).toEqual([1, Math.log(100)]);
    for (let round = 0; round < 8; round += 1) {
      const [one, other] = [tier.send(), tier.send()];
      tier.end(one, 50);
      tier.end(other, 50);
    }
    expect(load.at(2) - load.at(1)).toBeGreaterThan(0.5);
  });

  test('an answer within no time counts as a tenth of a millisecond', () => {
    const tier = choosing([['a']]);
    tier.teach('a', 0, 1);
    expect(kindBookOf(tier, 'a').latency.expected([])).toBe(Math.log(0.1));
  });

  test('a long answer does not make its target slow: its size is taken into account', () => {
    const tier = choosing([['a']]);
    for (let call = 0; call < 200; call += 1) {
      const long = call % 2 === 0;
      tier.end(tier.send(), long ? 400 : 100, { size: long ? 4_000 - 32 : 1_000 - 32 });
    }
    const { latency, size } = kindBookOf(tier, 'a');
    expect(latency.deviation).toBeLessThan(0.1);
    expect(Math.exp(latency.expected([]))).toBeCloseTo(200, -2);
    expect(size.corrected(0, 0) - size.corrected(0, 96)).toBeGreaterThan(1);
  });

  test('the first call of a kind says nothing about sizes', () => {
    const tier = choosing([['a']]);
    tier.end(tier.send(), 100, { size: 1_000 });
    expect(kindBookOf(tier, 'a').size.corrected(5, 9_000)).toBe(5);
    tier.end(tier.send(), 100, { size: 1_000 });
    expect(kindBookOf(tier, 'a').size.corrected(5, 9_000)).toBeLessThan(5);
  });
});

describe('an attempt that is aborted', () => {
  test('teaches its time when it was late: the answer would have taken longer still', () => {
    const tier = choosing([['a']]);
    tier.teach('a', 100);
    const { lateMs } = kindBookOf(tier, 'a');
    const { latency } = kindBookOf(tier, 'a');
    const before = latency.count;
    tier.end(tier.send(), Math.floor(lateMs), { result: 'other' });
    expect(latency.count).toBe(before);
    tier.end(tier.send(), Math.ceil(lateMs) + 1, { result: 'other' });
    expect(latency.count).toBe(before + 1);
    expect(latency.quantileMs(1)).toBe(Math.ceil(lateMs) + 1);
    tier.end(tier.send(), 9_000, { result: 'refused', status: 400 });
    expect(latency.count).toBe(before + 1);
  });

  test('teaches nothing after its answer', () => {
    const tier = choosing([['a']]);
    tier.teach('a', 100);
    const attempt = tier.send();
    tier.chooser.answered(attempt);
    const { count } = kindBookOf(tier, 'a').latency;
    tier.end(attempt, 9_000, { result: 'other' });
    expect(kindBookOf(tier, 'a').latency.count).toBe(count);
  });
});

describe('a look', () => {
  /** `near` is fast, and `far` is due for a look. */
  const setUp = (farMs = 400) => {
    const tier = choosing([['near', 'far']]);
    tier.teach('far', farMs);
    tier.teach('near', 50, 50);
    return tier;
  };
  const look = (tier: Choosing, tookMs: number, end: object = {}) => {
    for (let call = 0; call < 25; call += 1) tier.order();
    tier.pass(60_000);
    const attempt = tier.send();
    expect(attempt.choice).toMatchObject({ purpose: 'look', candidate: { target: { name: 'far' } } });
    tier.end(attempt, tookMs, end);
    return kindBookOf(tier, 'far');
  };

  test('that finds no change doubles the time to the next, up to half a minute', () => {
    const tier = setUp();
    const times = Array.from({ length: 7 }, () => look(tier, 400).lookEveryMs);
    expect(times).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('at a target that used to be faster than the best is made every three seconds at least', () => {
    const tier = choosing([['near', 'far']]);
    tier.teach('far', 20, 100);
    tier.teach('far', 400, 30);
    tier.teach('near', 50, 50);
    expect(look(tier, 400).lookEveryMs).toBe(2_000);
    expect(look(tier, 400).lookEveryMs).toBe(3_000);
    expect(look(tier, 400).lookEveryMs).toBe(3_000);
  });

  test('that finds the target as fast as the best makes it one of them at once', () => {
    const tier = setUp();
    look(tier, 400);
    const book = look(tier, 60);
    expect([book.latency.count, book.lookEveryMs]).toEqual([2, 1_000]);
    expect(tier.order()[0]?.among).toHaveLength(2);
  });

  test.each([
    // log(64.8 / 50) is 0.26.
    [64, 1_000],
    [66, 2_000],
  ])('that takes %i ms of 50 leads to the next one after %i ms', (tookMs, lookEveryMs) => {
    expect(look(setUp(), tookMs).lookEveryMs).toBe(lookEveryMs);
  });

  test.each([
    // log(111.3 / 50) is 0.8.
    [112, 1_000],
    [111, 2_000],
  ])('that takes 50 ms, after %i ms before, leads to the next one after %i ms', (farMs, lookEveryMs) => {
    expect(look(setUp(farMs), 50).lookEveryMs).toBe(lookEveryMs);
  });

  test('that is aborted has found no change, however early', () => {
    const tier = setUp();
    expect(look(tier, 5, { result: 'other' }).lookEveryMs).toBe(2_000);
    expect(look(tier, 9_000, { result: 'other' }).lookEveryMs).toBe(4_000);
    expect(look(tier, 5, { result: 'refused', status: 400 }).lookEveryMs, 'a refusal says nothing').toBe(
      4_000,
    );
  });

  test('that could not be made may be made again at once', () => {
    const tier = setUp();
    tier.pass(60_000);
    const first = tier.order()[0];
    if (first === undefined) throw new Error('No target.');
    const attempt = tier.chooser.begin(first, chat);
    tier.chooser.undo(attempt);
    tier.pass(1_000);
    expect(tier.order()[0]?.purpose).toBe('look');
  });

  test('each call that a target gets again halves the time between looks', () => {
    const tier = setUp();
    look(tier, 400);
    look(tier, 400);
    const book = look(tier, 400);
    expect(book.lookEveryMs).toBe(8_000);
    tier.end(tier.send(chat, 'far'), 400);
    expect(book.lookEveryMs).toBe(4_000);
    for (let call = 0; call < 9; call += 1) tier.end(tier.send(chat, 'far'), 400);
    expect(book.lookEveryMs).toBe(1_000);
  });
});

describe('slow calls', () => {
  test('open a circuit that its probe closes, and what was known of the times is forgotten', () => {
    const tier = choosing([['a', 'b']], { slow });
    tier.teach('b', 100);
    tier.teach('a', 2_000, 5);
    expect(tier.changes).toMatchObject([{ state: 'open', reason: 'slow-calls' }]);
    tier.pass(5_000);
    tier.end(tier.send(), 100);
    expect(tier.changes.slice(1)).toMatchObject([{ state: 'closed', reason: 'slow-calls' }]);
    expect(kindBookOf(tier, 'a').latency.count).toBe(1);
  });

  test('a call that only happens to come in between closes nothing', () => {
    const tier = choosing([['a', 'b']], { slow });
    const late = tier.send(chat, 'a');
    tier.teach('a', 2_000, 5);
    tier.end(late, 100);
    tier.end(tier.send(chat, 'a'), 100);
    expect(tier.changes).toHaveLength(1);
  });

  test.each(['other', 'refused'] as const)('a probe that ends as %s is sent again at once', (result) => {
    const tier = choosing([['a', 'b']], { slow });
    tier.teach('b', 100);
    tier.teach('a', 2_000, 5);
    tier.pass(5_000);
    tier.end(tier.send(), 10, { result, status: 400 });
    expect(tier.order()[0]?.purpose).toBe('slow-probe');
    tier.chooser.undo(tier.send());
    expect(tier.order()[0]?.purpose).toBe('slow-probe');
  });
});

describe('a probe under way', () => {
  test('of a slow target stays the only one, whatever becomes of calls that began before it', () => {
    const tier = choosing([['a', 'b']], { slow });
    tier.teach('b', 100);
    tier.teach('a', 2_000, 5);
    tier.pass(4_900);
    const [early, earlier] = [tier.send(chat, 'a'), tier.send(chat, 'a')];
    tier.pass(100);
    const { recent } = early.choice.state.shares;
    const probe = tier.send();
    expect(probe.choice.purpose).toBe('slow-probe');
    tier.end(early, 0, { result: 'other' });
    tier.chooser.undo(earlier);
    expect(bookOf(tier, 'a').slow.state(tier.now())).toBe('half-open');
    tier.chooser.undo(probe);
    expect(bookOf(tier, 'a').slow.state(tier.now())).toBe('probe-due');
    expect(early.choice.state.shares.recent, 'neither of them is a share').toBe(recent);
  });

  test('of a refusing target stays the only one, whatever becomes of calls that began before it', () => {
    const tier = choosing([['a', 'b']]);
    const early = tier.send(chat, 'a');
    for (let call = 0; call < 3; call += 1) refuse(tier);
    tier.pass(bookOf(tier, 'a').refusals.openUntilMs - tier.now());
    expect(tier.send().choice.purpose).toBe('refusal-probe');
    tier.end(early, 0, { result: 'other' });
    expect(tier.names()).toBe('b');
  });
});

describe('refusals', () => {
  test('three in a row, while others answer, are told; an answer ends it, which is told as well', () => {
    const tier = choosing([['a', 'b']]);
    for (let call = 0; call < 3; call += 1) refuse(tier);
    const until = bookOf(tier, 'a').refusals.openUntilMs;
    const target = tier.target('a');
    expect(tier.changes).toEqual([{ target, state: 'open', reason: 'refusals', untilMs: until }]);
    tier.pass(until - tier.now());
    const probe = tier.send();
    expect(probe.choice.purpose).toBe('refusal-probe');
    tier.end(probe, 10);
    expect(tier.changes.slice(1)).toEqual([{ target, state: 'closed', reason: 'refusals', untilMs: 0 }]);
    expect(tier.chooser.isRefusing(target)).toBe(false);
  });

  test('an answer of a target that refuses nothing tells nothing', () => {
    const tier = choosing([['a', 'b']]);
    tier.teach('a', 10);
    expect(tier.changes).toEqual([]);
  });

  test('only answers of the other targets show that a refusal is its own', () => {
    const tier = choosing([['a', 'b']]);
    const others = [tier.order().map(({ candidate }) => candidate)];
    for (let call = 0; call < 6; call += 1) {
      const answered = tier.send(chat, 'a');
      tier.end(tier.send(chat, 'a'), 10, { result: 'refused', status: 403, others });
      tier.end(answered, 10, { result: 'other' });
    }
    bookOf(tier, 'a').answered += 5;
    tier.end(tier.send(chat, 'a'), 10, { result: 'refused', status: 403, others });
    expect(tier.changes).toEqual([]);
    tier.teach('b', 10, 1);
    tier.end(tier.send(chat, 'a'), 10, { result: 'refused', status: 403, others });
    expect(tier.changes).toHaveLength(1);
  });

  test.each(['other', 'undo'] as const)('a probe that comes to nothing (%s) is sent again', (how) => {
    const tier = choosing([['a', 'b']]);
    for (let call = 0; call < 3; call += 1) refuse(tier);
    tier.pass(bookOf(tier, 'a').refusals.openUntilMs - tier.now());
    const probe = tier.send();
    expect(tier.names()).toBe('b');
    if (how === 'undo') tier.chooser.undo(probe);
    else tier.end(probe, 0, { result: 'other' });
    expect(tier.names()).toBe('a (refusal-probe), b');
  });
});

describe('prompt caches', () => {
  test('a target that had none of eight prompts that it should have had is asked no more for its cache', () => {
    const misses = (cachedTokens: number | undefined) => {
      const tier = choosing([['a', 'b']]);
      tier.end(tier.send(prompt, 'a'), 10);
      let cached = 0;
      for (let call = 0; call < 12; call += 1) {
        // As many calls for the other one, which has its own cache.
        tier.end(tier.send(chat, 'b'), 10);
        const first = tier.order(prompt)[0];
        if (first?.isCached !== true) continue;
        cached += 1;
        tier.end(tier.send(prompt), 10, { cachedTokens });
      }
      return cached;
    };
    expect(misses(0)).toBe(8);
    expect(misses(1)).toBe(12);
    expect(misses(undefined), 'what nobody says is no miss').toBe(12);
  });

  test('what is sent where there is no choice is not remembered', () => {
    const tier = choosing([['a', 'b']]);
    const [only] = tier.order(prompt, ({ target }) => target.name === 'a');
    if (only === undefined) throw new Error('No target.');
    const attempt = tier.chooser.begin(only, prompt);
    tier.chooser.sent(attempt);
    tier.end(attempt, 10);
    expect(tier.order(prompt).map(({ isCached }) => isCached)).toEqual([false, false]);
  });

  test('a miss of a prompt that nobody expected there is none', () => {
    const tier = choosing([['a', 'b']]);
    for (let call = 0; call < 12; call += 1) tier.end(tier.send(chat, 'a'), 10, { cachedTokens: 0 });
    tier.end(tier.send(prompt, 'a'), 10);
    for (let call = 0; call < 14; call += 1) tier.end(tier.send(chat, 'b'), 10);
    expect(tier.order(prompt)[0]).toMatchObject({ isCached: true });
  });
});
