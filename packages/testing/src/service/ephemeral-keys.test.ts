import { expect, test } from 'vitest';
import { manualClock } from '../clock.ts';
import { aResource } from './a-resource.fake.ts';
import { ephemeralKeyOf, keepEphemeralKey } from './ephemeral-keys.ts';

const clock = manualClock(0);
const key = { expiresAtMs: 1_000, session: { type: 'realtime' } };

function shown(
  { resource }: ReturnType<typeof aResource>,
  headers: Readonly<Record<string, string>>,
  path = '/openai/v1/realtime',
  surface: 'v1' | 'dated' = 'v1',
) {
  return ephemeralKeyOf({ resource, headers, path, surface, clock });
}

test('an ephemeral key is good as a key and as a token, for realtime on v1, at its own resource', () => {
  const resource = aResource();
  keepEphemeralKey(resource, 'ek_1', key);
  expect(shown(resource, { 'api-key': 'ek_1' })).toBe(key);
  expect(shown(resource, { authorization: 'Bearer ek_1' })).toBe(key);
  expect(shown(resource, { 'api-key': 'ek_1' }, '/openai/v1/realtime/calls')).toBe(key);
  expect(shown(resource, { 'api-key': 'ek_1' }, '/openai/v1/chat/completions')).toBeUndefined();
  expect(shown(resource, { 'api-key': 'ek_1' }, '/openai/realtime', 'dated')).toBeUndefined();
  expect(shown(resource, { 'api-key': 'ek_2' })).toBeUndefined();
  expect(shown(resource, {})).toBeUndefined();
  expect(shown(aResource(), { 'api-key': 'ek_1' })).toBeUndefined();
});

test('an ephemeral key ends when its time has come, to the millisecond', async () => {
  const resource = aResource();
  keepEphemeralKey(resource, 'ek_1', { ...key, expiresAtMs: clock.now() + 1_000 });
  await clock.advance(999);
  expect(shown(resource, { 'api-key': 'ek_1' })).toBeDefined();
  await clock.advance(1);
  expect(shown(resource, { 'api-key': 'ek_1' })).toBeUndefined();
});

test('a thousand keys are kept, and the oldest makes room', () => {
  const resource = aResource();
  const later = { ...key, expiresAtMs: Infinity };
  for (let number = 0; number < 1_000; number += 1) keepEphemeralKey(resource, `ek_${number}`, later);
  expect(shown(resource, { 'api-key': 'ek_0' })).toBe(later);
  keepEphemeralKey(resource, 'one more', later);
  expect(shown(resource, { 'api-key': 'ek_0' })).toBeUndefined();
  expect(shown(resource, { 'api-key': 'ek_1' })).toBe(later);
});
