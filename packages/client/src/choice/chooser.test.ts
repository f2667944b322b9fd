import { defineConfig } from '@aoai/config';
import { expect, test } from 'vitest';
import type { Asked, Choice } from './choice.ts';
import { createChooser } from './chooser.ts';
import { promptChain } from './prompt-chain.ts';
import { createTargets } from '../client/create-targets.ts';
import { memoryQuota } from '../quota/memory-quota.ts';
import type { Candidate } from '../route/route.ts';

const config = defineConfig({
  resources: { sweden: { endpoint: 'https://sweden.openai.azure.com' } },
  deployments: {
    near: { resource: 'sweden', deployment: 'near', model: 'gpt-4.1', sku: 'GlobalStandard' },
    far: { resource: 'sweden', deployment: 'far', model: 'gpt-4.1', sku: 'GlobalStandard' },
  },
});
const circuit = { failures: 5, window: 10, openMs: 5_000, maxOpenMs: 120_000 };
const kindOf = (kind: string): Asked => ({ kind, chain: () => promptChain(undefined, 0) });
const whole = kindOf('chat');
const stream = kindOf('chat stream');

/** A chooser over a tier of `near` and `far`, on a clock that each call moves on. */
function tier() {
  let nowMs = 1_000;
  const now = () => nowMs;
  const credential = { kind: 'entra-id', headers: () => ({}), refresh: async () => false } as const;
  const candidates: readonly Candidate[] = [...createTargets(config, { credential }, circuit).values()].map(
    (target) => ({ target }),
  );
  const chooser = createChooser({
    quota: memoryQuota({ now }),
    slow: undefined,
    now,
    random: () => 0.5,
    emit: () => undefined,
  });
  const tiers = [candidates];
  return {
    /** Makes a call that takes as long as its target does, and says where it went. */
    call: (asked: Asked, tookMs: Readonly<Record<string, number>>): Choice => {
      const [choice] = chooser.order(tiers, () => true, asked);
      if (choice === undefined) throw new Error('No target.');
      const underWay = chooser.begin(choice, asked);
      chooser.sent(underWay);
      nowMs += tookMs[choice.candidate.target.name] ?? 0;
      chooser.ended(underWay, { result: 'ok' });
      return choice;
    },
    pass: (ms: number): void => {
      nowMs += ms;
    },
  };
}

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
