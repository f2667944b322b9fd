import { describe, expect, test } from 'vitest';
import type { RecordedRequest } from '../journal/recorded-request.ts';
import { createRandom, type Random } from '../random.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import type { Fault } from './fault.ts';
import { createScript, type FailOptions, type Script } from './script.ts';

const target = (deployment: string) => ({ deployment, weight: 1 });
const config = {
  names: ['ptu', 'standard', 'chat', 'all'],
  pools: { chat: [[target('ptu')], [target('standard')]], all: [[target('ptu'), target('standard')]] },
};

/** A source of exactly these numbers. */
function numbers(...values: number[]): Random {
  return { ...createRandom(1), next: () => values.shift() ?? Number.NaN };
}

function script({ random = numbers(), anyName = false } = {}): Script {
  return createScript(config, { random, anyName });
}

const request = {} as OperationRequest;
const fault = (name: string): Fault => ({ name, intervention: () => ({}) });

/** What strikes as many requests, one after the other. */
function strikes(of: Script, deployment: string | undefined, count: number): (string | undefined)[] {
  return Array.from({ length: count }, () => of.strike(request, deployment)?.name);
}

async function taken(of: Script, deployment: string) {
  const record = () => ({ prompt: 'Hi' }) as RecordedRequest;
  const found = await of.take({ deployment: { key: deployment } } as DeploymentRequest, record);
  return found && { ...found, text: found.draft?.content };
}

describe('the order of faults', () => {
  test('is that of their scripting, and each strikes as often as it was asked to', () => {
    const scripted = script();
    scripted.fail('ptu', fault('one'));
    scripted.fail('ptu', fault('two'), { times: 2 });
    scripted.fail('ptu', fault('for ever'), { times: Infinity });
    expect(strikes(scripted, 'ptu', 5)).toEqual(['one', 'two', 'two', 'for ever', 'for ever']);
  });

  test('is from the deployment over its pools to everything, whatever was scripted first', () => {
    const scripted = script();
    scripted.fail('*', fault('everything'));
    scripted.fail('all', fault('the pool of all'));
    scripted.fail('chat', fault('the pool'));
    scripted.fail('standard', fault('another deployment'));
    scripted.fail('ptu', fault('the deployment'));
    expect(strikes(scripted, 'ptu', 5)).toEqual([
      'the deployment',
      'the pool',
      'the pool of all',
      'everything',
      undefined,
    ]);
    expect(strikes(scripted, undefined, 1)).toEqual([undefined]);
    expect(strikes(scripted, 'standard', 2)).toEqual(['another deployment', undefined]);
  });

  test('has everything for a request that names no deployment, and for one that is not in the config', () => {
    const scripted = script();
    scripted.fail('chat', fault('the pool'));
    scripted.fail('*', fault('everything'), { times: 2 });
    expect([...strikes(scripted, undefined, 1), ...strikes(scripted, 'made up', 2)]).toEqual([
      'everything',
      'everything',
      undefined,
    ]);
  });
});

describe('a rate', () => {
  test('strikes below the number that was drawn, without end, and leaves the others to the next fault', () => {
    const scripted = script({ random: numbers(0.49, 0.5, 0.51, 0) });
    scripted.fail('ptu', fault('half'), { rate: 0.5 });
    scripted.fail('ptu', fault('next'));
    expect(strikes(scripted, 'ptu', 4)).toEqual(['half', 'next', undefined, 'half']);
  });

  test('may have an end', () => {
    const scripted = script({ random: numbers(0, 0.9, 0) });
    scripted.fail('ptu', fault('half'), { rate: 0.5, times: 2 });
    expect(strikes(scripted, 'ptu', 4)).toEqual(['half', undefined, 'half', undefined]);
  });

  test('of 0 never strikes, and of 1 always and once, without a number', () => {
    const scripted = script({ random: numbers(0) });
    scripted.fail('ptu', fault('never'), { rate: 0 });
    expect(strikes(scripted, 'ptu', 1)).toEqual([undefined]);
    scripted.fail('standard', fault('always'), { rate: 1 });
    expect(strikes(scripted, 'standard', 2)).toEqual(['always', undefined]);
  });

  test.each<FailOptions>([{ rate: -0.1 }, { rate: 1.1 }, { rate: Number.NaN }])(
    '%j is refused',
    (options) => {
      const scripted = script();
      expect(() => {
        scripted.fail('ptu', fault('x'), options);
      }).toThrow(
        new RangeError(`Cannot script a fault: \`rate\` is ${options.rate}. Give a number from 0 to 1.`),
      );
    },
  );
});

test.each([0, -1, 1.5, Number.NaN, -Infinity])('%d times are refused for faults and replies', (times) => {
  const scripted = script();
  const refusal = new RangeError(
    `Cannot script a reply: \`times\` is ${times}. Give a whole number above 0, or Infinity.`,
  );
  expect(() => {
    scripted.fail('ptu', fault('x'), { times });
  }).toThrow(refusal);
  expect(() => {
    scripted.reply('ptu', 'x', { times });
  }).toThrow(refusal);
});

test('any name may be scripted where the mock has any deployment', () => {
  const scripted = script({ anyName: true });
  scripted.fail('made up', fault('x'));
  expect(strikes(scripted, 'made up', 2)).toEqual(['x', undefined]);
});

describe('armed faults', () => {
  function three(): Script {
    const scripted = script({ random: numbers(0) });
    scripted.fail('standard', fault('one'), { times: 2 });
    scripted.fail('*', fault('two'), { rate: 0.5 });
    scripted.fail('standard', fault('three'));
    return scripted;
  }

  test('are listed as they were scripted, with what is left of them', () => {
    const scripted = three();
    strikes(scripted, 'standard', 1);
    expect(scripted.armed()).toEqual([
      { id: 1, target: 'standard', fault: 'one', left: 1, rate: 1 },
      { id: 2, target: '*', fault: 'two', left: null, rate: 0.5 },
      { id: 3, target: 'standard', fault: 'three', left: 1, rate: 1 },
    ]);
    strikes(scripted, 'standard', 1);
    expect(scripted.armed().map(({ id }) => id)).toEqual([2, 3]);
  });

  test('have ids of their own, whatever else is scripted', () => {
    const scripted = script();
    scripted.fail('ptu', fault('one'));
    scripted.reply('ptu', ['a reply', 'another']);
    scripted.fail('ptu', fault('two'));
    scripted.fail('ptu', fault('three'));
    expect(new Set(scripted.armed().map(({ id }) => id)).size).toBe(3);
    expect(scripted.armed().map((armed) => armed.fault)).toEqual(['one', 'two', 'three']);
  });

  test('are taken back one by one, and only once', () => {
    const scripted = three();
    expect([scripted.disarm(3), scripted.disarm(3), scripted.disarm(4)]).toEqual([true, false, false]);
    expect(scripted.armed().map(({ id }) => id)).toEqual([1, 2]);
    expect(scripted.disarm(2)).toBe(true);
    expect(strikes(scripted, 'standard', 3)).toEqual(['one', 'one', undefined]);
  });
});

describe('replies', () => {
  test('that are put back are the next ones again, as often as before', async () => {
    const scripted = script();
    scripted.reply('ptu', ['one', 'two'], { times: 2 });
    const first = await taken(scripted, 'ptu');
    first?.restore();
    const texts: unknown[] = [];
    for (let call = 0; call < 5; call += 1) texts.push((await taken(scripted, 'ptu'))?.text);
    expect(texts).toEqual(['one', 'one', 'two', 'two', undefined]);
  });

  test('that were used up go back to the front', async () => {
    const scripted = script();
    scripted.reply('ptu', ['one', 'two']);
    const first = await taken(scripted, 'ptu');
    first?.restore();
    expect(scripted.unconsumed().map(({ reply, left }) => [reply, left])).toEqual([
      ['"one"', 1],
      ['"two"', 1],
    ]);
    expect((await taken(scripted, 'ptu'))?.text).toBe('one');
    expect((await taken(scripted, 'ptu'))?.text).toBe('two');
  });

  test('are made by functions, of functions and promises, and may be faults', async () => {
    const scripted = script();
    scripted.reply('ptu', [() => () => 'a function of a function', async () => fault('made')]);
    expect((await taken(scripted, 'ptu'))?.text).toBe('a function of a function');
    expect((await taken(scripted, 'ptu'))?.intervention?.name).toBe('made');
    scripted.reply('ptu', () => ({ txt: 'x' }) as object);
    await expect(async () => taken(scripted, 'ptu')).rejects.toThrow('`txt` is not part of one');
  });

  test('that say the same in parts are drafted once', async () => {
    const scripted = script();
    const reply = { text: 'Hello' };
    scripted.reply('ptu', reply, { times: 2 });
    expect((await taken(scripted, 'ptu'))?.draft).toBe((await taken(scripted, 'ptu'))?.draft);
  });
});

test('what was not used is told in the words of the script, and what has no end is not due', () => {
  const scripted = script();
  scripted.reply('ptu', 'x'.repeat(78));
  scripted.reply('ptu', 'x'.repeat(79), { times: 3 });
  scripted.reply('ptu', 'for ever', { times: Infinity });
  scripted.reply('standard', [
    function weather() {
      return 'x';
    },
    (
      () => () =>
        'x'
    )(),
    fault('made'),
  ]);
  scripted.fail('*', fault('struck'), { times: 2 });
  expect(scripted.unconsumed()).toEqual([
    { target: 'ptu', reply: `"${'x'.repeat(78)}"`, left: 1 },
    { target: 'ptu', reply: `"${'x'.repeat(79)}…`, left: 3 },
    { target: 'standard', reply: 'the function weather', left: 1 },
    { target: 'standard', reply: 'the function (request) => …', left: 1 },
    { target: 'standard', reply: 'the fault made', left: 1 },
    { target: '*', reply: 'the fault struck', left: 2 },
  ]);
  scripted.clear();
  expect([scripted.unconsumed(), scripted.armed()]).toEqual([[], []]);
});
