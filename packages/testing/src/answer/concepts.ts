import { stem } from './words.ts';

/** Words that people use for the same thing: a question says one, a source or a tool another. */
const groups = [
  'vacation holiday pto',
  'parental paternity maternity parent',
  'receipt invoice bill',
  'approve authorise authorize permit sign',
  'salary pay wage remuneration',
  'laptop computer notebook pc',
  'colleague coworker employee staff directory',
  'cost price fee expense',
  'maximum limit most',
  'buy purchase order',
  'book reserve request apply schedule',
  'email mail',
  'phone telephone mobile',
  'sick ill illness',
  'refund reimburse reimbursement money',
  'problem issue fault incident broken',
  'delete remove erase',
  'change update modify edit',
  'manager supervisor boss lead',
  'meeting appointment event calendar',
  'weather temperature rain forecast sunny cold warm wear attire clothes umbrella',
  'stock share ticker',
  'flight fly travel trip journey',
  'begin start',
  'end finish stop',
];

const concepts: ReadonlyMap<string, string> = new Map(
  groups.flatMap((group) => {
    const stems = group.split(' ').map(stem);
    return stems.map((each) => [each, stems[0] ?? each] as const);
  }),
);

/** The representative of a stem: the first word of its group, or itself. */
export function conceptOf(stemmed: string): string {
  return concepts.get(stemmed) ?? stemmed;
}
