import { expect, test } from 'vitest';
import { locate } from './evidence.ts';
import { redact } from '../redact/redact.ts';

const text = "Mrs O'Hara reports cough.\nStarted amoxicillin 500 mg. Review with Dr Kapoor on 19/11/2026.";
const note = redact(text, { name: "Margaret O'Hara", born: '1951-03-14' });
const said = (quote: string) => {
  const place = locate(quote, note);
  return place === undefined ? undefined : text.slice(place.start, place.end);
};

test.each([
  ['Mrs [NAME_1] reports cough', "Mrs O'Hara reports cough"],
  ['[NAME_1]', "O'Hara"],
  ['[NAME_1] reports', "O'Hara reports"],
  ['started  amoxicillin\n500 mg.', 'Started amoxicillin 500 mg'],
  ['Dr [NAME_2] on [DATE_1]', 'Dr Kapoor on 19/11/2026'],
  ['cough. Started', 'cough.\nStarted'],
])('the quote %j stands at %j', (quote, words) => {
  expect(said(quote)).toBe(words);
});

test.each(['', '.', 'amoxicillin 250 mg', 'reports fever'])(
  'words that the note does not say have no place: %j',
  (quote) => {
    expect(said(quote)).toBeUndefined();
  },
);

test('a quote that drops a placeholder is refused with its name', () => {
  expect(() => locate('Review with Dr on 19', note)).not.toThrow();
  expect(() => locate('Mrs reports cough', note)).toThrow('leaves placeholders out of a quote: [NAME_1]');
});
