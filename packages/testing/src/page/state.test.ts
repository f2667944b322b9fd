import { expect, test } from 'vitest';
import { recordedRequest } from '../journal/recorded-request.ts';
import type { Observed } from '../script/observed.ts';
import type { MockDeployment } from '../service/mock-deployment.ts';
import type { MockResource } from '../service/mock-resource.ts';
import type { Finding } from '../verdict/finding.ts';
import { entry, type Told } from '../verdict/told.fake.ts';
import { pageState, type PageSource } from './state.ts';

const chat = {
  key: 'chat',
  name: 'gpt-4.1',
  model: 'gpt-4.1',
  config: { sku: 'GlobalStandard', resource: 'sweden', limits: { tpm: 1_000 } },
} as MockDeployment;
const invented = { ...chat, key: 'invented', name: 'invented' } as MockDeployment;

/** The state of a mock that has had these requests. */
function stateOf(requests: readonly Observed[], more: Partial<PageSource> = {}) {
  const source: PageSource = {
    now: () => 5_000,
    timeScale: 60,
    resources: () => [{ deployments: [chat] } as Partial<MockResource> as MockResource],
    use: () => ({ tokens: 0.5 }),
    called: () => [],
    count: () => 3,
    recent: (count) => requests.slice(-count),
    armed: () => [],
    ...more,
  };
  return pageState(source, () => undefined);
}

function observed(number: number, told: Told = {}, findings: readonly Finding[] = []): Observed {
  return { request: recordedRequest(entry(number, told)), findings };
}

test('the last fifty requests are shown, the newest first', () => {
  const requests = Array.from({ length: 60 }, (_, index) => observed(index + 1));
  expect(stateOf(requests).requests.map(({ number }) => number)).toEqual(
    Array.from({ length: 50 }, (_, index) => 60 - index),
  );
});

test('a request is shown with its answer, how long that took and what is wrong with it', () => {
  const finding: Finding = { rule: 'retried-early', message: 'Too early.', requests: [1, 2] };
  const [shown] = stateOf([observed(2, { status: 429, atMs: 1_000 }, [finding])]).requests;
  expect(shown).toEqual({
    number: 2,
    atMs: 1_000,
    what: 'POST /openai/v1/chat/completions',
    deployment: 'first',
    status: 429,
    outcome: 'answered',
    tookMs: 10,
    cause: '',
    findings: ['retried-early'],
  });
});

test('what scripted an answer has the name of its button', () => {
  const scripted = ['reply', 'rateLimited', 'neverAnswers'].map((cause, index) => ({
    request: recordedRequest({ ...entry(index + 1, {}), cause }),
    findings: [],
  }));
  expect(stateOf(scripted).requests.map(({ cause }) => cause)).toEqual([
    'neverAnswers',
    'Throttle (429)',
    'scripted',
  ]);
  const fault = { id: 1, target: 'chat', fault: 'serverError', left: 1, rate: 1 };
  expect(stateOf([], { armed: () => [fault] }).armed).toEqual([{ ...fault, fault: 'Fail (500)' }]);
});

test('findings are grouped by rule and deployment, with their number and their last message, the newest first', () => {
  const finding = (rule: Finding['rule'], message: string): Finding => ({ rule, message, requests: [1] });
  const elsewhere = { deployment: { key: 'second' } as MockDeployment };
  const { findings } = stateOf([
    observed(1, {}, [finding('ignored-park', 'first')]),
    observed(2, elsewhere, [finding('ignored-park', 'elsewhere')]),
    observed(3, {}, [finding('ignored-park', 'last'), finding('key-forbidden', 'key')]),
    observed(4, { deployment: undefined }, [finding('unknown-operation', 'nowhere')]),
  ]);
  expect(findings).toEqual([
    { rule: 'unknown-operation', deployment: '', count: 1, message: 'nowhere' },
    { rule: 'key-forbidden', deployment: 'first', count: 1, message: 'key' },
    { rule: 'ignored-park', deployment: 'second', count: 1, message: 'elsewhere' },
    { rule: 'ignored-park', deployment: 'first', count: 2, message: 'last' },
  ]);
});

test('the deployments of the config are shown, and those that callers have invented, each once', () => {
  const { deployments, now, timeScale } = stateOf([], { called: () => [chat, invented] });
  expect([now, timeScale]).toEqual([5_000, 60]);
  expect(deployments.map(({ key }) => key)).toEqual(['chat', 'invented']);
  expect(deployments[0]).toEqual({
    key: 'chat',
    name: 'gpt-4.1',
    model: 'gpt-4.1',
    sku: 'GlobalStandard',
    resource: 'sweden',
    limits: { tpm: 1_000 },
    use: { tokens: 0.5 },
    requests: 3,
  });
});
