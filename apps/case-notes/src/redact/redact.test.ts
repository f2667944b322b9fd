import fc from 'fast-check';
import { expect, test } from 'vitest';
import { qualityOf, qualityTable, syntheticNotes } from '../../test/quality.ts';
import { findKnown, knownValues } from './known-values.ts';
import type { PatientRecord } from './known-values.ts';
import { refuseLeaks, WouldLeakError } from './leak-check.ts';
import { redact } from './redact.ts';
import { PlaceholderError, restore } from './restore.ts';

const record: PatientRecord = {
  name: "Siobhán O'Hara",
  born: '1951-03-14',
  address: '22 Elm Grove Road, Leeds, LS6 2AB',
  phones: ['+44 113 496 0182'],
  emails: ['s.ohara@example.org'],
  numbers: ['943 476 5919', '00482917'],
  relatives: ["Patrick O'Hara"],
  employer: 'Northwind Traders',
};

test.each([
  ["SIOBHAN O'HARA", 'NAME'],
  ['Siobha\u0301n', 'NAME'],
  ['O’Hara', 'NAME'],
  ['o hara', 'NAME'],
  ['Sio\u200bbhán', 'NAME'],
  ['Ｓｉｏｂｈáｎ', 'NAME'],
  ["Hara O'Hara's", 'NAME'],
  ['9434765919', 'ID'],
  ['943-476-5919', 'ID'],
  ['94 34 76 59 19', 'ID'],
  ['MRN00482917', 'ID'],
  ['14/03/1951', 'DATE'],
  ['03/14/51', 'DATE'],
  ['14 March 1951', 'DATE'],
  ['March 14th, 1951', 'DATE'],
  ['14. März 1951', 'DATE'],
  ['19510314', 'DATE'],
  ['0113 496 0182', 'PHONE'],
  ['(0113) 4960182', 'PHONE'],
  ['ls62ab', 'PLACE'],
  ['22, Elm Grove Road', 'PLACE'],
  ['S.OHARA@EXAMPLE.ORG', 'EMAIL'],
  ['northwind-traders', 'EMPLOYER'],
])('the record is found in another spelling: %s', (text, kind) => {
  const found = findKnown(`He said ${text} today.`, knownValues(record));
  expect(found.map((each) => each.kind)).toContain(kind);
});

test.each(['The Harappa culture', 'oxygen 94 %, 34 breaths', 'leading', 'Patricks', '1951'])(
  'what only resembles the record is left alone: %s',
  (text) => {
    expect(findKnown(text, knownValues(record))).toEqual([]);
  },
);

test('a name that is also a word counts with a capital letter only', () => {
  const values = knownValues({ name: 'Lee May', born: '1960-01-01' });
  expect(findKnown('you may go, may be', values)).toEqual([]);
  expect(findKnown('Mrs May may go', values)).toHaveLength(1);
});

test('one person has one placeholder, and relatives have their own', () => {
  const { text } = redact("Mrs O'Hara came with Patrick. Siobhan was tired. Patrick O'Hara drove.", record);
  expect(text).toBe('Mrs [NAME_1] came with [NAME_2]. [NAME_1] was tired. [NAME_2] drove.');
});

test('a text that looks like a placeholder is replaced, so that nothing is restored by mistake', () => {
  const note = redact("[NAME_1] was written by hand; O'Hara was not.", record);
  expect(note.text).toBe('[ID_1] was written by hand; [NAME_1] was not.');
  expect(restore(note.text, note.replacements)).toBe("[NAME_1] was written by hand; O'Hara was not.");
});

test('the summary restores exactly the placeholders it was given, and no invented one', () => {
  const note = redact("Mrs O'Hara saw Dr Kapoor on 12/11/2026.", record);
  expect(restore('[NAME_1] was seen on [DATE_1] by [NAME_2].', note.replacements)).toBe(
    "O'Hara was seen on 12/11/2026 by Kapoor.",
  );
  expect(() => restore('[NAME_3] was seen.', note.replacements)).toThrow(
    new PlaceholderError('invents placeholders', ['[NAME_3]']),
  );
  for (const damaged of ['NAME_1', '(NAME_1)', '[NAME 1]', '[name_1]', '[NAME-2']) {
    expect(() => restore(`${damaged} was seen.`, note.replacements)).toThrow('damages placeholders');
  }
});

test('a note that would leak is not sent: the refusal names kind and place, never the value', () => {
  const body = { messages: [{ role: 'user', content: 'Ask siobhan about 943 476 5919.' }] };
  try {
    refuseLeaks(body, knownValues(record), []);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(WouldLeakError);
    expect(String(error)).toContain('ID in messages[0].content, NAME in messages[0].content');
    expect(JSON.stringify(error) + String(error)).not.toMatch(/siobhan|476/i);
  }
});

test('the leak check reads keys, numbers and nested texts, and skips constants of the program', () => {
  const values = knownValues(record);
  expect(() => {
    refuseLeaks({ metadata: { "O'Hara": '1' } }, values, []);
  }).toThrow(WouldLeakError);
  expect(() => {
    refuseLeaks({ a: [{ b: 9434765919 }] }, values, []);
  }).toThrow(WouldLeakError);
  expect(() => {
    refuseLeaks({ a: 'Northwind Traders' }, values, ['Northwind Traders']);
  }).not.toThrow();
});

test('what redact returns never holds a value of the record, wherever it is put', () => {
  const spellings = [
    "O'Hara",
    'SIOBHÁN',
    '943-4765919',
    '14/03/1951',
    '0113 496 0182',
    'LS6 2AB',
    'Northwind  Traders',
  ];
  const filler = fc.constantFrom(
    'cough',
    'BP 142/88',
    '(',
    ')',
    ',',
    '12',
    'Mrs',
    '[NAME_9]',
    'é',
    '\n',
    '-',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(filler, fc.constantFrom(...spellings)), { maxLength: 12 }), (parts) => {
      const note = redact(parts.join(' '), record);
      refuseLeaks({ content: note.text }, knownValues(record), []);
      expect(
        note.replacements.every(({ start, end, value }) => parts.join(' ').slice(start, end) === value),
      ).toBe(true);
    }),
  );
});

test('recall over the 30 notes, per Safe Harbor category, is at least what the README says', () => {
  const quality = qualityOf(syntheticNotes('notes'), { withRecord: true });
  for (const { category, recall } of quality.categories)
    expect({ category, ok: recall >= 0.98 }).toEqual({ category, ok: true });
  expect(quality.precision, qualityTable(quality)).toBeGreaterThan(0.97);
  const alone = qualityOf(syntheticNotes('notes'), { withRecord: false });
  expect(alone.recall, alone.missed.join('\n')).toBeGreaterThan(0.95);
});

test.each([
  ['second-set', 0.95],
  ['third-set', 0.7],
] as const)('the %s, of other words, is found as well as the README says', (folder, least) => {
  const quality = qualityOf(syntheticNotes(folder), { withRecord: true });
  expect(quality.recall, quality.missed.join('\n')).toBeGreaterThan(least);
  expect(quality.precision).toBeGreaterThan(0.95);
});

test.each(['notes', 'second-set', 'third-set'] as const)(
  'no value of the record is left in any note of the %s',
  (folder) => {
    for (const note of syntheticNotes(folder)) {
      const redacted = redact(note.text, note.record);
      expect(findKnown(redacted.text, knownValues(note.record))).toEqual([]);
    }
  },
);

test('eponyms, drugs and lab values stay', () => {
  const { decoys, decoysKept } = qualityOf(syntheticNotes('notes'), { withRecord: true });
  expect(decoys).toBeGreaterThan(150);
  expect(decoysKept).toBe(decoys);
});

test('every planted identifier stands where planted.json says', () => {
  for (const { text, planted } of syntheticNotes('notes')) {
    for (const { start, end, value } of planted) expect(text.slice(start, end)).toBe(value);
  }
});
