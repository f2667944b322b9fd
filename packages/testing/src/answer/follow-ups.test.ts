import { expect, test } from 'vitest';
import { followUps } from './follow-ups.ts';

const ask = (material: string, wanted = 20) => followUps(`${material}\n\nQuestion: Who founded it?`, wanted);

test.each([
  ['Refunds are paid in five days.', 'What applies to refunds?'],
  ['Lunch costs 4.80 euros.', 'How much does lunch cost?'],
  ['Train tickets cost a lot.', 'How much do train tickets cost?'],
  ['A hotel may cost 100 euros.', 'How much may a hotel cost?'],
  ['Hotels can cost 100 euros.', 'How much may hotels cost?'],
  ['A hotel may be booked.', 'What applies to a hotel?'],
  ['A room must cost less.', 'What applies to a room?'],
  ['The approval takes two days.', 'How long does the approval take?'],
  ['Approvals take 1 day.', 'How long do approvals take?'],
  ['The report takes courage.', 'What applies to the report?'],
  ['The hour has come.', 'What applies to the hour?'],
  ['The course lasts.', 'How long does the course last?'],
  ['Courses last for long.', 'How long do courses last?'],
  ['The office opens at 8.', 'When does the office open?'],
  ['The class ends at 8.', 'When does the class end?'],
  ['Talks begin at 8.', 'When do talks begin?'],
  ['Unused days expire in March.', 'When do unused days expire?'],
  ['The canteen is open from 11 to 13.', 'When is the canteen open?'],
  ['Canteens WERE OPEN in May.', 'What applies to canteens?'],
  ['The shops are open from 11 to 13.', 'When are the shops open?'],
  ['The shop must open from 11 to 13.', 'What applies to the shop?'],
  ['The police are open from 11 to 13.', 'When are the police open?'],
  ['Every employee gets a badge.', 'What applies to every employee?'],
  ['Allowances are paid in May.', 'What applies to allowances?'],
  ['Anna is the manager.', 'What applies to anna?'],
  ['Part-time staff get half.', 'What applies to part-time staff?'],
  ['VPN access is slow.', 'What applies to VPN access?'],
  ['VPNs are slow.', 'What applies to VPNs?'],
  ['The Plus plan is cheap.', 'What applies to the Plus plan?'],
  ['Health Plus is cheap.', 'What applies to Health Plus?'],
  ['THE FEE COSTS 4 EUROS', 'How much does the FEE cost?'],
])('%j is what %j asks for', (material, expected) => {
  expect(ask(material)).toEqual([expected]);
});

test.each([
  'You are here.',
  'Everyone is happy.',
  'If one is late, wait.',
  'Please wear a badge.',
  'Or is it?',
  'Nothing here.',
  'The same is true.',
  'The quick brown fox of our street is red.',
  '- Lunch is free.',
])('nothing is asked about %j', (material) => {
  expect(ask(material)).toEqual([]);
});

test('a subject may have five words', () => {
  expect(ask('The quick  fox of our street is red.')).toEqual([
    'What applies to the quick  fox of our street?',
  ]);
});

test('each subject is asked about once, and no more questions come than are wanted', () => {
  const material = 'Refunds are paid. The refund is small. Lunch is free. The canteen closes at 2.';
  expect(ask(material)).toEqual([
    'What applies to refunds?',
    'What applies to lunch?',
    'When does the canteen close?',
  ]);
  expect(ask(material, 2)).toEqual(['What applies to refunds?', 'What applies to lunch?']);
});

test('nothing is asked about the subject of the question, nor about what the answer said', () => {
  const sources = '[1] Lunch is served in the hall. Soup is hot. Parents take sixteen weeks at full pay.';
  expect(
    followUps(`${sources}\nAnswer: Parents take sixteen weeks.\n\nQuestion: What is in the lunch?`, 3),
  ).toEqual(['What applies to soup?']);
});

test('a sentence of which half was said before is asked about', () => {
  for (const answer of ['Answer: Hot.', 'answer:Hot.', 'Answer:\nHot.'])
    expect(followUps(`[1] Lunch was cheap. Soup is hot hot.\n${answer}\n\nQuestion: Price?`, 3)).toEqual([
      'What applies to lunch?',
    ]);
  expect(followUps('[1] Lunch was cheap.\nAnswer: Cheap.\n\nQuestion: Price?', 3)).toEqual([
    'What applies to lunch?',
  ]);
});

test('of a prompt with labelled sources only these are asked about', () => {
  expect(ask('The rules are strict.\n[1] Lunch is free.')).toEqual(['What applies to lunch?']);
});
