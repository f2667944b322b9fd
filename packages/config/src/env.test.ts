import { expect, test } from 'vitest';
import { env } from './env.ts';

test.each(['A', '_', 'a1_B', 'x'.repeat(128)])('%s can be the name of a variable', (name) => {
  expect(env(name)).toEqual({ $env: name });
  expect(Object.isFrozen(env(name))).toBe(true);
});

test.each(['', '1A', 'A-B', 'A B', ' A', 'A\n', 'x'.repeat(129), 7, null, undefined])(
  '%j cannot, and is not repeated: it may be a secret in the wrong place',
  (name) => {
    expect(() => env(name as string)).toThrow(
      new TypeError('Cannot refer to this variable: not a variable name. Use letters, digits and "_".'),
    );
  },
);
