import fc from 'fast-check';
import { expect, test } from 'vitest';
import { handedOut, saysUnkept } from './handed-out.ts';
import { keyOfEncrypted } from './references.ts';

const kept = (answer: unknown) => [...handedOut(JSON.stringify(answer), { isKept: true })];

test('finds the ids of an answer, whatever they begin with', () => {
  const answer = {
    id: 'resp_1234',
    conversation: { id: 'conv_1234' },
    output: [
      { id: 'rs_1234', type: 'reasoning', encrypted_content: 'gAAAAABx' },
      { id: 'ci_1234', type: 'code_interpreter_call', container_id: 'cntr_1234' },
      { id: 'fc_1234', type: 'function_call', call_id: 'call_1234', arguments: '{"id":"mine-1234"}' },
      { annotations: [{ file_id: 'assistant-1234', filename: 'a.txt' }] },
    ],
  };
  expect(kept(answer)).toEqual([
    'resp_1234',
    'conv_1234',
    'rs_1234',
    keyOfEncrypted('gAAAAABx'),
    'ci_1234',
    'cntr_1234',
    'fc_1234',
    'assistant-1234',
  ]);
});

test('of an answer that is not kept finds only what outlives it', () => {
  const text = JSON.stringify({
    id: 'resp_1234',
    store: false,
    output: [
      { id: 'rs_1234', encrypted_content: 'gAAAAABx' },
      { id: 'ci_1234', container_id: 'cntr_1234' },
    ],
  });
  expect(saysUnkept(text)).toBe(true);
  expect([...handedOut(text, { isKept: false })]).toEqual([
    'resp_1234',
    keyOfEncrypted('gAAAAABx'),
    'cntr_1234',
  ]);
});

test.each([
  ['{"store":false}', true],
  ['{"store" : false}', true],
  ['{"store":\n  false}', true],
  ['{"store":true}', false],
  ['{"restore":false}', false],
  [String.raw`{"text":"\"store\":false"}`, false],
])('%s says that nothing is kept: %s', (text, isSo) => {
  expect(saysUnkept(text)).toBe(isSo);
});

test('finds the files that a training has written', () => {
  expect(kept({ object: 'fine_tuning.job', result_files: ['file-1234', 'file-5678'] })).toEqual([
    'file-1234',
    'file-5678',
  ]);
});

test('finds nothing in names, in what callers filled themselves and in calls of tools', () => {
  const answer = {
    id: 'gpt',
    metadata: { file_id: 'file-1234', note: 'a } and a \\" in it', id: 'resp_9999' },
    attributes: { id: 'file-4321' },
    prompt: { variables: { file_id: 'file-9999' } },
    tool_calls: [{ id: 'call_1234' }],
    text: '"id":"resp_5678"',
  };
  expect(kept(answer)).toEqual([]);
});

test('gives what was put in for any answer, and never throws', () => {
  const id = fc
    .stringMatching(/^[a-z]{2,10}[-_][A-Za-z0-9]{4,40}$/)
    .filter((each) => !each.startsWith('call_'));
  fc.assert(
    fc.property(fc.array(id, { maxLength: 8 }), fc.json(), (all, noise) => {
      const answer = `{"noise":${JSON.stringify(noise)},"data":${JSON.stringify(all.map((each) => ({ id: each })))}}`;
      expect([...handedOut(answer, { isKept: true })]).toEqual(all);
      expect(() => [...handedOut(noise, { isKept: true })]).not.toThrow();
    }),
  );
});
