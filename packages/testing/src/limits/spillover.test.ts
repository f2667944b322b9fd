import { expect, test } from 'vitest';
import { spilloverTarget } from './spillover.ts';

test.each([
  [429, 'RateLimitReached', 'standard'],
  [500, null, 'standard'],
  [503, null, 'standard'],
  [400, 'context_length_exceeded', 'standard'],
  [400, 'content_filter', undefined],
  [404, 'context_length_exceeded', undefined],
  [401, '401', undefined],
  [200, null, undefined],
])('status %i with code %s goes to %s', (status, code, target) => {
  expect(spilloverTarget({ status, code }, { property: 'standard', header: 'other' })).toBe(target);
});

test('the header decides where the deployment has no property', () => {
  expect(spilloverTarget({ status: 429 }, { header: 'other' })).toBe('other');
  expect(spilloverTarget({ status: 429 }, {})).toBeUndefined();
});
