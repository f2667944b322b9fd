import { expect, test } from 'vitest';
import { createCheck } from './check.ts';
import { plain } from './plain.ts';
import { readPool } from './read-pool.ts';

const deployments = ['chat', 'spare'];

function read(value: unknown): { pool: ReturnType<typeof readPool>; problems: readonly string[] } {
  const check = createCheck(plain({}, {}));
  const pool = readPool(value, ['pools', 'all'], { check, deployments });
  return { pool, problems: check.issues.map(({ path, message }) => `${path}: ${message}`) };
}

test.each([
  [['chat'], { tiers: [[{ deployment: 'chat' }]], leadOn: [] }],
  [[['chat'], ['spare']], { tiers: [[{ deployment: 'chat' }], [{ deployment: 'spare' }]], leadOn: [] }],
  [{ tiers: ['chat'] }, { tiers: [[{ deployment: 'chat' }]], leadOn: [] }],
  [
    { tiers: ['chat'], leadOn: ['x'] },
    { tiers: [[{ deployment: 'chat' }]], leadOn: ['x'] },
  ],
  [
    [{ deployment: 'chat', weight: 0.5 }, 'spare'],
    { tiers: [[{ deployment: 'chat', weight: 0.5 }, { deployment: 'spare' }]], leadOn: [] },
  ],
])('%j is a pool', (value, pool) => {
  expect(read(value)).toEqual({ pool, problems: [] });
});

const expected = 'expected tiers of deployments, for example [["chat-ptu"], ["chat-france"]]';
test.each<[unknown, readonly string[]]>([
  [null, [`pools.all: ${expected}; found null.`]],
  ['chat', [`pools.all: ${expected}; found "chat".`]],
  [undefined, [`pools.all: ${expected}; found nothing.`]],
  [[], ['pools.all: has no deployment. Name at least one, or remove the pool.']],
  [[['chat'], []], ['pools.all[1]: an empty tier. Remove it.']],
  [
    ['chat', ['spare']],
    ['pools.all: mixes names and tiers. Write a flat list (one tier) or a list of lists.'],
  ],
  [['chat', 'chat'], ['pools.all[1]: "chat" is in this pool twice. Use `weight` for a larger share.']],
  [
    [['chat', 'sparee'], ['sparee']],
    [
      'pools.all[0][1]: expected a deployment of this config; found "sparee". Did you mean "spare"?',
      'pools.all[1][0]: expected a deployment of this config; found "sparee". Did you mean "spare"?',
    ],
  ],
  [
    { tiers: ['chta'], leadOn: 'x' },
    [
      'pools.all.leadOn: expected a list of codes of refusals, for example ["context_length_exceeded"]; found "x".',
      'pools.all.tiers[0]: expected a deployment of this config; found "chta". Did you mean "chat"?',
    ],
  ],
])('%j is none, and each mistake in it is named', (value, problems) => {
  expect(read(value)).toEqual({ pool: undefined, problems });
});
