import { expect, test } from 'vitest';
import { checkLine, lineRanges, withoutVersion, type LineCheck } from './batch-line.ts';

function check(): LineCheck {
  return {
    endpoint: '/chat/completions',
    hasDeployment: (name) => name.startsWith('gpt'),
    seen: new Set(),
    model: undefined,
  };
}

const good = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: { model: 'gpt-4.1' } };

/** What is wrong with the last of these lines. */
function wrong(...lines: readonly unknown[]) {
  const kept = check();
  return lines.map((line, index) =>
    checkLine(typeof line === 'string' ? line : JSON.stringify(line), index + 1, kept),
  );
}

test.each<[string, unknown, string, string | null]>([
  ['text', 'no JSON', 'invalid_json_line', null],
  ['a list', [good], 'invalid_json_line', null],
  ['null', 'null', 'invalid_json_line', null],
  ['no id', { ...good, custom_id: undefined }, 'invalid_request', 'custom_id'],
  ['an empty id', { ...good, custom_id: '' }, 'invalid_request', 'custom_id'],
  ['a number as id', { ...good, custom_id: 1 }, 'invalid_request', 'custom_id'],
  ['another method', { ...good, method: 'GET' }, 'invalid_request', 'method'],
  ['no URL', { ...good, url: undefined }, 'url_mismatch', 'url'],
  ['another URL', { ...good, url: '/v1/embeddings' }, 'url_mismatch', 'url'],
  ['no body', { ...good, body: undefined }, 'invalid_request', 'body'],
  ['a text as body', { ...good, body: 'Hi' }, 'invalid_request', 'body'],
  ['no model', { ...good, body: {} }, 'model_not_found', 'body.model'],
  ['an unknown model', { ...good, body: { model: 'o1' } }, 'model_not_found', 'body.model'],
])('a line of a batch is refused: %s', (_, line, code, param) => {
  expect(wrong(line)).toMatchObject([{ code, param, line: 1 }]);
});

test('a line is refused for what another one has, and each after it is measured by the first', () => {
  const other = { ...good, custom_id: 'b', body: { model: 'gpt-5' } };
  const third = { ...good, custom_id: 'c' };
  expect(wrong(good, good, other, third, third)).toEqual([
    undefined,
    expect.objectContaining({ code: 'duplicate_custom_id', param: 'custom_id', line: 2 }),
    expect.objectContaining({ code: 'model_mismatch', param: 'body.model', line: 3 }),
    undefined,
    expect.objectContaining({ code: 'duplicate_custom_id', param: 'custom_id', line: 5 }),
  ]);
});

test('ids that begin alike are different ones', () => {
  const long = 'x'.repeat(200);
  expect(wrong({ ...good, custom_id: `${long}1` }, { ...good, custom_id: `${long}2` })).toEqual([
    undefined,
    undefined,
  ]);
});

test.each([
  ['an id', { ...good, custom_id: 'x'.repeat(10_000) }, 200],
  ['a model', { ...good, body: { model: 'x'.repeat(10_000) } }, 200],
])('a problem does not repeat %s of any length', (_, line, most) => {
  const problems = wrong(line, line);
  expect(problems[1]?.message.length).toBeLessThan(most);
});

test.each<[string, readonly (readonly [string, number])[]]>([
  ['', []],
  ['a', [['a', 1]]],
  ['a\n', [['a', 1]]],
  [
    'a\nbc\n',
    [
      ['a', 1],
      ['bc', 2],
    ],
  ],
  [
    'a\r\nb\r\n',
    [
      ['a', 1],
      ['b', 2],
    ],
  ],
  ['\n\r\n\na', [['a', 4]]],
  ['a\n\n\r\n', [['a', 1]]],
  ['a\rb', [['a\rb', 1]]],
])('the lines of %j are those that are not blank, with their numbers', (text, expected) => {
  const content = Buffer.from(text);
  const lines = [...lineRanges(content)].map(([start, end, line]) => [
    content.toString('utf8', start, end),
    line,
  ]);
  expect(lines).toEqual(expected);
});

test.each([
  ['/chat/completions', '/chat/completions'],
  ['/v1/chat/completions', '/chat/completions'],
  ['/openai/v1/chat/completions', '/chat/completions'],
  ['/v1', '/v1'],
  ['/v1beta/chat/completions', '/v1beta/chat/completions'],
  ['/chat/v1/completions', '/chat/v1/completions'],
])('the endpoint of %s is %s', (url, endpoint) => {
  expect(withoutVersion(url)).toBe(endpoint);
});
