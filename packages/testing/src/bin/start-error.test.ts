import { expect, test } from 'vitest';
import { startError } from './start-error.ts';

const noAddress = 'Invalid `--host`: "the host" is no address of this machine.';

test.each([
  [
    { code: 'EADDRINUSE', port: 81 },
    'Error',
    'Cannot listen on port 81: it is in use. Choose another with `--port`; 0 is any free one.',
  ],
  [
    { code: 'EADDRINUSE' },
    'Error',
    'Cannot listen on port 80: it is in use. Choose another with `--port`; 0 is any free one.',
  ],
  [
    { code: 'EACCES', port: 80 },
    'Error',
    'Cannot listen on port 80: not permitted. Choose one above 1023 with `--port`.',
  ],
  [{ code: 'EADDRNOTAVAIL' }, 'UsageError', noAddress],
  [{ code: 'ENOTFOUND' }, 'UsageError', noAddress],
])('%j of a start is told as %s: %s', (details, name, message) => {
  const error = Object.assign(new Error('from Node'), details);
  expect(startError(error, { host: 'the host', port: 80 })).toMatchObject({ name, message, cause: error });
});

test('another error of a start is told as it is', () => {
  const error = new TypeError('from elsewhere');
  expect(startError(error, { host: 'the host', port: 80 })).toBe(error);
});
