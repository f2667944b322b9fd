import { describe, expect, test } from 'vitest';
import type { Detector, FilterPolicy, Threshold } from './filter-policy.ts';
import {
  harmlessCompletion,
  harmlessPrompt,
  isFiltered,
  mergeResults,
  type Severity,
} from './filter-results.ts';
import { judgeCompletion, judgePrompt } from './judge.ts';

describe('judgePrompt', () => {
  test('finds nothing in ordinary text', () => {
    expect(judgePrompt({}, 'How do I kill a process?')).toBe(harmlessPrompt);
    expect(isFiltered(harmlessPrompt)).toBe(false);
  });

  test.each([
    ['mock-filter:prompt:violence', { violence: { filtered: true, severity: 'medium' } }],
    ['mock-filter:prompt:hate:low', { hate: { filtered: false, severity: 'low' } }],
    ['mock-filter:prompt:jailbreak', { jailbreak: { detected: true, filtered: true } }],
    ['mock-filter:prompt:indirect_attack', { indirect_attack: { detected: true, filtered: true } }],
    ['mock-filter:prompt:hate:safe', { hate: { filtered: false, severity: 'safe' } }],
    ['mock-filter:prompt:hate:very', { hate: { filtered: true, severity: 'medium' } }],
    ['mock-filter:prompt:profanity', { profanity: { detected: true, filtered: true } }],
    [
      'mock-filter:prompt:personally_identifiable_information',
      { personally_identifiable_information: { detected: true, filtered: true } },
    ],
    [
      'mock-filter:prompt:blocklist:secret-names',
      { custom_blocklists: [{ filtered: true, id: 'secret-names' }] },
    ],
    [
      'mock-filter:prompt:error',
      { error: { code: 'content_filter_error', message: 'The contents are not filtered' } },
    ],
  ])('obeys the phrase %s', (text, found) => {
    expect(judgePrompt({}, `Please ${text} now`)).toEqual({ ...harmlessPrompt, ...found });
  });

  test.each([
    ['how do I rob a bank with violence?', 'violence'],
    ['You are helpful.\nHow do I rob a bank?', 'violence'],
    ['How can I create a bomb?', 'violence'],
    ['How can I poison myself?', 'self_harm'],
  ])('blocks %j, which the tests of clients ask, for %s', (text, category) => {
    const found = { [category]: { filtered: true, severity: 'medium' } };
    expect(judgePrompt({}, text)).toEqual({ ...harmlessPrompt, ...found });
    expect(isFiltered(judgePrompt({ prompt: { [category]: 'off' } }, text))).toBe(false);
  });

  test.each(['Three men rob a bank in this film.', 'How can I create a bombastic speech?'])(
    'finds none in %j',
    (text) => {
      expect(isFiltered(judgePrompt({}, text))).toBe(false);
    },
  );

  test.each(['mock-filter:prompt:nope', 'mock-filter:completion:hate', 'mock-filter:', 'filter:prompt:hate'])(
    'ignores %s',
    (text) => {
      expect(judgePrompt({}, text)).toEqual(harmlessPrompt);
    },
  );

  test('filters from the threshold of the policy on', () => {
    const text = 'mock-filter:prompt:violence:medium';
    expect(isFiltered(judgePrompt({ prompt: { violence: 'high' } }, text))).toBe(false);
    expect(isFiltered(judgePrompt({ prompt: { violence: 'off' } }, 'mock-filter:prompt:violence:high'))).toBe(
      false,
    );
    expect(isFiltered(judgePrompt({ prompt: { violence: 'low' } }, 'mock-filter:prompt:violence:low'))).toBe(
      true,
    );
    expect(isFiltered(judgePrompt({ jailbreak: 'annotate' }, 'mock-filter:prompt:jailbreak'))).toBe(false);
  });

  // The severities that are filtered from each threshold on.
  test.each<[Threshold | undefined, readonly Severity[]]>([
    ['low', ['low', 'medium', 'high']],
    ['medium', ['medium', 'high']],
    [undefined, ['medium', 'high']],
    ['high', ['high']],
    ['off', []],
  ])('with a threshold of %s filters %j', (threshold, filtered) => {
    const severities = ['safe', 'low', 'medium', 'high'] as const;
    const policy = threshold === undefined ? {} : { prompt: { sexual: threshold } };
    const found = severities.map(
      (severity) => judgePrompt(policy, `mock-filter:prompt:sexual:${severity}`).sexual,
    );
    expect(found).toEqual(
      severities.map((severity) => ({ filtered: filtered.includes(severity), severity })),
    );
  });

  test('takes a severity that there is not for a medium one', () => {
    expect(judgePrompt({}, 'mock-filter:prompt:hate:extreme').hate).toEqual({
      filtered: true,
      severity: 'medium',
    });
  });

  test('finds each phrase of a text', () => {
    const text =
      'mock-filter:prompt:hate:low and mock-filter:prompt:self_harm:high, mock-filter:prompt:jailbreak';
    expect(judgePrompt({}, text)).toEqual({
      ...harmlessPrompt,
      hate: { filtered: false, severity: 'low' },
      jailbreak: { detected: true, filtered: true },
      self_harm: { filtered: true, severity: 'high' },
    });
  });

  test('names a list and a topic that have no name', () => {
    const { custom_blocklists: lists, custom_topics: topics } = judgePrompt(
      {},
      'mock-filter:prompt:blocklist mock-filter:prompt:topic',
    );
    expect(lists).toEqual([{ filtered: true, id: 'blocklist' }]);
    expect(topics).toEqual({ details: [{ detected: true, id: 'topic' }], filtered: true });
  });

  test('says of an answer only what its sources do not support', () => {
    expect(judgePrompt({}, 'mock-filter:prompt:ungrounded_material')).toEqual(harmlessPrompt);
  });

  test('lets a script win over lists, and lists over phrases', () => {
    const policy = { blocklists: { names: ['apollo'] } };
    const text = 'apollo mock-filter:prompt:blocklist:other mock-filter:prompt:violence';
    expect(judgePrompt(policy, text).custom_blocklists).toEqual([{ filtered: true, id: 'names' }]);
    const scripted = judgePrompt(policy, text, { custom_blocklists: [] });
    expect([scripted.custom_blocklists, scripted.violence?.filtered]).toEqual([[], true]);
  });

  test('finds the words of a blocklist in any case', () => {
    const policy = { blocklists: { project: ['Manhattan', 'Apollo'], other: ['nothing'] } };
    expect(judgePrompt(policy, 'about APOLLO').custom_blocklists).toEqual([
      { filtered: true, id: 'project' },
    ]);
  });
});

/** What a detector says, by what the policy wants of it; the first is what it does by default. */
test.each<[string, keyof FilterPolicy, readonly Detector[]]>([
  ['jailbreak', 'jailbreak', ['block', 'annotate', 'off']],
  ['indirect_attack', 'indirectAttack', ['block', 'annotate', 'off']],
  ['protected_material_text', 'protectedMaterialText', ['block', 'annotate', 'off']],
  ['protected_material_code', 'protectedMaterialCode', ['annotate', 'block', 'off']],
])('%s is filtered, reported or left out as %s says', (kind, option, [usual, ...others]) => {
  const found = (policy: FilterPolicy) => {
    const { results } = judgeCompletion(policy, { prompt: `mock-filter:completion:${kind}`, answer: '' });
    const verdict = results[kind as 'jailbreak'];
    return verdict?.detected === true ? (verdict.filtered ? 'block' : 'annotate') : 'off';
  };
  expect(found({})).toBe(usual);
  expect(others.map((detector) => found({ [option]: detector }))).toEqual(others);
});

test('code that is protected names where it was seen, and nothing else does', () => {
  const prompt =
    'mock-filter:completion:protected_material_code mock-filter:completion:protected_material_text';
  const { results } = judgeCompletion({}, { prompt, answer: '' });
  expect(results.protected_material_code).toEqual({
    citation: { URL: 'https://github.com/example/repository', license: 'NOASSERTION' },
    detected: true,
    filtered: false,
  });
  expect(results.protected_material_text).toEqual({ detected: true, filtered: true });
});

test.each([
  [harmlessPrompt, false],
  [{ hate: { filtered: true, severity: 'high' as const } }, true],
  [{ custom_blocklists: [{ filtered: false, id: 'one' }] }, false],
  [
    {
      custom_blocklists: [
        { filtered: false, id: 'one' },
        { filtered: true, id: 'two' },
      ],
    },
    true,
  ],
  [{ error: { code: 'content_filter_error', message: 'The contents are not filtered' } }, false],
])('%j is filtered: %s', (results, expected) => {
  expect(isFiltered(results)).toBe(expected);
});

test('results go over others by name, in the order of the wire, and nothing changes them where there are none', () => {
  expect(mergeResults(harmlessPrompt, undefined)).toBe(harmlessPrompt);
  const over = {
    violence: { filtered: true, severity: 'high' as const },
    error: { code: 'c', message: 'm' },
  };
  const merged = mergeResults({ jailbreak: { detected: false, filtered: false } }, over);
  expect(JSON.stringify(merged)).toBe(
    '{"error":{"code":"c","message":"m"},"jailbreak":{"detected":false,"filtered":false},"violence":{"filtered":true,"severity":"high"}}',
  );
});

describe('judgeCompletion', () => {
  test('measures an answer by the thresholds for answers, and takes no question for one', () => {
    const policy: FilterPolicy = { prompt: { hate: 'off' }, completion: { hate: 'low' } };
    const prompt = 'How do I rob a bank? mock-filter:completion:hate:low';
    expect(judgeCompletion(policy, { prompt, answer: 'x' })).toEqual({
      results: { ...harmlessCompletion, hate: { filtered: true, severity: 'low' } },
    });
    expect(judgePrompt(policy, 'mock-filter:prompt:hate:high').hate?.filtered).toBe(false);
  });

  test('says where the first word of any list begins, also at the very beginning', () => {
    const policy = { blocklists: { late: ['gamma', 'beta'], early: ['delta', 'ALPHA'], none: ['omega'] } };
    const judge = (answer: string) => judgeCompletion(policy, { prompt: '', answer });
    expect(judge('Alpha beta gamma')).toMatchObject({
      matchAt: 0,
      results: {
        custom_blocklists: [
          { filtered: true, id: 'late' },
          { filtered: true, id: 'early' },
        ],
      },
    });
    expect(judge('see gamma, then beta').matchAt).toBe(4);
    expect(judge('nothing')).toEqual({ results: harmlessCompletion });
  });

  test('obeys phrases in the prompt and finds blocklisted words in the answer', () => {
    const policy = { blocklists: { fruit: ['banana'] } };
    const prompt = 'mock-filter:completion:protected_material_code';
    const { results, matchAt } = judgeCompletion(policy, { prompt, answer: 'A banana' });
    expect(results.protected_material_code).toMatchObject({ detected: true, filtered: false });
    expect(results.custom_blocklists).toEqual([{ filtered: true, id: 'fruit' }]);
    expect(matchAt).toBe(2);
  });

  test.each([
    ['topic:finance', { custom_topics: { details: [{ detected: true, id: 'finance' }], filtered: true } }],
    [
      'personally_identifiable_information',
      { personally_identifiable_information: { detected: true, filtered: true } },
    ],
    [
      'ungrounded_material',
      {
        ungrounded_material: {
          details: [{ completion_end_offset: 3, completion_start_offset: 0 }],
          detected: true,
          filtered: false,
        },
      },
    ],
  ])('finds %s in an answer, in the shape of the spec', (kind, found) => {
    const { results } = judgeCompletion({}, { prompt: `mock-filter:completion:${kind}`, answer: 'A 😀' });
    expect(results).toEqual({ ...harmlessCompletion, ...found });
  });

  test('keeps the order of the wire and lets a script win', () => {
    const scripted = { violence: { filtered: true, severity: 'high' as const }, custom_blocklists: [] };
    const { results } = judgeCompletion({}, { prompt: '', answer: 'x' }, scripted);
    expect(Object.keys(results)).toEqual(['custom_blocklists', ...Object.keys(harmlessCompletion)]);
    expect(results.violence).toEqual({ filtered: true, severity: 'high' });
  });
});
