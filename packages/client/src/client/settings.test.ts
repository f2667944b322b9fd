import { expect, test } from 'vitest';
import { changedSettings, settingsOf, withSdkOptions } from './settings.ts';

const defaults = {
  deadlineMs: 600_000,
  attemptTimeoutMs: 300_000,
  firstTokenTimeoutMs: undefined,
  idleTimeoutMs: 120_000,
  maxAnswerBytes: 268_435_456,
  maxRetries: 5,
  tags: {},
  resource: undefined,
  trustReferences: false,
  fit: false,
};
const given = {
  deadlineMs: 1,
  attemptTimeoutMs: 2,
  firstTokenTimeoutMs: 3,
  idleTimeoutMs: 4,
  maxAnswerBytes: 5,
  tags: { team: 'search' },
  fit: true,
};

test('every setting has a default', () => {
  expect(settingsOf({})).toEqual(defaults);
  expect(settingsOf({ retry: {} })).toEqual(defaults);
});

test('what is given counts', () => {
  expect(settingsOf({ ...given, retry: { maxRetries: 0 } })).toEqual({
    ...defaults,
    ...given,
    maxRetries: 0,
  });
});

test('`false` is none', () => {
  expect(settingsOf({ idleTimeoutMs: false, retry: false, fit: false })).toEqual({
    ...defaults,
    idleTimeoutMs: undefined,
    maxRetries: 0,
  });
});

test('a change changes what it names, and adds tags', () => {
  const settings = settingsOf({ tags: { team: 'chat', stage: 'test' } });
  expect(changedSettings(settings, {})).toEqual(settings);
  const changes = { ...given, resource: 'sweden', trustReferences: true };
  expect(changedSettings(settings, changes)).toEqual({
    ...settings,
    ...changes,
    tags: { team: 'search', stage: 'test' },
  });
});

test('a change back to nothing is one as well', () => {
  const settings = changedSettings(settingsOf(given), { resource: 'sweden', trustReferences: true });
  const back = { idleTimeoutMs: false, fit: false, trustReferences: false } as const;
  expect(changedSettings(settings, back)).toEqual({ ...settings, ...back, idleTimeoutMs: undefined });
  // `undefined` changes nothing, also where a stream may be silent for any time.
  expect(changedSettings(changedSettings(settings, back), { fit: true }).idleTimeoutMs).toBeUndefined();
});

test('options of the SDK count for one call: its time for one attempt, and its retries, also none', () => {
  const settings = settingsOf({});
  expect(withSdkOptions(settings, { timeoutMs: undefined, maxRetries: undefined })).toBe(settings);
  expect(withSdkOptions(settings, { timeoutMs: 7, maxRetries: undefined })).toEqual({
    ...defaults,
    attemptTimeoutMs: 7,
  });
  expect(withSdkOptions(settings, { timeoutMs: undefined, maxRetries: 0 })).toEqual({
    ...defaults,
    maxRetries: 0,
  });
});
