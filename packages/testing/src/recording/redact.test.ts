import { expect, test } from 'vitest';
import { createRedact } from './redact.ts';

const plain = () => createRedact({ mask: false });

test('the same id is the same again, another one another, each with its prefix', () => {
  const redact = plain();
  expect(redact({ id: 'resp_abcdefgh', previous: 'resp_abcdefgh', other: 'msg_abcdefgh' })).toEqual({
    id: 'resp_recorded-1',
    previous: 'resp_recorded-1',
    other: 'msg_recorded-2',
  });
  expect(redact(['resp_abcdefgh', 'resp_recorded-7'])).toEqual(['resp_recorded-1', 'resp_recorded-7']);
  // Too short to be one, or a word that only begins like one.
  expect(redact(['resp_abcdefg', 'file-x', 'respond_abcdefgh'])).toEqual([
    'resp_abcdefg',
    'file-x',
    'respond_abcdefgh',
  ]);
});

test('times are those of one day, other numbers stay, and noise is left out', () => {
  expect(
    plain()({ created: 1, created_at: 2, expires_at: 3, total_tokens: 4, created_by: '5', obfuscation: 'x' }),
  ).toEqual({
    created: 1_767_225_600,
    created_at: 1_767_225_600,
    expires_at: 1_767_225_600,
    total_tokens: 4,
    created_by: '5',
  });
});

test('secrets are masked by their name and by their value, at any depth', () => {
  const redact = createRedact({ mask: false, secrets: ['a-secret', 'another'] });
  expect(
    redact({
      api_key: 'x',
      key: 'a word',
      authentication: { key: 'x', type: 'api_key' },
      messages: [{ content: 'It is a-secret, a-secret or another.' }],
    }),
  ).toEqual({
    api_key: '***',
    key: 'a word',
    authentication: { key: '***', type: 'api_key' },
    messages: [{ content: 'It is ***, *** or ***.' }],
  });
});

test('what was said is masked letter by letter where that is wanted; what it is stays', () => {
  const talk = {
    model: 'gpt-4.1',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Ärger 42!', detail: 'high' }] }],
    input: { name: 'Ada', note: 'Ada', status: 'open' },
    metadata: { note: 'Ada' },
    temperature: 1,
  };
  expect(createRedact({ mask: true })(talk)).toEqual({
    ...talk,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'xxxxx 00!', detail: 'high' }] }],
    input: { name: 'Ada', note: 'xxx', status: 'open' },
  });
  expect(plain()(talk)).toEqual(talk);
});

test.each([null, true, 7, undefined])('%s stays as it is', (value) => {
  expect(createRedact({ mask: true })(value)).toBe(value);
});
