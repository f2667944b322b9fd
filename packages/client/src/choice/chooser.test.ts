import { describe, expect, test } from 'vitest';
import type { Asked, Choice } from './choice.ts';
import { choosing, kindOf } from './choosing.fake.ts';

const whole = kindOf('chat');
const stream = kindOf('chat stream');
const tier = () => choosing([['near', 'far']]);

const well = { near: 40, far: 160 };
const brownOut = { near: 800, far: 160 };

test('a target that is well again gets its streams back, not only its whole answers', () => {
  const { call, pass } = tier();
  const names = (asked: Asked, tookMs: typeof well, count: number) =>
    Array.from({ length: count }, () => {
      pass(100);
      return call(asked, tookMs).candidate.target.name;
    });
  const both = (tookMs: typeof well, count: number) =>
    Array.from({ length: count }, () => [...names(whole, tookMs, 4), ...names(stream, tookMs, 1)]).flat();
  both(well, 40);
  both(brownOut, 40);
  both(well, 100);
  expect(new Set(names(whole, well, 20))).toEqual(new Set(['near']));
  expect(new Set(names(stream, well, 20))).toEqual(new Set(['near']));
});

test('a target that had calls for a while is looked at soon after it loses them again', () => {
  const { call, pass } = tier();
  // So little slower that no single look is telling.
  const [well, brownOut] = [
    { near: 60, far: 60 },
    { near: 130, far: 60 },
  ];
  const until = (tookMs: typeof well, isOver: (choice: Choice) => boolean): number => {
    let waitedMs = 0;
    for (let made = 0; made < 2_000; made += 1) {
      pass(50);
      waitedMs += 50;
      if (isOver(call(whole, tookMs))) return waitedMs;
    }
    throw new Error('Never.');
  };
  const isAtNear = ({ candidate: { target }, purpose }: Choice) =>
    target.name === 'near' && purpose === 'answer';
  const loses = () => {
    let others = 0;
    until(brownOut, (choice) => (others = isAtNear(choice) ? 0 : others + 1) > 5);
  };
  for (let made = 0; made < 50; made += 1) call(whole, well);
  loses();
  // Looks that find it slow come at longer and longer intervals.
  for (let made = 0; made < 300; made += 1) call(whole, brownOut);
  until(well, isAtNear);
  for (let made = 0; made < 100; made += 1) call(whole, well);
  loses();
  expect(until(brownOut, ({ purpose }) => purpose === 'look')).toBeLessThan(5_000);
});

test('what a call to a target would take is known after its first answer, with those that are late', () => {
  const { chooser, target, teach, send, pass } = tier();
  expect(chooser.expectedMs(target('near'), 'chat')).toBeUndefined();
  teach('near', 100);
  expect(chooser.expectedMs(target('near'), 'chat')).toBeCloseTo(100, 6);
  expect(chooser.expectedMs(target('near'), 'chat stream')).toBeUndefined();
  for (let call = 0; call < 3; call += 1) send(whole, 'near');
  pass(900);
  expect(chooser.expectedMs(target('near'), 'chat')).toBeCloseTo(900, 6);
});

describe('an attempt is late', () => {
  test('so many deviations after its expected answer, once ten answers are known', () => {
    const { chooser, teach, send } = choosing([['near']]);
    teach('near', 100, 9);
    expect(chooser.lateMs(send(), 2)).toBeUndefined();
    teach('near', 100, 1);
    const attempt = send();
    const { deviation } = attempt.kind.latency;
    expect(chooser.lateMs(attempt, 0)).toBeCloseTo(100, 6);
    expect(chooser.lateMs(attempt, 2)).toBeCloseTo(100 * Math.exp(2 * deviation), 6);
  });

  test('by the time of the best target, where nothing is known of its own', () => {
    const { chooser, teach, send, order } = tier();
    teach('far', 100);
    expect(order()[0]?.among).toHaveLength(2);
    const attempt = send(whole, 'near');
    expect(chooser.lateMs(attempt, 2)).toBeCloseTo(100 * Math.exp(2 * 0.4), 6);
  });

  test('when it is a look, after the time of the best target or its own usual one, whichever is shorter', () => {
    const lookAt = (farMs: number) => {
      const { chooser, teach, send, pass } = tier();
      teach('far', farMs, 100);
      teach('far', 900, 20);
      teach('near', 100);
      pass(5_000);
      const attempt = send();
      expect(attempt.choice.purpose).toBe('look');
      return { ms: chooser.lateMs(attempt, 0), isSlow: chooser.isSlowNow(attempt), attempt };
    };
    expect(lookAt(300)).toMatchObject({ isSlow: true });
    expect(lookAt(300).ms).toBeCloseTo(100, 6);
    const used = lookAt(30);
    expect(used.ms).toBeCloseTo(Math.exp(used.attempt.kind.latency.usual), 6);
    expect(used.ms).toBeLessThan(90);
  });
});

test('a target is slow now when it takes 1.65 times its usual time, late calls included', () => {
  const isSlowAfter = (ms: number) => {
    const { chooser, teach, send } = choosing([['near']]);
    teach('near', 100, 400);
    teach('near', ms, 5);
    return chooser.isSlowNow(send());
  };
  expect([isSlowAfter(100), isSlowAfter(160), isSlowAfter(180)]).toEqual([false, false, true]);
  const { chooser, teach, send, pass } = choosing([['near']]);
  teach('near', 100, 400);
  const attempts = Array.from({ length: 3 }, () => send());
  expect(attempts.map((attempt) => chooser.isSlowNow(attempt))).toEqual([false, false, false]);
  pass(1_000);
  expect(attempts.map((attempt) => chooser.isSlowNow(attempt))).toEqual([true, true, true]);
});
