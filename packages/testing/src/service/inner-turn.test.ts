import { expect, test, vi } from 'vitest';
import { manualClock } from '../clock.ts';
import { createRandom } from '../random.ts';
import { innerTurn } from './inner-turn.ts';
import type { DeploymentOperation, DeploymentRequest, Operation } from './operation.ts';
import { router } from './router.ts';
import type { Service } from './service.ts';
import type { Turn } from './turn.ts';

const chat = {
  name: 'Chat',
  method: 'POST',
  target: 'deployment',
  v1: '/chat/{kind}',
} as DeploymentOperation;
const files = { name: 'Files', method: 'POST', target: 'resource', v1: '/files' } as Operation;

const admit = vi.fn<NonNullable<Service['admit']>>();
const strike = vi.fn<NonNullable<Service['strike']>>();

const outer = {
  service: { route: router([chat, files]), clock: manualClock(5_000), seed: 1, admit, strike },
  request: {
    id: 'outer',
    sequence: 7,
    surface: 'dated',
    api: '2024-10-21',
    method: 'GET',
    path: '/openai/batches',
    query: new URLSearchParams('api-version=2024-10-21'),
    headers: { 'api-key': 'key' },
    params: { id: 'x' },
    body: { outer: true },
    raw: Buffer.from('outer'),
    principal: { kind: 'api-key' },
    random: createRandom(1),
  },
  outgoing: {},
} as unknown as Turn;

const call = (label: string, path = '/chat/completions') =>
  innerTurn(outer, { path, body: { model: 'gpt' }, label });

test('a call that an operation makes itself is one of v1 with its own body, by the same caller', () => {
  const inner = call('one');
  expect(inner?.operation).toBe(chat);
  expect(inner?.turn.request).toMatchObject({
    sequence: 7,
    surface: 'v1',
    api: 'v1',
    method: 'POST',
    path: '/openai/v1/chat/completions',
    params: { kind: 'completions' },
    body: { model: 'gpt' },
    raw: Buffer.alloc(0),
    headers: { 'api-key': 'key' },
    principal: { kind: 'api-key' },
  });
  expect([...(inner?.turn.request.query ?? [])]).toEqual([]);
  expect(inner?.turn.exchange).toMatchObject({ operation: chat, receivedAtMs: 5_000, outcome: 'pending' });
  expect(outer.request).toMatchObject({ id: 'outer', path: '/openai/batches', body: { outer: true } });
});

test('it has an id and numbers of its own, which are the same for the same label', () => {
  const drawn = (label: string) => {
    const { request } = call(label)?.turn ?? {};
    return [request?.id, request?.random.next()];
  };
  expect(drawn('one')).toEqual(drawn('one'));
  expect(drawn('one')[0]).not.toBe(drawn('two')[0]);
  expect(drawn('one')[1]).not.toBe(drawn('two')[1]);
  expect(drawn('one')[0]).toMatch(/^[\da-f-]{36}$/);
});

test('it uses no quota and meets no fault', () => {
  const { service } = call('one')?.turn ?? {};
  const request = {} as DeploymentRequest;
  expect([service?.admit?.(request, chat), service?.strike?.(request)]).toEqual([{ headers: '' }, undefined]);
  expect([admit, strike].map((each) => each.mock.calls.length)).toEqual([0, 0]);
});

test.each(['/files', '/nothing', '/chat'])('there is no call of a deployment at %s', (path) => {
  expect(call('one', path)).toBeUndefined();
});
