import { expect, test } from 'vitest';
import { holds, itemsOf, judge, textOf } from './evaluation.ts';
import type { OperationRequest } from '../service/operation.ts';

const row = {
  item: { answer: 'Yes', deep: { count: 2, list: ['a'] }, none: null },
  sample: { output_text: 'yes, of course' },
};

test.each<[unknown, string]>([
  ['plain', 'plain'],
  ['{{item.answer}}', 'Yes'],
  ['{{ item.answer }}/{{sample.output_text}}', 'Yes/yes, of course'],
  ['{{item.answer}} {{item.answer}}', 'Yes Yes'],
  ['{{item.deep.count}}', '2'],
  ['{{item.deep.count.more}}', ''],
  ['{{item.missing}}', ''],
  ['{{sample.answer}}', ''],
  ['{{other.answer}}', '{{other.answer}}'],
  ['{{item}}', '{{item}}'],
])('the template %j is filled as %j', (template, text) => {
  expect(textOf(template, row)).toBe(text);
});

test.each<[string | undefined, string, string, boolean]>([
  ['eq', 'yes', 'yes', true],
  ['eq', 'Yes', 'yes', false],
  [undefined, 'yes', 'yes', true],
  [undefined, 'no', 'yes', false],
  ['ne', 'yes', 'yes', false],
  ['ne', 'no', 'yes', true],
  ['like', 'oh yes', 'yes', true],
  ['like', 'oh Yes', 'yes', false],
  ['ilike', 'oh Yes', 'yES', true],
  ['ilike', 'oh no', 'yes', false],
])('%s holds of %j and %j: %s', (operation, input, reference, expected) => {
  expect(holds({ operation, input, reference }, row)).toBe(expected);
});

const right = {
  type: 'string_check',
  name: 'right',
  input: '{{sample.output_text}}',
  reference: '{{item.answer}}',
};

test('an item is judged by each criterion that needs no model, and passes the others', () => {
  const criteria = [right, { type: 'score_model', name: 'nice' }, { type: 'label_model' }, 'no criterion'];
  expect(judge({ item: { answer: 'yes' } }, 'no', criteria)).toEqual({
    item: { answer: 'yes' },
    output: 'no',
    verdicts: [
      { name: 'right', passed: false },
      { name: 'nice', passed: true },
      { name: 'label_model', passed: true },
    ],
  });
});

test('an item may be the row itself, and bring its own answer along', () => {
  expect(judge({ answer: 'yes' }, 'yes', [right])).toMatchObject({
    item: { answer: 'yes' },
    verdicts: [{ passed: true }],
  });
  const own = { item: { answer: 'yes' }, sample: { output_text: 'yes' } };
  expect(judge(own, 'no', [right])).toMatchObject({ output: 'yes', verdicts: [{ passed: true }] });
  expect(judge({ item: {}, sample: {} }, 'made', [])).toMatchObject({ output: 'made' });
});

test.each<[unknown, unknown[]]>([
  [undefined, []],
  [{}, []],
  [{ source: 'x' }, []],
  [{ source: { type: 'file_content' } }, []],
  [{ source: { type: 'file_content', content: [{ a: 1 }, 'x', null, { b: 2 }] } }, [{ a: 1 }, { b: 2 }]],
  [{ source: { type: 'stored_completions', content: [{ a: 1 }] } }, []],
])('the data source %j has the items %j', (source, items) => {
  expect(itemsOf({} as OperationRequest, source)).toEqual(items);
});
