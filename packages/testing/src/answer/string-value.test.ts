import { expect, test } from 'vitest';
import { createRoom, SchemaTooLargeError } from './room.ts';
import { stringValue } from './string-value.ts';

interface Rest {
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly question?: string;
  readonly owner?: string;
  readonly taken?: readonly string[];
}

const prose = 'Nothing is known.';

function from(
  text: string,
  name: string,
  { schema = {}, question = text, owner = '', taken = [] }: Rest = {},
): string {
  const prompt = { text, question, prose: () => prose };
  return stringValue(schema, { prompt, name, owner, taken: new Set(taken), room: createRoom() });
}

test.each<[string, string, string]>([
  ['date', 'On Monday, or on 12 March 2025', '2025-03-12'],
  ['date', 'Some day', '2026-01-01'],
  ['time', 'At 3 pm or 4 pm', '15:00:00Z'],
  ['time', 'Now', '09:00:00Z'],
  ['date-time', 'At 3 pm on 12 March', '2026-03-12T15:00:00Z'],
  ['date-time', 'Now', '2026-01-01T09:00:00Z'],
  [
    'date-time',
    'At 3 pm, x2026-05-06T07:08:09Z or 2026-05-06T07:08:09.123+01:00',
    '2026-05-06T07:08:09.123+01:00',
  ],
  ['date-time', 'At 2026-05-06T07:08:09-11:30.', '2026-05-06T07:08:09-11:30'],
  ['date-time', 'At 2026-05-06T07:08Z', '2026-05-06T07:08Z'],
  ['duration', 'Type P, then P1Y12DT20H30M.', 'P1Y12DT20H30M'],
  ['duration', 'For PT45M', 'PT45M'],
  ['duration', 'Type P', 'PT1H'],
  ['email', 'To a@b.org or c@d.org', 'a@b.org'],
  ['email', 'To Ann', 'user@example.com'],
  ['uri', 'At https://a.org/b or http://c.org', 'https://a.org/b'],
  ['url', 'At home', 'https://example.com/'],
  ['uuid', 'No 11111111-2222-4333-8444-555555555555', '11111111-2222-4333-8444-555555555555'],
  ['uuid', 'No 1', '00000000-0000-4000-8000-000000000000'],
  ['hostname', 'At https://[no or https://a.org:80/b', 'a.org'],
  ['hostname', 'At home', 'example.com'],
  ['ipv4', 'At 12:30:45, 1.2.3.999 or 10.0.0.1.', '10.0.0.1'],
  ['ipv4', 'At home', '192.0.2.1'],
  ['ipv6', 'At 12:30:45 or FE80::1a.', 'FE80::1a'],
  ['ipv6', 'At home', '2001:db8::1'],
  ['colour', 'x: red', 'red'],
  ['colour', 'Red', prose],
])('a string of format %s is what %j says: %j', (format, text, expected) => {
  expect(from(text, 'x', { schema: { format } })).toBe(expected);
});

test.each<[string, string]>([
  ['^[A-Z]{2}\\d+$', 'AB12'],
  ['^z+$', 'zz'],
  ['^q$', 'q'],
  ['^.y$', 'xy'],
  ['^a+$', 'a'],
  ['^a?b*c$', 'c'],
  ['^\\d{3}-[A-Z]{2,3}$', '111-AA'],
  ['^x{2,}y{10}$', 'xxyyyyyyyyyy'],
  ['^(?:u|v)w$', 'uw'],
  ['^(foo|bar)-\\d$', 'foo-1'],
  ['^(foo)\\$\\w\\s\\/$', 'foo$a /'],
  ['^..-[^ab]$', 'aa-x'],
  ['^[\\d\\s]{2}[\\-][\\wx]$', '11-a'],
  ['[$]\\^v$', '$^v'],
  ['^(?=a)b$', prose],
  ['^(ab){2}$', prose],
  ['(', prose],
  [`^${'u'.repeat(499)}$`, prose],
  [`^${'u'.repeat(498)}$`, 'u'.repeat(498)],
])('of the pattern %s a text is %j', (pattern, expected) => {
  expect(from('Of AB12, "ab", zz. (xy) q!', 'x', { schema: { pattern } })).toBe(expected);
});

test('a pattern that asks for too much has no value', () => {
  expect(() => from('', 'x', { schema: { pattern: '^a{1000000}b$' } })).toThrow(SchemaTooLargeError);
  expect(() => from('', 'x', { schema: { minLength: 1_000_001 } })).toThrow(SchemaTooLargeError);
});

test.each<[object, string]>([
  [{}, 'red one'],
  [{ maxLength: 7 }, 'red one'],
  [{ maxLength: 3 }, 'red'],
  [{ minLength: 7 }, 'red one'],
  [{ minLength: 9 }, 'red one..'],
  [{ maxLength: 0, minLength: 0 }, ''],
  [{ pattern: '^$', minLength: 2 }, 'xx'],
])('a text obeys %j', (schema, expected) => {
  expect(from('x: red one', 'x', { schema: { ...schema } })).toBe(expected);
});

test.each<[object, string]>([
  [{ default: 'red', examples: ['blue'] }, 'red'],
  [{ default: 1, examples: ['blue', 'green'] }, 'blue'],
  [{ default: '' }, ''],
  [{ examples: 'blue' }, prose],
])('of a text that the prompt does not know, %j says what it is', (schema, expected) => {
  expect(from('Hello', 'x', { schema: { ...schema } })).toBe(expected);
  expect(from('x: 5', 'x', { schema: { ...schema } })).toBe('5');
});

const mail = 'Write to a@b.org and c@d.org.';
const trip = 'A trip from New York to O’Neil-Town, for 3 March 2026 to 7 March 2026.';
const home = 'She lives in Oslo and in Rome.';
const order = 'Order INV-1042 and 11111111-2222-4333-8444-555555555555 and AB-7.';

test.each<[string, string, readonly string[], string?]>([
  [mail, 'a@b.org', ['to', 'cc', 'bcc', 'recipient', 'recipients', 'email', 'e_mail', 'reply_email']],
  [mail, prose, ['tonic', 'tocco']],
  [
    trip,
    'New York',
    ['from', 'origin', 'departure', 'source', 'start', 'startStation', 'origin_city', 'departure_airport'],
  ],
  [
    trip,
    'O’Neil-Town',
    ['to', 'destination', 'arrival', 'target', 'end', 'endAddress', 'destination_place', 'to_location'],
  ],
  [trip, prose, ['sources', 'fromage', 'ending', 'unend']],
  ['Fly into Rome.', 'Rome.', ['destination']],
  [
    'See https://a.org/ and https://b.org/.',
    'https://a.org/',
    ['url', 'link', 'website', 'href', 'page_url'],
  ],
  [
    home,
    'Oslo',
    [
      'loc',
      'location',
      'city',
      'town',
      'place',
      'region',
      'country',
      'address',
      'venue',
      'where',
      'area',
      'room',
      'zone',
    ],
  ],
  [home, prose, ['locked', 'located']],
  ['Ann is nice.', 'Ann', ['city']],
  ['Trains run at 9:05, at 12:30 and on 3 March.', '9:05', ['time', 'start_time', 'hour', 'opening_hours']],
  ['Trains run on 3 March.', '3 March', ['time']],
  ['Trains run at 9:05.', prose, ['times_table']],
  [
    order,
    '11111111-2222-4333-8444-555555555555',
    ['id', 'order_id', 'orderId', 'product_code', 'key', 'sku', 'reference', 'number', 'ids'],
  ],
  [
    order,
    '11111111-2222-4333-8444-555555555555',
    ['order', 'invoice', 'account_no', 'employeenr', 'customer', 'case_nr', 'ticket', 'ticketno'],
  ],
  [order, prose, ['idea', 'numbers', 'kids', 'noble', 'orders']],
  ['Order INV-1042 and AB-7.', 'INV-1042', ['order_id']],
  ['It costs 5 € or 6 $.', 'EUR', ['currency', 'currency_code']],
  ['It costs 5 $ or 6 SEK.', 'SEK', ['currency']],
  ['It costs £5.', 'GBP', ['currency']],
  ['It costs 5.', prose, ['currency']],
  ['Say it in german.', 'german', ['language', 'lang', 'target_language']],
  ['Translate to French.', 'French', ['language']],
  ['Translate into Dutch.', 'Dutch', ['language']],
  ['A Dutch text.', prose, ['language', 'langoustine']],
  ['What is (3 + 4) * 2.5 - 1?', '(3 + 4) * 2.5 - 1', ['expression', 'equation', 'formula', 'calculation']],
  ['What is -3 ÷ 4 or 5?', '-3 ÷ 4', ['expression']],
  ['What is 3 + 4?', prose, ['expressions', 'my_formula']],
  [
    'Please find Maria Lopez in the big directory?',
    'Maria Lopez',
    ['query', 'question', 'search', 'q', 'prompt', 'input', 'request', 'utterance', 'term', 'search_terms'],
  ],
  ['Find it.', prose, ['termites', 'qq']],
  ['Who is Ann?', 'Who is Ann?', ['query']],
  [
    'Ann met Bob.',
    'Ann',
    [
      'name',
      'person',
      'who',
      'author',
      'actor',
      'lead_singer',
      'directors',
      'user',
      'contact',
      'assignee',
      'owner',
      'company',
      'organisation',
      'organization',
      'vendor',
      'product',
      'brand',
    ],
  ],
  ['Ann met Bob.', prose, ['actors_guild', 'directory', 'benefactor']],
  ['She wrote “On Time” and "Late".', 'On Time', ['title', 'subject', 'headline', 'heading']],
  ['she wrote on time, late.', 'She wrote on time', ['title', 'event']],
  ['she wrote.', prose, ['subtitle']],
  [
    'It rains. It pours. It snows. It hails rain.',
    'It rains. It pours. It snows.',
    ['summary', 'abstract', 'tldr', 'tl_dr', 'overview'],
  ],
  [
    'The quick brown foxes jumped over.',
    'quick brown foxes',
    ['key_words', 'keyword', 'topic', 'category', 'tag'],
  ],
  [
    'Say “hi” to Ann: now.',
    'hi',
    ['message', 'text', 'content', 'body', 'note', 'comment', 'quote', 'phrase'],
  ],
  ['Tell her: the bus\nis late.', 'the bus\nis late.', ['message']],
  ['Write that says hello there!', 'hello there', ['message']],
  ['Post it saying  hello', 'hello', ['message']],
  ['I love it.', 'positive', ['sentiment', 'mood', 'tone']],
  ['I love it.', prose, ['toned', 'undertones']],
  ['Buy MSFT now.', 'MSFT', ['symbol', 'ticker']],
  ['BUYING now.', prose, ['symbol']],
  ['Known asthma.', 'J45.909', ['icd', 'icd10']],
  ['Nothing.', 'R69', ['icd10']],
])('of %j, %j is what is asked by each of %j', (text, expected, names) => {
  for (const name of names) expect([name, from(text, name)]).toEqual([name, expected]);
});

test.each<[string, string]>([
  ['weather in paris', 'Paris'],
  ['weather in new york today', 'New York'],
  ['weather at the north-sea pub?', 'North-Sea Pub'],
  ['rain for  san  tomorrow', 'San'],
  ["rain near o'neil, please", "O'neil"],
  ['rain in rome right now', 'Rome'],
  ['rain in one two three', prose],
])('the place in %j is %j', (question, expected) => {
  expect(from(question, 'city')).toBe(expected);
});

test.each<[string, string]>([
  ['Find Ann', 'Ann'],
  ['please  search for Ann.', 'Ann'],
  ['Search the web for red shoes', 'red shoes'],
  ['search internet for shoes!', 'shoes'],
  ['search online shoes', 'shoes'],
  ['search the knowledge base for shoes', 'shoes'],
  ['search docs for shoes', 'shoes'],
  ['search doc shoes', 'shoes'],
  ['look up shoes in our shop', 'shoes'],
  ['look for shoes in my red shop?', 'shoes'],
  ['google  shoes', 'shoes'],
  ['I find shoes', 'I find shoes'],
])('%j searches for %j', (question, expected) => {
  expect(from('', 'query', { question })).toBe(expected);
});

test.each<[string, string]>([
  ['date', '3 March'],
  ['birthday', '3 March'],
  ['when', '3 March'],
  ['depart_date', '3 March'],
  ['since', '3 March'],
  ['end_date', '7 March'],
  ['until', '7 March'],
  ['date_to', '7 March'],
  ['to_date', '7 March'],
  ['return_date', '7 March'],
  ['check_out_date', '7 March'],
  ['checkOutDate', '7 March'],
  ['due', '7 March'],
  ['last_day', '7 March'],
  ['tomato_date', '3 March'],
  ['days', prose],
  ['whenever', prose],
])('of a range of two days, %s is %j', (name, expected) => {
  expect(from('Away on 3 March and 7 March.', name)).toBe(expected);
});

test.each<[string, string, string, string?]>([
  ['Ann has a dog named "Rex the First".', 'name', 'Rex the First'],
  ['a dog called  rex, that barks', 'name', 'rex'],
  ["a film titled 'Up 2' with Ann", 'title_of_product', 'Up 2'],
  ['Ann goes to a science fair on Friday.', 'name', 'science fair'],
  ['Ann wants to attend  the big  old-time fair with Bob.', 'event_name', 'big  old-time fair'],
  ['Ann and Bob join an evening run in Oslo.', 'eventName', 'evening run'],
  ['Ann goes to a science fair on Friday.', 'username', 'Ann'],
  ['Ann goes to a science fair on Friday.', 'name_of_user', 'Ann'],
  ['The team lunch is on Friday in Oslo.', 'name', 'team lunch', 'event'],
  ['News: our team lunch  starts at 5 in Oslo.', 'event_name', 'team lunch', 'meeting'],
  ['It is late. A team lunch will be in Oslo.', 'name', 'team lunch', 'appointment'],
  ['The team lunch is on Friday in Oslo.', 'name', 'Oslo', 'user'],
  ['The team lunch is on Friday in Oslo.', 'user', 'Oslo', 'event'],
  ['Hello Bob, I am Ann  Smith.', 'name', 'Ann'],
  ["Hello Bob, I'm Ann Lee-Smith and busy.", 'user', 'Ann Lee-Smith'],
  ["Hello Bob, my name is Ann O'Neil.", 'user', "Ann O'Neil"],
  ['Hello Bob, this is  Ann.', 'user', 'Ann'],
])('in %j the %s is %j', (text, name, expected, owner = '') => {
  expect(from(text, name, { owner })).toBe(expected);
});

test.each<[string, string, string]>([
  [mail, 'email', 'a@b.org'],
  [mail, 'cc', 'a@b.org'],
  [home, 'city', 'Oslo'],
  ['See https://a.org/ and https://b.org/.', 'url', 'https://a.org/'],
  ['At 9:05 and 12:30.', 'time', '9:05'],
  ['On 3 March and 7 March.', 'date', '3 March'],
  ['Order INV-1042 and AB-7.', 'id', 'INV-1042'],
  ['Ann met Bob.', 'name', 'Ann'],
])('of %j, %s is not %j when another property took that, unless there is no other', (text, name, first) => {
  const other = from(text, name, { taken: [first] });
  expect(other).not.toBe(first);
  expect(text).toContain(other);
  expect(from(text, name, { taken: [first, other] })).toBe(first);
});

test('a value is taken by the property that has it', () => {
  const taken = new Set<string>();
  const prompt = { text: 'On 3 March and 7 March.', question: '', prose: () => prose };
  const place = { prompt, name: 'date', owner: '', taken, room: createRoom() };
  const dates = [{ format: 'date' }, {}].map((schema) => stringValue(schema, place));
  expect(dates).toEqual(['2026-03-03', '7 March']);
  expect([...taken]).toEqual(['3 March', '7 March']);
});
