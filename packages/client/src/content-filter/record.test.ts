import { describe, expect, test } from 'vitest';
import { contentFilter } from './content-filter.ts';

// What is read where: shapes that differ by api-version and by operation (docs/wire/errors.md#4.4, docs/wire/streams.md#6).

const low = { hate: { filtered: false, severity: 'low' } };
const high = { hate: { filtered: true, severity: 'high' } };

/** Where the findings are: source, index and category. */
const places = (answer: unknown) =>
  contentFilter(answer).findings.map(({ source, index, category }) => `${source} ${index} ${category}`);

describe('contentFilter finds', () => {
  test.each<[string, unknown, string[]]>([
    [
      'a prompt by its index',
      { prompt_filter_results: [{ prompt_index: 2, content_filter_results: low }] },
      ['prompt 2 hate'],
    ],
    [
      'a prompt without an index as the first',
      { prompt_filter_results: [{ content_filter_results: low }] },
      ['prompt 0 hate'],
    ],
    [
      'prompts of very old api-versions',
      { prompt_annotations: [{ prompt_index: 1, content_filter_results: low }] },
      ['prompt 1 hate'],
    ],
    [
      'results under a name in the singular',
      { choices: [{ index: 1, content_filter_result: low }] },
      ['completion 1 hate'],
    ],
    [
      'a choice whose index is no number',
      { choices: [{ index: '1', content_filter_results: low }] },
      ['completion 0 hate'],
    ],
    [
      'each of several pictures',
      {
        data: [{ content_filter_results: low }, { content_filter_results: high, prompt_filter_results: low }],
      },
      ['prompt 1 hate', 'completion 0 hate', 'completion 1 hate'],
    ],
    [
      'the input of a response',
      { content_filters: [{ source_type: 'prompt', content_filter_results: low }] },
      ['prompt 0 hate'],
    ],
    [
      'the output of a response',
      { content_filters: [{ source_type: 'completion', content_filter_results: low }] },
      ['completion 0 hate'],
    ],
    [
      'the response in an event',
      { type: 'response.completed', response: { content_filters: [{ content_filter_results: low }] } },
      ['completion 0 hate'],
    ],
    [
      'nothing in what is no list',
      { choices: { content_filter_results: low }, data: 7, prompt_filter_results: 'x' },
      [],
    ],
    ['nothing in items that are none', { choices: [null, 7, [low]], data: ['x'] }, []],
    [
      'nothing in results that are none',
      {
        choices: [
          { content_filter_results: [low] },
          { content_filter_results: { hate: 'high', error: null } },
        ],
      },
      [],
    ],
  ])('%s', (_, answer, found) => {
    expect(places(answer)).toEqual(found);
  });
});

describe('contentFilter says that something was', () => {
  const refused = (error: object) => ({ error: { message: 'Refused.', ...error } });

  test.each<[string, unknown, object]>([
    [
      'blocked: a code',
      refused({ code: 'content_filter' }),
      { blocked: true, filtered: true, source: 'prompt' },
    ],
    ['blocked: the code of images', refused({ code: 'contentFilter' }), { blocked: true, source: 'prompt' }],
    [
      'blocked: a policy',
      refused({ code: 'x', innererror: { code: 'ResponsibleAIPolicyViolation' } }),
      { blocked: true, source: 'prompt' },
    ],
    [
      'blocked: a policy, spelled otherwise',
      refused({ inner_error: { code: 'ResponsibleAIPolicyViolation' } }),
      { blocked: true, source: 'prompt' },
    ],
    [
      'not blocked: another reason',
      refused({ code: 'x', innererror: { code: 'y', content_filter_result: high } }),
      { blocked: false, filtered: false, findings: [] },
    ],
    [
      'blocked: an answer that had begun',
      refused({ code: 'content_filter', content_filters: [{ blocked: true, source_type: 'completion' }] }),
      { blocked: true, source: 'completion' },
    ],
    [
      'blocked: the end of a choice',
      { choices: [{ finish_reason: 'content_filter' }] },
      { blocked: true, source: 'completion' },
    ],
    [
      'not blocked: a choice that came to its end',
      { choices: [{ finish_reason: 'stop', content_filter_results: high }] },
      { blocked: false, filtered: true, source: 'completion' },
    ],
    [
      'blocked: an incomplete response',
      { incomplete_details: { reason: 'content_filter' } },
      { blocked: true, source: 'completion' },
    ],
    [
      'not blocked: a response that is too long',
      { incomplete_details: { reason: 'max_output_tokens' } },
      { blocked: false, source: undefined },
    ],
    [
      'blocked: a filter of the input',
      { content_filters: [{ blocked: true, source_type: 'prompt' }] },
      { blocked: true, source: 'prompt' },
    ],
    [
      'not blocked: a filter that let it pass',
      { content_filters: [{ blocked: false, source_type: 'prompt', content_filter_results: low }] },
      { blocked: false, filtered: false, source: undefined },
    ],
  ])('%s', (_, answer, verdict) => {
    expect(contentFilter(answer)).toMatchObject(verdict);
  });

  test('of a prompt and an answer that both were, the prompt is the source', () => {
    const prompt = { prompt_filter_results: [{ content_filter_results: high }] };
    const blocked = { choices: [{ finish_reason: 'content_filter', content_filter_results: high }] };
    expect(contentFilter([blocked, prompt])).toMatchObject({
      blocked: true,
      filtered: true,
      source: 'prompt',
    });
    expect(contentFilter([blocked]).source).toBe('completion');
    const passed = { prompt_filter_results: [{ content_filter_results: low }] };
    expect(contentFilter([passed, blocked]).source).toBe('completion');
  });

  test('what was found is listed, and what is safe is not', () => {
    const results = {
      hate: { filtered: false, severity: 'safe' },
      sexual: { filtered: false, severity: 'low' },
      violence: { filtered: true },
      jailbreak: { filtered: false, detected: false },
      indirect_attack: { filtered: false, detected: true },
      profanity: { filtered: false },
    };
    expect(places({ choices: [{ content_filter_results: results }] })).toEqual([
      'completion 0 sexual',
      'completion 0 violence',
      'completion 0 indirect_attack',
    ]);
  });
});

describe('contentFilter of an error that holds another', () => {
  const refused = { error: { code: 'content_filter', message: 'Refused.' } };

  /** So many errors around a body of a refusal. */
  function around(depth: number, field: 'cause' | 'lastError'): Error {
    let error: unknown = refused.error;
    for (let level = 0; level < depth; level += 1)
      error = Object.assign(new Error('outer'), { [field]: error });
    return error as Error;
  }

  test.each(['cause', 'lastError'] as const)('looks through seven of them, by `%s`', (field) => {
    expect([1, 7, 8].map((depth) => contentFilter(around(depth, field)).blocked)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('takes the body before the text of it, and counts nothing twice', () => {
    const results = {
      error: {
        code: 'content_filter',
        innererror: { content_filter_result: { error: { code: 1, message: 'Down.' } } },
      },
    };
    const error = Object.assign(new Error('outer'), results, {
      cause: Object.assign(new Error('inner'), results),
    });
    expect(contentFilter(error)).toMatchObject({
      blocked: true,
      unchecked: [{ code: '1', message: 'Down.' }],
    });
  });

  test.each([
    ['data that is none', { data: 'x' }],
    ['a body that is no text', { responseBody: refused }],
    ['a text that is no object', { responseBody: '7' }],
    ['an error of another kind', { error: { code: 'x' } }],
  ])('finds nothing in %s', (_, fields) => {
    expect(contentFilter(Object.assign(new Error('outer'), fields)).blocked).toBe(false);
  });
});
