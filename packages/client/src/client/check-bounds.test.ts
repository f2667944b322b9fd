import { describe, expect, test } from 'vitest';
import { estate } from '../../test/estate.ts';
import { checkChanges, checkGrace, checkOptions } from './check-options.ts';
import type { CallOptions, ClientOptions } from './client-options.ts';

const longestMs = 2_147_483_647;
const most = longestMs;

/** Options with one value at a place such as `retry.maxRetries`. */
function optionsWith(place: string, value: unknown): ClientOptions {
  const [group = '', name] = place.split('.');
  const needed = group === 'hedge' ? { afterMs: 1 } : {};
  return name === undefined ? { [group]: value } : { [group]: { ...needed, [name]: value } };
}

const messageOf = (check: () => void): string | undefined => {
  try {
    check();
    return undefined;
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

describe.each<[string, number, number, boolean]>([
  ['deadlineMs', 1, longestMs, false],
  ['attemptTimeoutMs', 1, longestMs, false],
  ['firstTokenTimeoutMs', 1, longestMs, false],
  ['idleTimeoutMs', 1, longestMs, false],
  ['maxAnswerBytes', 1, most, true],
  ['retry.maxRetries', 0, most, true],
  ['retry.initialDelayMs', 0, longestMs, false],
  ['retry.maxDelayMs', 0, longestMs, false],
  ['retry.budgetShare', 0, 1, false],
  ['retry.budgetReserve', 0, most, false],
  ['circuit.failures', 1, most, true],
  ['circuit.window', 1, most, true],
  ['circuit.openMs', 1, longestMs, false],
  ['circuit.maxOpenMs', 1, longestMs, false],
  ['circuit.slowCallDurationMs', 1, longestMs, false],
  ['circuit.slowCallRate', 0.01, 1, false],
  ['hedge.afterMs', 1, longestMs, false],
  ['hedge.maxShare', 0, 1, false],
])('`%s`', (place, from, to, isWhole) => {
  const check = (value: unknown) =>
    messageOf(() => {
      checkOptions(estate, optionsWith(place, value));
    });

  test(`takes ${from} to ${to}`, () => {
    for (const value of [from, to]) expect(check(value)).toBeUndefined();
    if (place !== 'hedge.afterMs') expect(check(undefined)).toBeUndefined();
  });

  test('refuses what is outside, or no number', () => {
    const kind = isWhole ? 'a whole number' : 'a number';
    for (const [value, found] of [
      [from - 0.005, String(from - 0.005)],
      [to + 1, String(to + 1)],
      [Number.NaN, 'NaN'],
      ['1', '"1"'],
      [{}, 'an object'],
      [[], 'an array'],
      [() => 1, 'a function'],
      [true, 'true'],
    ] as const) {
      expect(check(value)).toBe(
        `RangeError: Cannot create the client: \`${place}\` is ${found}. Give ${kind} from ${from} to ${to}.`,
      );
    }
  });

  test(`${isWhole ? 'refuses' : 'takes'} a part`, () => {
    const part = to === 1 ? 0.5 : from + 0.5;
    expect(check(part) === undefined).toBe(!isWhole);
  });
});

test('a window is no smaller than the failures, and the longest time no shorter than the first', () => {
  const check = (circuit: object) =>
    messageOf(() => {
      checkOptions(estate, { circuit });
    });
  expect(check({ failures: 5, window: 5 })).toBeUndefined();
  expect(check({ failures: 5, window: 4 })).toContain('Give a whole number from 5 to');
  expect(check({ openMs: 500, maxOpenMs: 500 })).toBeUndefined();
  expect(check({ openMs: 500, maxOpenMs: 499 })).toContain(
    '`circuit.maxOpenMs` is 499. Give a number from 500 to',
  );
});

test.each<[object]>([
  [{ circuit: { slowCallDurationMs: 'auto' } }],
  [{ circuit: { slowCallDurationMs: false } }],
  [{ hedge: 'auto' }],
  [{ idleTimeoutMs: false }],
  [{ retry: false, circuit: false, hedge: false, telemetry: false }],
  [{ allowHeaders: [] }],
  [{ allowHeaders: ['x-team'] }],
  [{ fit: true }],
  [{ fit: false }],
  [{ quota: {}, tags: {}, transport: () => 1, onEvent: () => 1, now: () => 1, random: () => 1 }],
  [{ telemetry: {} }],
  [{ credential: { getToken: () => null } }],
  [{ credential: { headers: () => null } }],
  [{ credentials: { sweden: undefined } }],
  [{ credentials: { sweden: { headers: () => null } } }],
])('takes %j', (options) => {
  expect(() => {
    checkOptions(estate, options);
  }).not.toThrow();
});

const object = 'Give an object.';
const callable = 'Give a function.';

test.each<[object, string]>([
  [{ transport: 'undici' }, `\`transport\` is "undici". ${callable}`],
  [{ onEvent: {} }, `\`onEvent\` is an object. ${callable}`],
  [{ now: 5 }, `\`now\` is 5. ${callable}`],
  [{ random: 0.5 }, `\`random\` is 0.5. ${callable}`],
  [{ quota: () => 1 }, `\`quota\` is a function. ${object}`],
  [{ tags: null }, `\`tags\` is null. ${object}`],
  [{ budgets: [] }, `\`budgets\` is an array. ${object}`],
  [{ credentials: [] }, `\`credentials\` is an array. ${object}`],
  [{ fit: 1 }, '`fit` is 1. Give `true` or `false`.'],
  [{ fit: null }, '`fit` is null. Give `true` or `false`.'],
  [{ allowHeaders: 'x-team' }, '`allowHeaders` is "x-team". Give a list of names.'],
  [{ allowHeaders: ['x-team', 5] }, '`allowHeaders` is an array. Give a list of names.'],
  [{ allowHeaders: null }, '`allowHeaders` is null. Give a list of names.'],
  [{ telemetry: 'on' }, '`telemetry` is "on". Give an object or `false`.'],
  [{ retry: [] }, '`retry` is an array. Give an object or `false`.'],
  [{ circuit: 'auto' }, '`circuit` is "auto". Give an object or `false`.'],
  [{ hedge: 'always' }, '`hedge` is "always". Give an object or `false`.'],
  [{ hedge: {} }, '`hedge.afterMs` is missing. Give a number of ms.'],
  [{ circuit: { slowCallDurationMs: true } }, '`circuit.slowCallDurationMs` is true.'],
  [{ credential: () => 1 }, '`credential` is no object that signs calls.'],
  [{ credential: { getToken: true, headers: 'x' } }, '`credential` is no object that signs calls.'],
  [{ credentials: { france: 'key' } }, '`credentials.france` is no object that signs calls.'],
])('refuses %j', (options, message) => {
  expect(() => {
    checkOptions(estate, options);
  }).toThrow(`Cannot create the client: ${message}`);
});

test.each(['resources', 'deployments', 'names', 'policy'])('a config without `%s` is none', (name) => {
  const { [name as 'names']: _, ...rest } = estate;
  expect(() => {
    checkOptions(rest as never, {});
  }).toThrow('Cannot create the client: an object is no config.');
});

test('what `with` changes is checked in the same way', () => {
  const check = (options: unknown) =>
    messageOf(() => {
      checkChanges(options as CallOptions);
    });
  expect(check({ deadlineMs: 1, fit: true, trustReferences: false, idleTimeoutMs: false })).toBeUndefined();
  expect(check({ maxAnswerBytes: 0 })).toContain('`maxAnswerBytes` is 0.');
  expect(check({ fit: 'yes' })).toContain('`fit` is "yes".');
  expect(check({ trustReferences: 'yes' })).toContain('`trustReferences` is "yes". Give `true` or `false`.');
  expect(check([])).toContain('`options` is an array.');
});

test('a grace is a time from 0 on', () => {
  const check = (graceMs: unknown) =>
    messageOf(() => {
      checkGrace(graceMs);
    });
  for (const graceMs of [undefined, 0, 0.5, longestMs]) expect(check(graceMs)).toBeUndefined();
  expect(check(-1)).toBe(
    `RangeError: Cannot close the client: \`graceMs\` is -1. Give a number from 0 to ${longestMs}.`,
  );
  expect(check(null)).toContain('`graceMs` is null.');
});
