import { describe, expect, test } from 'vitest';
import { choosePolicy } from './filter-policy.ts';
import { harmlessCompletion, harmlessPrompt, isFiltered } from './filter-results.ts';
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
    ['mock-filter:prompt:profanity', { profanity: { detected: true, filtered: true } }],
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
      expect(isFiltered(judgePrompt({}, text))).toBe(false);
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

  test('finds the words of a blocklist in any case', () => {
    const policy = { blocklists: { project: ['Manhattan', 'Apollo'], other: ['nothing'] } };
    expect(judgePrompt(policy, 'about APOLLO').custom_blocklists).toEqual([
      { filtered: true, id: 'project' },
    ]);
  });
});

describe('judgeCompletion', () => {
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

test('a policy is chosen by the request, then by the deployment, then by default', () => {
  const policies = { policies: { strict: { jailbreak: 'off' as const } }, deployments: { chat: 'strict' } };
  expect(choosePolicy(policies, 'Asynchronous_filter', 'chat')).toEqual({ mode: 'asynchronous' });
  expect(choosePolicy(policies, undefined, 'chat')).toEqual({ jailbreak: 'off' });
  expect(choosePolicy(policies, 'nobody-knows', 'other')).toEqual({});
  expect(choosePolicy(policies, 'constructor', '__proto__')).toEqual({});
});
