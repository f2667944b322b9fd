import { describe, expect, test } from 'vitest';
import { replicaCount } from './replica-count.ts';

describe('replicaCount', () => {
  test.each<[string, number | undefined, string | undefined, number | undefined, number]>([
    ['the option', 3, undefined, 3, 3],
    ['one is enough', 1, undefined, 1, 1],
    ['the option before the environment', 3, '8', 3, 3],
    ['the environment', undefined, '8', 8, 8],
    ['nothing was said: ten are assumed', undefined, undefined, undefined, 10],
    ['an empty variable says nothing', undefined, '', undefined, 10],
  ])('%s', (_, option, variable, said, assumed) => {
    expect(replicaCount(option, { AOAI_REPLICAS: variable })).toEqual({ said, assumed });
  });

  test.each<[number | undefined, string | undefined, string]>([
    [0, undefined, '`replicas` is 0'],
    [1.5, undefined, '`replicas` is 1.5'],
    [undefined, 'many', '`AOAI_REPLICAS` is "many"'],
    [undefined, '-1', '`AOAI_REPLICAS` is "-1"'],
  ])('refuses %s, %s', (option, variable, words) => {
    expect(() => replicaCount(option, { AOAI_REPLICAS: variable })).toThrow(RangeError);
    expect(() => replicaCount(option, { AOAI_REPLICAS: variable })).toThrow(words);
  });
});
