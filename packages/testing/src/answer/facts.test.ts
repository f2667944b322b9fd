import { expect, test } from 'vitest';
import {
  bullets,
  codes,
  dates,
  emails,
  guids,
  isoDate,
  isoTime,
  labelled,
  listItems,
  numberNear,
  numbers,
  places,
  properNames,
  quoted,
  times,
  urls,
} from './facts.ts';

test.each<[string, string, string | undefined]>([
  ['Total: 12.50', 'total', '12.50'],
  ['the total is 12.50, as agreed', 'total', '12.50'],
  ['the total is 12.50,  as agreed', 'total', '12.50'],
  ['My first name is Ann!  So what', 'first_name', 'Ann'],
  ['- **Invoice id**: INV-1.\nNext', 'invoiceId', 'INV-1'],
  ['{"name": "Ann", "age": 5}', 'name', 'Ann'],
  ['{"name": "Ann", "age": 5}', 'age', '5'],
  ['| total | 12 |', 'total', '12'],
  ['price = 5; name = x', 'name', 'x'],
  ['Colour: red, Size: L', 'colour', 'red'],
  ['Ann: a? Bob: b', 'bob', undefined],
  ['Ann: a. Bob: b', 'bob', 'b'],
  ['Items: a,b', 'items', 'a,b'],
  ['a total of 5', 'total', '5'],
  ['a dog named Rex.', 'dog', 'Rex'],
  ['the time will be 5 and the place too', 'time', '5'],
  ['My name is Ann  and  my cat is Tom', 'name', 'Ann'],
  ['The speakers are Ann and Ines', 'speakers', 'Ann and Ines'],
  ['Name: Ann*}', 'name', 'Ann'],
  ['Note: (see [1] or *that*', 'note', '(see [1] or *that'],
  ['Name: "  Ann', 'name', 'Ann'],
  ['Name: ,', 'name', undefined],
  ['the total (net) 5', 'total', undefined],
  ['subtotal: 5', 'total', undefined],
  [': 5', '', undefined],
])('of %j the value labelled %j is %j', (text, name, expected) => {
  expect(labelled(text, name)).toBe(expected);
});

test.each<[string, readonly number[]]>([
  ['1,234.5 and -3, −4', [1234.5, -3, -4]],
  ['12,345,678 or 1,23', [12_345_678, 1, 23]],
  ['1234 or 12.75', [1234, 12.75]],
  ['v2, 1.2.3', [1.2]],
  ['5 six 7, TWELVE tones', [5, 6, 7, 12]],
  ['one two three four five six seven eight nine ten eleven', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
])('the numbers of %j are %j', (text, expected) => {
  expect(numbers(text).map(({ value }) => value)).toEqual(expected);
});

test.each<[string, string, number | undefined]>([
  ['3 cats and 4 dogs', 'dogs', 4],
  ['3 cats and 4 dogs', 'cat_count', 3],
  ['Dogs: 2 or 5', 'dog', 2],
  ['2 dogs, 5', 'dogs', 2],
  [`dogs ${'x'.repeat(33)} 4`, 'dogs', 4],
  [`dogs ${'x'.repeat(34)} 4`, 'dogs', undefined],
  ['3 cats', 'dogs', undefined],
])('in %j the number nearest to %j is %j', (text, name, expected) => {
  expect(numberNear(text, name)).toBe(expected);
});

test.each<[string, readonly string[]]>([
  ['Agreed: Ann Smith met Bob, and Ann Smith met Eve.', ['Ann Smith', 'Bob', 'Eve']],
  ['Case note today: Ann\nAgreed: Bob. So.  Planned: Eve', ['Ann', 'Bob', 'So', 'Eve']],
  ['Some very long label: Ann', ['Some', 'Ann']],
  ['BMW: Ann', ['BMW', 'Ann']],
  ['ann Smith: Bob', ['Smith', 'Bob']],
  ['The Hague, Vincent  van  Gogh, J. K. Rowling', ['Hague', 'Vincent  van  Gogh', 'J. K. Rowling']],
  [
    'John F. Kennedy, Bank of America and Leonardo da Vinci',
    ['John F. Kennedy', 'Bank of America', 'Leonardo', 'Vinci'],
  ],
  ['Ann’s dog met O’Neil’s and Ann-Marie.', ['Ann', 'O’Neil', 'Ann-Marie']],
  ["It was Bob's and Jones'.", ['Bob', 'Jones']],
  ['Find Max. What’s Eve? The Who', ['Max', 'Eve', 'Who']],
  ['On Monday, in March, JSON or Sundays', []],
  ['JSONs and Marching Mondayish', ['JSONs', 'Marching Mondayish']],
  ['I saw A or X', []],
  ['Österreich Ägypten', ['Österreich Ägypten']],
])('the names in %j are %j', (text, expected) => {
  expect(properNames(text)).toEqual(expected);
});

test.each<[string, readonly string[]]>([
  ['in San Francisco, CA and Tokyo', ['San Francisco, CA', 'Tokyo']],
  ['from Oslo to Rome, from Oslo', ['Oslo', 'Rome']],
  ['near New York, Boston or in Berlin vs. Bonn', ['New York', 'Boston', 'Berlin', 'Bonn']],
  ['in Paris, France.', ['Paris, France']],
  ['at Ann’s or in St. Gallen', ['Ann', 'St. Gallen']],
  ["at Bob's, in Bonn.", ['Bob', 'Bonn']],
  ['in Monday, at noon', []],
])('the places in %j are %j', (text, expected) => {
  expect(places(text)).toEqual(expected);
});

test.each<[string, readonly string[]]>([
  ['It was 2026-03-12.', ['2026-03-12']],
  ['On 12 March 2026, or on 3rd of May.', ['12 March 2026', '3rd of May']],
  [
    'On 12 March, on 13. Mar., on 14 Mar. 2026 and on 15 March, 2026',
    ['12 March', '13. Mar', '14 Mar. 2026', '15 March, 2026'],
  ],
  ['March 12, 2026; Mar. 3rd', ['March 12, 2026', 'Mar. 3rd']],
  ['1.2.2026 or 3/4/26', ['1.2.2026', '3/4/26']],
  ['next Monday, this friday, Sunday', ['next Monday', 'this friday', 'Sunday']],
  ['tomorrow, next week', ['tomorrow', 'next week']],
  ['Marching, 12 marbles', []],
])('the dates in %j are %j', (text, expected) => {
  expect(dates(text)).toEqual(expected);
});

test.each<[string, string | undefined]>([
  ['on 2026-03-12', '2026-03-12'],
  ['12 March 2025', '2025-03-12'],
  ['March 3rd', '2026-03-03'],
  ['3rd of sept. 2025', '2025-09-03'],
  ['1st January 2024', '2024-01-01'],
  ['December 31', '2026-12-31'],
  ['March', undefined],
  ['March 2025', undefined],
  ['5', undefined],
  ['Monday', undefined],
])('%j is the day %j', (text, expected) => {
  expect(isoDate(text)).toBe(expected);
});

test.each<[string, readonly string[], readonly string[]]>([
  ['at 9:05 or 14:30:15', ['9:05', '14:30:15'], ['09:05:00', '14:30:15']],
  ['3 pm, 3am, 12:30 AM', ['3 pm', '3am', '12:30 AM'], ['15:00:00', '03:00:00', '00:30:00']],
  ['12 am, 12PM, 24:00', ['12 am', '12PM', '24:00'], ['00:00:00', '12:00:00', '00:00:00']],
  ['99 pumas, 5:3', [], []],
])('the times in %j are %j', (text, expected, iso) => {
  expect(times(text)).toEqual(expected);
  expect(times(text).map(isoTime)).toEqual(iso);
});

test.each<[string, (text: string) => readonly string[], string, readonly string[]]>([
  ['e-mail addresses', emails, 'To a.b+c@x-y.co.uk, not d@e.', ['a.b+c@x-y.co.uk']],
  [
    'URLs',
    urls,
    'See https://a.b/c?d=e.,; (http://x.y/z) "https://q.r", xhttp://no',
    ['https://a.b/c?d=e', 'http://x.y/z', 'https://q.r'],
  ],
  ['URLs', urls, 'https://[x, https://', []],
  [
    'GUIDs',
    guids,
    'x 00000000-1111-4000-8abc-00000000000A, 10000000-1111-4000-8abc-0000000000001',
    ['00000000-1111-4000-8abc-00000000000A'],
  ],
  ['codes', codes, 'INV-1042, #8731 E1017, AB_3x, 2026', ['INV-1042', '8731', 'E1017', 'AB_3x', '2026']],
  ['codes', codes, '#1, 12, 1234.5, 12345,6, abc-12, x-A12, ABCDEFGHI1', []],
  ['codes', codes, 'The number is 1234.', ['1234']],
  ['quotes', quoted, '"a", “b c”, ‘d’, `e` and \'f g\'', ['a', 'b c', 'd', 'e', 'f g']],
  ['quotes', quoted, "It's Ann's, '' \"\" “” ‘’ `` x'y z'w", []],
  ['quotes', quoted, '"a\nb" \'a\nb\' `a\nb` “a\nb” ‘a\nb’', []],
  ['bullets', bullets, '- a b \n  *  c\n• d\n1. e\n23) f\ng\n-h', ['a b', 'c', 'd', 'e', 'f']],
  ['list items', listItems, 'See:\n- a\n- b', ['a', 'b']],
  ['list items', listItems, 'Buy:  milk , eggs and  bread. Then go', ['milk', 'eggs', 'bread']],
  ['list items', listItems, 'These: one and two: x', ['one', 'two']],
  ['list items', listItems, 'These: one,two & three\nfour', ['one', 'two', 'three']],
  [
    'list items',
    listItems,
    'I like red, light green,  and dark blue, too',
    ['I like red', 'light green', 'dark blue'],
  ],
  ['list items', listItems, "Is it red, green or it's-blue?", []],
  ['list items', listItems, "Is it red,  green,  or  it's-blue?", ['Is it red', 'green', "it's-blue"]],
  ['list items', listItems, 'red, green, & blue', ['red', 'green', 'blue']],
  ['list items', listItems, 'One two: three. Four, five', []],
])('finds %s', (_, find, text, expected) => {
  expect(find(text)).toEqual(expected);
});
