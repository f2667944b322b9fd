import { describe, expect, test } from 'vitest';
import type { Asked } from './choice.ts';
import { choosing, kindOf } from './choosing.fake.ts';
import type { Choosing } from './choosing.fake.ts';

const slow = { durationMs: 1_000, rate: 0.5, window: 10, openMs: 600_000 } as const;
const chat = kindOf('chat');
const prompt: Asked = { kind: 'chat', chain: () => ({ hashes: [7], hasKey: true }) };

/** The order without looks. */
const usual = (tier: Choosing, asked = chat) => tier.order(asked).filter(({ purpose }) => purpose !== 'look');
const usualNames = (tier: Choosing, asked = chat) =>
  usual(tier, asked)
    .map(({ candidate }) => candidate.target.name)
    .join(', ');

/** Where so many calls go, by target, when each is answered at once by its usual time. */
function counts(tier: Choosing, calls: number, ms: Readonly<Record<string, number>> = {}) {
  const found: Record<string, number> = {};
  for (let call = 0; call < calls; call += 1) {
    const { candidate } = tier.call(chat, ms);
    const { name } = candidate.target;
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

describe('tiers', () => {
  test('come one after the other, without those that are not open', () => {
    const tier = choosing([['a'], ['b'], ['c']]);
    expect(tier.names()).toBe('a, b, c');
    expect(tier.order().map((choice) => choice.tier)).toEqual([0, 1, 2]);
    expect(tier.names(chat, ({ target }) => target.name !== 'b')).toBe('a, c');
    expect(tier.names(chat, () => false)).toBe('');
  });

  test('a target without others is called whatever is known of it', () => {
    const tier = choosing([['only']], { slow });
    tier.teach('only', 2_000, 6);
    expect(tier.chooser.book(tier.target('only')).slow.state(tier.now())).toBe('open');
    expect(tier.order()).toMatchObject([{ purpose: 'answer', among: [], tier: 0, isCached: false }]);
    expect(tier.names(chat, () => false)).toBe('');
  });

  test('a slow target waits behind later tiers that are faster, or of unknown speed, and before slower ones', () => {
    const tier = choosing([['a'], ['b'], ['c']], { slow });
    tier.teach('a', 2_000, 6);
    expect(tier.names()).toBe('b, c, a');
    tier.teach('b', 500, 6);
    tier.teach('c', 9_000, 1);
    expect(tier.names()).toBe('b, a, c');
    tier.teach('b', 2_500, 30);
    expect(tier.chooser.book(tier.target('b')).slow.state(tier.now())).toBe('open');
  });

  test('the last resort has the place of its tier', () => {
    const tier = choosing([['a'], ['b', 'c']]);
    const [, b] = tier.order();
    if (b === undefined) throw new Error('No target.');
    const tiers = [[], [b.candidate]];
    expect(tier.chooser.lastChoice(tiers, b.candidate)).toMatchObject({
      candidate: b.candidate,
      tier: 1,
      purpose: 'answer',
      among: [],
      isCached: false,
      bestLog: Number.NaN,
    });
  });
});

describe('a tier without weights', () => {
  test('targets that are equal take turns', () => {
    const tier = choosing([['a', 'b', 'c']]);
    expect(counts(tier, 30, { a: 50, b: 50, c: 50 })).toEqual({ a: 10, b: 10, c: 10 });
  });

  test('of equal ones those with more free quota come first', () => {
    const tier = choosing([['a', 'b']], { tpm: 1_000 });
    const { quota } = tier.target('a');
    void tier.quota.reserve(quota, { input: 400, output: 0 });
    for (let call = 0; call < 4; call += 1) expect(tier.call(chat, {}).candidate.target.name).toBe('b');
  });

  test('the fastest gets all calls, the others follow by their times', () => {
    const tier = choosing([['far', 'near', 'farther']]);
    tier.teach('far', 200);
    tier.teach('near', 50);
    tier.teach('farther', 400);
    expect(usualNames(tier)).toBe('near, far, farther');
    const [first, second] = usual(tier);
    expect(first?.among.map(({ target }) => target.name)).toEqual(['near']);
    expect(second?.among).toEqual(first?.among);
    expect(first?.bestLog).toBeCloseTo(Math.log(50), 9);
  });

  test('the others follow by their times, in whatever order the config has them', () => {
    const tier = choosing([['farther', 'near', 'far']]);
    tier.teach('farther', 400);
    tier.teach('far', 200);
    tier.teach('near', 50);
    expect(usualNames(tier)).toBe('near, far, farther');
  });

  test('times of other kinds do not count', () => {
    const tier = choosing([['a', 'b']]);
    const stream = kindOf('stream');
    for (let call = 0; call < 20; call += 1) {
      tier.end(tier.send(stream, 'a'), 200);
      tier.end(tier.send(stream, 'b'), 50);
    }
    expect(usualNames(tier, stream)).toBe('b, a');
    expect(tier.order()[0]?.bestLog).toBeNaN();
  });

  test('a target with more than six calls without an answer, and twice as many as usual, counts as loaded', () => {
    const tier = choosing([['near', 'far']]);
    tier.teach('near', 50);
    tier.teach('far', 80);
    const sent = Array.from({ length: 9 }, () => tier.send().choice.candidate.target.name);
    // The ninth would find eight before it: 1.5 times as many as six, which takes as long as `far`.
    expect(sent).toEqual([...Array.from({ length: 8 }, () => 'near'), 'far']);
  });

  test('what is usually without an answer is no load', () => {
    const tier = choosing([['near', 'far']]);
    tier.teach('far', 80);
    tier.teach('near', 50);
    tier.chooser.book(tier.target('near')).usualUnanswered = 6;
    for (let call = 0; call < 12; call += 1) tier.send();
    expect(tier.names()).toMatch(/^near/);
  });

  test('a target whose time grows with its load is left to others before it is slow', () => {
    const tier = choosing([['near', 'far']]);
    tier.teach('far', 100, 40);
    const { load } = tier.chooser.book(tier.target('far')).kinds.get('chat') ?? {};
    expect(load?.at(8)).toBe(0);
    // Answers of `near` at 1 to 4 under way take 50 ms each.
    for (let round = 0; round < 16; round += 1) {
      const under = Array.from({ length: 4 }, () => tier.send(chat, 'near'));
      for (const each of under) tier.end(each, 50);
    }
    const near = tier.chooser.book(tier.target('near')).kinds.get('chat');
    expect(near?.load.at(8) ?? 0).toBeGreaterThan(0);
  });

  test('a target without an answer so far counts with its oldest wait, when that is three times the best', () => {
    const tier = choosing([['known', 'new']]);
    tier.teach('known', 100, 20);
    tier.send(chat, 'new');
    expect(tier.order()[0]?.among).toHaveLength(2);
    tier.pass(299);
    expect(tier.order()[0]?.among).toHaveLength(2);
    tier.pass(60);
    expect(tier.order()[0]?.among.map(({ target }) => target.name)).toEqual(['known']);
  });
});

test('calls that hang open the circuit of their target with the next call, before any of them is answered', () => {
  const tier = choosing([['a', 'b']], { slow });
  for (let call = 0; call < 5; call += 1) tier.send(chat, 'a');
  tier.pass(1_000);
  tier.order();
  expect(tier.changes).toEqual([]);
  tier.pass(1);
  tier.order();
  expect(tier.changes).toMatchObject([{ state: 'open', reason: 'slow-calls', target: { name: 'a' } }]);
});

describe('looks', () => {
  test('are due after a second without a call, not before', () => {
    const tier = choosing([['near', 'far']]);
    tier.teach('far', 200);
    tier.teach('near', 50);
    const { sentAtMs = 0 } = tier.chooser.book(tier.target('far')).kinds.get('chat') ?? {};
    tier.pass(sentAtMs + 999 - tier.now());
    expect(tier.names()).toBe('near, far');
    tier.pass(1);
    expect(tier.names()).toBe('far (look), near, far');
  });

  const setUp = () => {
    const tier = choosing([['near', 'far', 'farther']]);
    tier.teach('farther', 400);
    tier.teach('far', 200);
    tier.teach('near', 50, 50);
    return tier;
  };

  test('a target that got no calls for a second is looked at, the longest neglected one first', () => {
    const tier = setUp();
    expect(tier.names()).toBe('farther (look), near, far, farther');
    const [look] = tier.order();
    expect(look).toMatchObject({ purpose: 'look', among: [], isCached: false });
    expect(look?.bestLog).toBeCloseTo(Math.log(50), 9);
    tier.end(tier.send(), 400);
    expect(tier.names(), 'at most one a second').toBe('near, far, farther');
    for (let call = 0; call < 25; call += 1) tier.end(tier.send(chat, 'near'), 50);
    expect(tier.names()).toBe('far (look), near, far, farther');
  });

  test('a target at which a call waits is not looked at', () => {
    const tier = setUp();
    tier.send(chat, 'farther');
    tier.pass(3_000);
    for (let call = 0; call < 25; call += 1) tier.order();
    expect(tier.names()).toMatch(/^far \(look\)/);
    tier.send(chat, 'far');
    tier.pass(3_000);
    for (let call = 0; call < 25; call += 1) tier.order();
    expect(tier.names()).not.toContain('look');
  });

  test('equal targets are not looked at: they get calls', () => {
    const tier = choosing([['a', 'b']]);
    tier.teach('a', 50);
    tier.teach('b', 50);
    tier.pass(60_000);
    expect(tier.names()).not.toContain('look');
  });
});

describe('prompt caches', () => {
  const setUp = () => {
    const tier = choosing([['a', 'b']]);
    for (const name of ['a', 'b']) tier.teach(name, 100);
    return tier;
  };

  test('a prompt goes first to the target that has its beginning, the next ones too', () => {
    const tier = setUp();
    const to = tier.send(prompt).choice.candidate.target.name;
    const again = tier.order(prompt);
    expect(again.map(({ isCached }) => isCached)).toEqual([true, false]);
    expect(again[0]?.candidate.target.name).toBe(to);
    expect(tier.order(chat)[0]?.isCached).toBe(false);
  });

  test('it is worth a target that is slower by a quarter, and not by more', () => {
    const after = (ms: number) => {
      const tier = setUp();
      const to = tier.send(prompt).choice.candidate.target.name;
      tier.teach(to, ms, 400);
      tier.teach(to === 'a' ? 'b' : 'a', 100, 400);
      const [first] = usual(tier, prompt);
      return [first?.candidate.target.name === to, first?.isCached];
    };
    expect(after(125)).toEqual([true, true]);
    expect(after(160)).toEqual([false, false]);
  });

  test('a prompt whose beginning is in a cache is no look', () => {
    const tier = setUp();
    const to = tier.send(prompt).choice.candidate.target.name;
    tier.teach(to === 'a' ? 'b' : 'a', 125, 400);
    tier.teach(to, 100, 400);
    expect(tier.names(prompt)).not.toContain('look');
    expect(tier.names(chat)).toContain('(look)');
  });

  test('what is sent to a target without a choice is not remembered', () => {
    const tier = choosing([['a'], ['b']]);
    tier.send(prompt, 'a');
    expect(tier.order(prompt).map(({ isCached }) => isCached)).toEqual([false, false]);
  });

  test('of a tier with weights as well', () => {
    const tier = choosing([['a:1', 'b:1']]);
    const to = tier.send(prompt).choice.candidate.target.name;
    expect(tier.order(prompt)[0]).toMatchObject({ isCached: true, candidate: { target: { name: to } } });
    expect(tier.order(prompt)[1]?.isCached).toBe(false);
  });
});

describe('a tier with weights', () => {
  test('divides calls by weight, whatever the times are', () => {
    const tier = choosing([['a:3', 'b:1']]);
    expect(counts(tier, 40, { a: 900, b: 10 })).toEqual({ a: 30, b: 10 });
  });

  test('leaves out a slow target while the others are clearly faster', () => {
    const tier = choosing([['a:5', 'b:1', 'c:1']], { slow });
    tier.teach('b', 100);
    tier.teach('c', 100);
    tier.teach('a', 2_000, 6);
    expect(tier.names()).toMatch(/, a$/);
    const [first, , last] = tier.order();
    expect(first?.among.map(({ target }) => target.name)).toEqual(['b', 'c']);
    expect(last?.among).toEqual([]);
    expect(counts(tier, 10, { b: 100, c: 100 })).toEqual({ b: 5, c: 5 });
  });

  test('keeps a slow target that takes no more than 1.5 times as long as the best', () => {
    const after = (ms: number) => {
      const tier = choosing([['a:5', 'b:1', 'c:1']], { slow });
      tier.teach('b', 900, 40);
      tier.teach('c', 900, 40);
      tier.teach('a', ms, 12);
      expect(tier.chooser.book(tier.target('a')).slow.state(tier.now())).toBe('open');
      return tier.order()[0]?.among.length;
    };
    expect(after(1_300)).toBe(3);
    expect(after(1_400)).toBe(2);
  });

  test('has weights as soon as one target has one: the others count once', () => {
    const tier = choosing([['a:3', 'b']]);
    expect(counts(tier, 40, { a: 900, b: 10 })).toEqual({ a: 30, b: 10 });
  });

  test('of which all are slow keeps all of them', () => {
    const tier = choosing([['a:1', 'b:1']], { slow });
    for (const name of ['a', 'b']) tier.teach(name, 2_000, 6);
    expect(tier.order().map(({ among }) => among.length)).toEqual([2, 2]);
  });

  test('keeps all when most are slow', () => {
    const tier = choosing([['a:5', 'b:1', 'c:1']], { slow });
    tier.teach('c', 100);
    tier.teach('a', 2_000, 6);
    tier.teach('b', 2_000, 6);
    expect(tier.order()[0]?.among).toHaveLength(3);
    expect(tier.order()).toHaveLength(3);
    expect(tier.order()[0]?.candidate.target.name, 'by their weights, as if none were').toBe('a');
  });

  test('half of them is not most', () => {
    const tier = choosing([['a:1', 'b:1']], { slow });
    tier.teach('b', 100);
    tier.teach('a', 2_000, 6);
    expect(tier.names()).toBe('b, a');
    expect(tier.order()[0]?.among).toHaveLength(1);
  });
});

describe('probes', () => {
  test('an open circuit of slow calls gets one when its time has come, before all others', () => {
    const tier = choosing([['a', 'b']], { slow });
    tier.teach('b', 100);
    tier.teach('a', 2_000, 6);
    const book = tier.chooser.book(tier.target('a'));
    tier.pass(book.slow.openUntilMs - tier.now() - 1);
    expect(tier.names()).not.toContain('probe');
    tier.pass(1);
    expect(tier.names()).toMatch(/^a \(slow-probe\), /);
    expect(tier.order()[0]).toMatchObject({ among: [], isCached: false, bestLog: Number.NaN });
    tier.send();
    expect(tier.names(), 'and one only').not.toContain('probe');
  });

  test('of a slow target goes before later tiers, though its usual calls wait behind them', () => {
    const tier = choosing([['a'], ['b']], { slow });
    tier.teach('a', 2_000, 6);
    expect(tier.names()).toBe('b, a');
    tier.pass(600_000);
    expect(tier.names()).toBe('a (slow-probe), b, a');
  });

  test('a target that refuses gets no calls, and one probe when its time has come', () => {
    const tier = choosing([['a', 'b']]);
    for (let call = 0; call < 3; call += 1) {
      tier.teach('b', 100, 1);
      tier.end(tier.send(chat, 'a'), 10, { result: 'refused', status: 403, others: tiersOf(tier) });
    }
    expect(tier.names()).toBe('b');
    const { refusals } = tier.chooser.book(tier.target('a'));
    expect(tier.chooser.refusesUntilMs(tier.target('a'))).toBe(refusals.openUntilMs);
    expect(tier.chooser.isRefusing(tier.target('a'))).toBe(true);
    tier.pass(refusals.openUntilMs - tier.now());
    expect(tier.names()).toBe('a (refusal-probe), b');
    expect(tier.chooser.refusesUntilMs(tier.target('a'))).toBeUndefined();
    const probe = tier.send();
    expect(tier.names()).toBe('b');
    expect(tier.chooser.refusesUntilMs(tier.target('a'))).toBe(refusals.openUntilMs);
    tier.end(probe, 10);
    expect(tier.chooser.isRefusing(tier.target('a'))).toBe(false);
    expect(tier.names()).toMatch(/a, b|b, a/);
  });
});

function tiersOf(tier: Choosing) {
  return [tier.order().map(({ candidate }) => candidate)];
}
