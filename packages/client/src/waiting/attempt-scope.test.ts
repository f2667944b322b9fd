import { expect, test } from 'vitest';
import { attemptScope } from './attempt-scope.ts';
import { cancellation } from './cancellation.ts';

function timers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
}

test('a scope in the background keeps no process alive', () => {
  const before = timers();
  const scope = attemptScope(cancellation([]), { inMs: 600_000, error: () => new Error('late') });
  scope.limit(120_000, 'answer');
  expect(timers()).toBe(before + 2);
  scope.background();
  expect(timers()).toBe(before);
  scope.end();
});
