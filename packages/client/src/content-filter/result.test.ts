import { describe, expect, test } from 'vitest';
import { mergeResults, readResults } from './result.ts';
import type { ContentFilterResult } from './result.ts';

describe('readResults', () => {
  test.each<[string, unknown, object]>([
    [
      'a severity that is known',
      { filtered: false, severity: 'medium' },
      { filtered: false, severity: 'medium' },
    ],
    ['a severity that is not known', { filtered: true, severity: 'extreme' }, { filtered: true }],
    ['`filtered` that is no truth value', { filtered: 'yes', detected: 1 }, { filtered: false }],
    ['`detected`', { filtered: false, detected: false }, { filtered: false, detected: false }],
    ['an empty list', [], { filtered: false }],
    ['a list of what did not match', [{ id: 'a', filtered: false }], { filtered: false }],
    [
      'a list of what was found',
      [{ id: 'a', detected: true }, { id: 7, filtered: true }, 'x'],
      { filtered: true, matches: ['a'] },
    ],
    [
      'details',
      { filtered: true, details: [{ id: 'a', filtered: true }, { id: 'b' }] },
      { filtered: true, matches: ['a'] },
    ],
    ['details that are no list', { filtered: true, details: {} }, { filtered: true }],
    [
      'kinds',
      { filtered: false, sub_categories: [{ sub_category: 'Email', detected: true }] },
      { filtered: false, matches: ['Email'] },
    ],
    [
      'a citation',
      { filtered: false, citation: { license: 'MIT', URL: 'https://a.invalid' } },
      { filtered: false, citation: { license: 'MIT', url: 'https://a.invalid' } },
    ],
    [
      'a citation, spelled otherwise',
      { filtered: false, citation: { url: 'https://a.invalid', license: 7 } },
      { filtered: false, citation: { url: 'https://a.invalid' } },
    ],
    ['a citation that is none', { filtered: false, citation: 'x' }, { filtered: false }],
  ])('reads %s', (_, value, result) => {
    expect(readResults({ some: value })).toStrictEqual({ some: result });
  });

  test('an error is no category, and neither is what is no result', () => {
    expect(readResults({ error: { filtered: true }, hate: null, sexual: 'high' })).toEqual({});
    expect(readResults(undefined)).toEqual({});
    expect(readResults([{ filtered: true }])).toEqual({});
  });
});

describe('mergeResults', () => {
  const merged = (a: ContentFilterResult, b: ContentFilterResult) => {
    const results = { hate: a };
    mergeResults(results, { hate: b });
    return results.hate;
  };

  test.each<[ContentFilterResult, ContentFilterResult, ContentFilterResult]>([
    [{ filtered: false }, { filtered: true }, { filtered: true }],
    [{ filtered: false }, { filtered: false }, { filtered: false }],
    [
      { filtered: false, severity: 'high' },
      { filtered: false, severity: 'safe' },
      { filtered: false, severity: 'high' },
    ],
    [
      { filtered: false, severity: 'low' },
      { filtered: false, severity: 'medium' },
      { filtered: false, severity: 'medium' },
    ],
    [{ filtered: false }, { filtered: false, severity: 'low' }, { filtered: false, severity: 'low' }],
    [
      { filtered: false, detected: false },
      { filtered: false, detected: true },
      { filtered: false, detected: true },
    ],
    [{ filtered: false, detected: false }, { filtered: false }, { filtered: false, detected: false }],
    [
      { filtered: true, matches: ['a', 'b'] },
      { filtered: true, matches: ['b', 'c'] },
      { filtered: true, matches: ['a', 'b', 'c'] },
    ],
    [{ filtered: true, matches: ['a'] }, { filtered: true }, { filtered: true, matches: ['a'] }],
    [
      { filtered: false, citation: { url: 'a' } },
      { filtered: false },
      { filtered: false, citation: { url: 'a' } },
    ],
  ])('of %j and %j stays the worse', (a, b, worse) => {
    expect(merged(a, b)).toStrictEqual(worse);
    expect(merged(b, a)).toMatchObject({
      ...worse,
      ...(worse.matches && { matches: expect.arrayContaining([...worse.matches]) as string[] }),
    });
  });

  test('of two citations the later one stays', () => {
    const [a, b] = [
      { filtered: false, citation: { url: 'a' } },
      { filtered: false, citation: { url: 'b' } },
    ];
    expect(merged(a, b).citation).toEqual({ url: 'b' });
  });

  test('what is new is added, and what is missing takes nothing away', () => {
    const results: Record<string, ContentFilterResult> = { hate: { filtered: true } };
    mergeResults(results, { sexual: { filtered: false, severity: 'low' }, newest: undefined });
    expect(results).toEqual({ hate: { filtered: true }, sexual: { filtered: false, severity: 'low' } });
  });
});
