import { expect, test } from 'vitest';
import type { RecordedRequest } from '../journal/recorded-request.ts';
import type { Finding } from '../verdict/finding.ts';
import { requestJson, requestLine } from './request-line.ts';

const receivedAtMs = Date.UTC(2026, 10, 30, 9, 8, 7, 250);

const request: RecordedRequest = {
  number: 7,
  receivedAtMs,
  method: 'POST',
  path: '/openai/v1/chat/completions',
  query: {},
  headers: { 'x-secret': 'a private matter' },
  body: 'a private matter',
  prompt: 'a private matter',
  resource: 'sweden',
  deployment: 'gpt-5',
  operation: 'ChatCompletions_Create',
  credential: 'bearer',
  response: { status: 200, headers: {}, outcome: 'answered', finishedAtMs: receivedAtMs + 12.6 },
};
const early: Finding = { rule: 'retried-early', message: 'Too early.', requests: [6, 7] };
const unknown: Finding = { rule: 'unknown-deployment', message: 'Not here.', requests: [7] };
const bare: RecordedRequest = {
  number: 1,
  receivedAtMs,
  method: 'GET',
  path: '/nothing',
  query: {},
  headers: {},
  body: undefined,
  prompt: '',
  resource: 'sweden',
  credential: 'none',
};
const pending = { status: 200, headers: {}, outcome: 'pending' } as const;
const abandoned = { status: 200, headers: {}, outcome: 'abandoned', finishedAtMs: receivedAtMs + 5 } as const;

test.each<[string, RecordedRequest, readonly Finding[], string]>([
  ['names the deployment', request, [], 'POST /openai/v1/chat/completions (gpt-5) 200 13 ms'],
  [
    'does not repeat a deployment of the path',
    { ...request, path: '/openai/deployments/gpt-5/chat/completions' },
    [],
    'POST /openai/deployments/gpt-5/chat/completions 200 13 ms',
  ],
  [
    'names a deployment that the path only begins like',
    { ...request, path: '/openai/deployments/gpt-5-mini/chat/completions' },
    [],
    'POST /openai/deployments/gpt-5-mini/chat/completions (gpt-5) 200 13 ms',
  ],
  ['says that the caller went away', { ...bare, response: abandoned }, [], 'GET /nothing abandoned 5 ms'],
  ['counts no time that is not over', { ...bare, response: pending }, [], 'GET /nothing 200 0 ms'],
  ['says so as well before there was an answer', bare, [], 'GET /nothing abandoned 0 ms'],
  [
    'has a line for each mistake',
    { ...bare, response: { ...abandoned, status: 404, outcome: 'answered' } },
    [early, unknown],
    'GET /nothing 404 5 ms\n         ! Too early.\n         ! Not here.',
  ],
])('the line of a request %s', (_, request, findings, line) => {
  expect(requestLine({ request, findings })).toBe(`09:08:07 ${line}`);
});

test('as JSON a request has all but what is private', () => {
  expect(JSON.parse(requestJson({ request, findings: [early] }))).toEqual({
    time: '2026-11-30T09:08:07.250Z',
    event: 'request',
    number: 7,
    method: 'POST',
    path: '/openai/v1/chat/completions',
    resource: 'sweden',
    deployment: 'gpt-5',
    operation: 'ChatCompletions_Create',
    credential: 'bearer',
    status: 200,
    outcome: 'answered',
    durationMs: 13,
    findings: [{ rule: 'retried-early', message: 'Too early.' }],
  });
});

test('as JSON a request has null for what is not known', () => {
  expect(JSON.parse(requestJson({ request: bare, findings: [] }))).toEqual({
    time: '2026-11-30T09:08:07.250Z',
    event: 'request',
    number: 1,
    method: 'GET',
    path: '/nothing',
    resource: 'sweden',
    deployment: null,
    operation: null,
    credential: 'none',
    status: null,
    outcome: null,
    durationMs: 0,
    findings: [],
  });
});
