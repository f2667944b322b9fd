import { expect, test } from 'vitest';
import { mockDeployment } from '../service/mock-deployment.ts';
import { createHistory } from './history.ts';

const config = {
  resource: 'one',
  deployment: 'gpt',
  model: 'gpt-4.1',
  sku: 'Standard',
  limits: {},
  tags: {},
};
const deployment = mockDeployment('chat', config);

/** A history whose time and quota a test sets. */
function start({ timeScale = 1, limited = true } = {}) {
  const state = { nowMs: 1_000_000, share: 0 };
  const history = createHistory({
    now: () => state.nowMs,
    timeScale,
    use: () => (limited ? { tokens: state.share, calls: 0 } : {}),
  });
  return { state, history };
}

test('counts the requests of each second, and those that were throttled', () => {
  const { state, history } = start();
  history.record(deployment, 200);
  history.record(deployment, 429);
  state.nowMs += 2_000;
  history.record(deployment, 200);
  const { requests = [], throttled = [] } = history.series(deployment) ?? {};
  expect(requests.slice(-3)).toEqual([2, 0, 1]);
  expect(throttled.slice(-3)).toEqual([1, 0, 0]);
  expect(requests).toHaveLength(60);
});

test.each([59_000, 60_000, 61_000, 3_600_000])(
  'forgets what is older than a minute, after %i ms',
  (afterMs) => {
    const { state, history } = start();
    history.record(deployment, 200);
    state.nowMs += afterMs;
    const { requests = [], levels = [] } = history.series(deployment) ?? {};
    expect(requests.reduce((sum, count) => sum + count, 0)).toBe(afterMs < 60_000 ? 1 : 0);
    expect(levels.every(([ago]) => ago < 60)).toBe(true);
  },
);

test('keeps the highest share of the quota that was seen in a second', () => {
  const { state, history } = start();
  state.share = 0.2;
  history.record(deployment, 200);
  state.share = 1;
  history.record(deployment, 429);
  state.share = 0.4;
  state.nowMs += 5_000;
  expect(history.series(deployment)?.levels).toEqual([
    [5, 1],
    [0, 0.4],
  ]);
});

test('has no share where there is no limit, and nothing of who was never called', () => {
  const { history } = start({ limited: false });
  expect(history.series(deployment)).toBeUndefined();
  history.record(deployment, 200);
  expect(history.series(deployment)?.levels).toEqual([]);
});

test('its minute is that of the person who looks, however fast the time of the mock runs', () => {
  const { state, history } = start({ timeScale: 60 });
  history.record(deployment, 200);
  state.nowMs += 60_000;
  history.record(deployment, 200);
  expect(history.series(deployment)?.requests.slice(-2)).toEqual([1, 1]);
});
