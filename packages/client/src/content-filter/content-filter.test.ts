import { APIError } from 'openai';
import { describe, expect, test } from 'vitest';
import { contentFilter } from './content-filter.ts';

// Bodies of the shapes in docs/wire/errors.md#4.4 and docs/wire/streams.md#6; each names where the shape was seen.

const safe = {
  hate: { filtered: false, severity: 'safe' },
  self_harm: { filtered: false, severity: 'safe' },
  sexual: { filtered: false, severity: 'safe' },
  violence: { filtered: false, severity: 'safe' },
};

const promptRefused = {
  error: {
    message:
      "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    type: null,
    param: 'prompt',
    code: 'content_filter',
    status: 400,
    innererror: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_result: {
        ...safe,
        jailbreak: { filtered: false, detected: false },
        violence: { filtered: true, severity: 'medium' },
      },
    },
  },
};

const imageRefused = {
  error: {
    inner_error: {
      code: 'ResponsibleAIPolicyViolation',
      content_filter_results: { ...safe, jailbreak: { detected: true, filtered: true } },
    },
    code: 'content_filter',
    message: 'Refused.',
    param: 'prompt',
    type: null,
  },
};

const responsesRefused = {
  error: {
    message: 'Refused.',
    type: 'invalid_request_error',
    param: 'prompt',
    code: 'content_filter',
    content_filters: [
      {
        blocked: true,
        source_type: 'prompt',
        content_filter_results: { jailbreak: { detected: true, filtered: true } },
        content_filter_offsets: { start_offset: 0, end_offset: 5608, check_offset: 0 },
      },
    ],
  },
};

const thrown = (body: object) => APIError.generate(400, body, undefined, new Headers());

describe('contentFilter of an error', () => {
  test('reads innererror and content_filter_result of a refused chat prompt', () => {
    const verdict = contentFilter(thrown(promptRefused));
    expect(verdict).toMatchObject({ blocked: true, filtered: true, source: 'prompt' });
    expect(verdict.prompt.violence).toEqual({ filtered: true, severity: 'medium' });
    expect(verdict.findings).toEqual([
      { source: 'prompt', category: 'violence', index: 0, filtered: true, severity: 'medium' },
    ]);
  });

  test('reads inner_error and content_filter_results of a refused image prompt', () => {
    const verdict = contentFilter(thrown(imageRefused));
    expect(verdict).toMatchObject({ blocked: true, source: 'prompt' });
    expect(verdict.prompt.jailbreak).toEqual({ filtered: true, detected: true });
  });

  test('reads content_filters of a refused Responses input', () => {
    const verdict = contentFilter(thrown(responsesRefused));
    expect(verdict).toMatchObject({ blocked: true, source: 'prompt' });
    expect(verdict.findings.map((finding) => finding.category)).toEqual(['jailbreak']);
  });

  test.each([
    ['a body', promptRefused],
    ['an error whose cause is the SDK error', new Error('outer', { cause: thrown(promptRefused) })],
    [
      'an error that keeps the body as text',
      Object.assign(new Error('AI SDK'), { responseBody: JSON.stringify(promptRefused) }),
    ],
    ['an error that keeps the parsed body', Object.assign(new Error('AI SDK'), { data: promptRefused })],
    [
      'an error that keeps the last of several',
      Object.assign(new Error('retries'), { lastError: thrown(promptRefused) }),
    ],
  ])('finds it in %s', (_, value) => {
    expect(contentFilter(value).blocked).toBe(true);
  });

  test.each([
    ['another error of the service', thrown({ error: { code: 'DeploymentNotFound', message: 'No.' } })],
    ['an error of ours', new Error('no')],
    ['a body that is not JSON', Object.assign(new Error('no'), { responseBody: '<html>' })],
    ['nothing', undefined],
    ['a string', 'content_filter'],
  ])('blocks nothing for %s', (_, value) => {
    expect(contentFilter(value)).toMatchObject({ blocked: false, filtered: false, source: undefined });
  });

  test('follows a cause that is its own cause to an end', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(contentFilter(error).blocked).toBe(false);
  });
});

describe('contentFilter of a completion', () => {
  const completion = (finishReason: string, results: object, promptResults: object = safe) => ({
    choices: [
      {
        index: 0,
        finish_reason: finishReason,
        content_filter_results: results,
        message: { role: 'assistant', content: 'x' },
      },
    ],
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: promptResults }],
  });

  test('finds nothing in a clean answer, and says what was looked at', () => {
    const verdict = contentFilter(completion('stop', safe));
    expect(verdict).toMatchObject({ blocked: false, filtered: false, findings: [] });
    expect(verdict.completion.hate).toEqual({ filtered: false, severity: 'safe' });
    expect(verdict.prompt.hate).toEqual({ filtered: false, severity: 'safe' });
  });

  test('is blocked by the finish reason', () => {
    const verdict = contentFilter(
      completion('content_filter', { ...safe, hate: { filtered: true, severity: 'high' } }),
    );
    expect(verdict).toMatchObject({ blocked: true, source: 'completion' });
    expect(verdict.completion.hate?.severity).toBe('high');
  });

  test('is blocked by the finish reason also when no category says why', () => {
    expect(contentFilter(completion('content_filter', {}))).toMatchObject({
      blocked: true,
      filtered: true,
      source: 'completion',
      findings: [],
    });
  });

  test('lists what was detected without being filtered', () => {
    const verdict = contentFilter(
      completion('stop', safe, { ...safe, jailbreak: { filtered: false, detected: true } }),
    );
    expect(verdict.blocked).toBe(false);
    expect(verdict.findings).toEqual([
      { source: 'prompt', category: 'jailbreak', index: 0, filtered: false, detected: true },
    ]);
  });

  test('reads blocklists as an array and as an object', () => {
    const list = [
      { filtered: true, id: 'names' },
      { filtered: false, id: 'other' },
    ];
    const array = contentFilter(completion('content_filter', { custom_blocklists: list }));
    const object = contentFilter(
      completion('content_filter', { custom_blocklists: { filtered: true, details: list } }),
    );
    expect(array.completion.custom_blocklists).toEqual({ filtered: true, matches: ['names'] });
    expect(object.completion.custom_blocklists).toEqual({ filtered: true, matches: ['names'] });
  });

  test('keeps the citation of protected code', () => {
    const verdict = contentFilter(
      completion('stop', {
        protected_material_code: {
          filtered: false,
          detected: true,
          citation: { license: 'MIT', URL: 'https://example.com/code' },
        },
      }),
    );
    expect(verdict.completion.protected_material_code?.citation).toEqual({
      license: 'MIT',
      url: 'https://example.com/code',
    });
  });

  test('reads the kinds of personal data', () => {
    const verdict = contentFilter(
      completion('stop', {
        personally_identifiable_information: {
          redacted_text: '***',
          sub_categories: [{ sub_category: 'Email', detected: true, filtered: false }],
        },
      }),
    );
    expect(verdict.completion.personally_identifiable_information?.matches).toEqual(['Email']);
  });

  test('says when a filter could not run', () => {
    const verdict = contentFilter(
      completion('stop', {
        error: { code: 'content_filter_error', message: 'The contents are not filtered' },
      }),
    );
    expect(verdict.unchecked).toEqual([
      { code: 'content_filter_error', message: 'The contents are not filtered' },
    ]);
    expect(verdict.completion).toEqual({});
  });

  test('keeps choices and prompts apart in the findings and merges them in the sums', () => {
    const verdict = contentFilter({
      choices: [
        {
          index: 0,
          finish_reason: 'stop',
          content_filter_results: { hate: { filtered: false, severity: 'low' } },
        },
        {
          index: 1,
          finish_reason: 'content_filter',
          content_filter_results: { hate: { filtered: true, severity: 'medium' } },
        },
      ],
    });
    expect(verdict.findings.map(({ index, severity }) => [index, severity])).toEqual([
      [0, 'low'],
      [1, 'medium'],
    ]);
    expect(verdict.completion.hate).toEqual({ filtered: true, severity: 'medium' });
  });

  test('reads generated images', () => {
    const verdict = contentFilter({
      data: [
        {
          url: 'https://example.com/1.png',
          content_filter_results: safe,
          prompt_filter_results: { ...safe, profanity: { filtered: false, detected: true } },
        },
      ],
    });
    expect(verdict.findings.map(({ source, category }) => [source, category])).toEqual([
      ['prompt', 'profanity'],
    ]);
  });
});

describe('contentFilter of a stream', () => {
  const annotation = (results: object, finishReason: string | null = null) => ({
    choices: [
      {
        content_filter_offsets: { check_offset: 140, start_offset: 140, end_offset: 259 },
        content_filter_results: results,
        finish_reason: finishReason,
        index: 0,
      },
    ],
    created: 0,
    id: '',
    model: '',
    object: '',
  });
  const delta = (content: string, results?: object) => ({
    choices: [
      {
        delta: { content },
        finish_reason: null,
        index: 0,
        ...(results && { content_filter_results: results }),
      },
    ],
  });
  const stop = { choices: [{ delta: {}, finish_reason: 'stop', index: 0, content_filter_results: {} }] };
  const prompts = {
    choices: [],
    prompt_filter_results: [
      { prompt_index: 0, content_filter_results: { ...safe, hate: { filtered: false, severity: 'low' } } },
    ],
  };
  const usage = { choices: [], usage: { total_tokens: 3 } };

  const live = async function* (chunks: readonly object[], failure?: Error) {
    yield* chunks;
    if (failure !== undefined) throw failure;
  };

  test('merges all chunks; the empty result of the last one hides nothing', async () => {
    const chunks = [
      prompts,
      delta('a', safe),
      delta('b', { hate: { filtered: false, severity: 'medium' } }),
      stop,
    ];
    const verdict = await contentFilter(live(chunks));
    expect(verdict.completion.hate).toEqual({ filtered: false, severity: 'medium' });
    expect(verdict.prompt.hate).toEqual({ filtered: false, severity: 'low' });
    expect(verdict.blocked).toBe(false);
    expect(contentFilter(chunks)).toEqual(verdict);
  });

  test('reads annotation chunks without a delta; a violation found after the end is filtered, not blocked', () => {
    const chunks = [
      delta('a'),
      annotation({ ...safe }),
      stop,
      annotation({ violence: { filtered: true, severity: 'high' } }),
      usage,
    ];
    expect(contentFilter(chunks)).toMatchObject({ blocked: false, filtered: true, source: 'completion' });
  });

  test('an annotation with the finish reason content_filter blocks', () => {
    const chunks = [
      delta('a'),
      annotation({ sexual: { filtered: true, severity: 'high' } }, 'content_filter'),
    ];
    expect(contentFilter(chunks)).toMatchObject({ blocked: true, source: 'completion' });
  });

  test('reads the events of a Responses stream', () => {
    const verdict = contentFilter([
      { type: 'response.output_text.delta', delta: 'x', sequence_number: 1 },
      {
        type: 'response.incomplete',
        response: {
          status: 'incomplete',
          incomplete_details: { reason: 'content_filter' },
          content_filters: [
            { blocked: false, source_type: 'prompt', content_filter_results: safe },
            {
              blocked: true,
              source_type: 'completion',
              content_filter_results: { sexual: { filtered: true, severity: 'high' } },
            },
          ],
        },
      },
    ]);
    expect(verdict).toMatchObject({ blocked: true, source: 'completion' });
    expect(verdict.completion.sexual?.severity).toBe('high');
  });

  test('a stream that the filter ended with an error has a verdict', async () => {
    expect(await contentFilter(live([delta('a')], thrown(promptRefused)))).toMatchObject({ blocked: true });
  });

  test('any other failure of the stream is thrown as it is', async () => {
    const failure = new Error('socket');
    await expect(contentFilter(live([delta('a')], failure))).rejects.toBe(failure);
  });
});
