import { describe, expect, test } from 'vitest';
import { SchemaTooLargeError } from './room.ts';
import { schemaValue } from './schema-value.ts';

function from(text: string, schema: unknown, name?: string, prose = text): unknown {
  return schemaValue(schema, { text, question: text, prose: () => prose }, name);
}

function object(properties: object): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const text = { type: 'string' };

test.each<[string, object, unknown]>([
  [
    'Alice and Bob are going to a science fair on Friday.',
    object({ name: text, date: text, participants: { type: 'array', items: text } }),
    { name: 'science fair', date: 'Friday', participants: ['Alice', 'Bob'] },
  ],
  [
    'John Smith, john@acme.com, 34 years old, lives in Berlin.',
    object({ name: text, email: { ...text, format: 'email' }, age: { type: 'integer' }, city: text }),
    { name: 'John Smith', email: 'john@acme.com', age: 34, city: 'Berlin' },
  ],
  [
    'Invoice INV-1042 of 12 March 2026. Total: 99.50 EUR. It is not paid.',
    object({
      invoice_id: text,
      date: { ...text, format: 'date' },
      total: { type: 'number' },
      currency: { enum: ['USD', 'EUR'] },
      is_paid: { type: 'boolean' },
    }),
    { invoice_id: 'INV-1042', date: '2026-03-12', total: 99.5, currency: 'EUR', is_paid: false },
  ],
  [
    'Book a flight from Oslo to Rome from 3 March to 7 March for 2 people.',
    object({
      origin: text,
      destination: text,
      depart_date: text,
      return_date: text,
      people: { type: 'integer' },
    }),
    { origin: 'Oslo', destination: 'Rome', depart_date: '3 March', return_date: '7 March', people: 2 },
  ],
])('takes values from the text: %j', (prompt, schema, expected) => {
  expect(from(prompt, schema)).toEqual(expected);
});

const number = { type: 'number' };
const self = { $ref: '#' };
const chain = (length: number, end: object): object =>
  length === 0 ? end : { value: 1, next: chain(length - 1, end) };

test.each<[string, object, unknown]>([
  [
    'null',
    {
      $ref: '#/$defs/node',
      $defs: {
        node: object({ value: number, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } }),
      },
    },
    chain(5, { value: 1, next: null }),
  ],
  ['a text', object({ value: number, next: { anyOf: [self, text] } }), chain(5, { value: 1, next: '1 2 3' })],
  [
    'a text that stands first',
    object({ value: number, next: { oneOf: [text, self] } }),
    { value: 1, next: '1 2 3' },
  ],
  [
    'an empty list',
    object({ value: number, next: { type: 'array', items: self } }),
    { value: 1, next: [{ value: 1, next: [{ value: 1, next: [{ value: 1, next: [] }] }] }] },
  ],
  [
    'a text in a list',
    object({ next: { type: 'array', items: { anyOf: [self, text] }, minItems: 1, maxItems: 1 } }),
    { next: [{ next: [{ next: ['next 1'] }] }] },
  ],
  ['nothing', { properties: { value: number, next: self }, required: ['value'] }, { value: 1 }],
  [
    'nothing, and no property is required',
    { properties: { value: number, next: self } },
    chain(2, { value: 1 }),
  ],
  [
    'nothing, and may also be another object',
    { properties: { value: number, next: { anyOf: [self, object({ other: text })] } }, required: ['value'] },
    { value: 1 },
  ],
  ['nothing, since it never says what it is', self, '1 2 3'],
])('a schema that refers to itself ends with %s', (_, schema, expected) => {
  expect(from('1 2 3', schema)).toEqual(expected);
});

test.each<[unknown, unknown]>([
  [{ const: 7 }, 7],
  [{ type: 'integer', minimum: 10, maximum: 20 }, 10],
  [{ type: 'number', exclusiveMinimum: 4, multipleOf: 0.5 }, 4.5],
  [{ type: 'integer', multipleOf: 5, maximum: 13 }, 5],
  [{ type: 'string', maxLength: 3 }, 'Thr'],
  [{ type: 'string', pattern: String.raw`^[A-Z]{2}-\d{4}$` }, 'AA-1111'],
  [{ type: 'string', format: 'uuid' }, '00000000-0000-4000-8000-000000000000'],
  [{ type: 'array', items: { type: 'integer' }, minItems: 2, maxItems: 2 }, [3, 1]],
  [{ prefixItems: [{ const: 'a' }, { const: 'b' }] }, ['a', 'b']],
  [
    {
      allOf: [
        { type: 'object', properties: { a: { const: 1 } }, required: ['a'] },
        { properties: { b: { const: 2 } }, required: ['b'] },
      ],
    },
    { a: 1, b: 2 },
  ],
  [{ type: ['string', 'null'], enum: ['yes', 'no'] }, 'yes'],
  [{ type: 'null' }, null],
  [{ type: ['null'] }, null],
  [{ type: ['null', 'integer'] }, 3],
  [{ type: 'integer', anyOf: [] }, 3],
  [{ properties: { count: { type: 'integer' } } }, { count: 3 }],
  [{ items: { type: 'integer' } }, [3]],
  [{ enum: [2, 3] }, 2],
  [{ enum: [null, 'pears', 'apples'] }, 'apples'],
  [{ allOf: [{ maxLength: 3 }] }, 'Thr'],
  [
    {
      properties: { a: { const: 1 } },
      required: ['a'],
      allOf: [{ required: ['b'] }, { properties: { b: { const: 2 } } }],
    },
    { a: 1, b: 2 },
  ],
  [{ $ref: '#/$defs/a~1b/x%20y~0', $defs: { 'a/b': { 'x y~': { const: 1 } } } }, 1],
  [{ $ref: '#/$defs/100%', $defs: { '100%': { const: 1 } } }, 1],
  [{ $ref: '#/$defs/short', maxLength: 3, $defs: { short: { type: 'string', maxLength: 5 } } }, 'Thr'],
  [{ $ref: '#/$defs/nowhere/at/all' }, 'Three apples.'],
  ['no schema', 'Three apples.'],
])('obeys %j', (schema, expected) => {
  expect(from('Three apples.', schema)).toEqual(expected);
});

test('chooses the branch that the text speaks of', () => {
  const user = object({ kind: { const: 'user' }, name: text });
  const address = object({ kind: { const: 'address' }, street: text });
  expect(from('The address is 5 Main Street.', { anyOf: [user, address] })).toMatchObject({
    kind: 'address',
  });
});

test.each<[string, string, unknown]>([
  ['The user', 'kind', 'user'],
  ['A place of his own', 'kind', 'address'],
  ['Nothing of either', 'kind', 'user'],
])('%j chooses a branch by its constants and options', (prompt, property, expected) => {
  const user = object({ kind: { const: 'user' } });
  const address = object({ kind: { const: 'address' }, at: { enum: ['place', 'street'] } });
  expect(from(prompt, { oneOf: [user, true, address] })).toMatchObject({ [property]: expected });
});

test.each<[object, unknown]>([
  [{ items: text }, ['red', 'green', 'blue', 'red']],
  [{ items: {} }, ['red', 'green', 'blue', 'red']],
  [{ items: text, uniqueItems: true }, ['red', 'green', 'blue']],
  [{ items: text, maxItems: 2 }, ['red', 'green']],
  [{ items: text, minItems: 5 }, ['red', 'green', 'blue', 'red', 'Colours: red, green, blue and red.']],
  [{ items: { ...text, maxLength: 3 } }, ['red', 'gre', 'blu', 'red']],
  [{ items: { ...text, minLength: 4 } }, ['red.', 'green', 'blue', 'red.']],
  [{ items: { ...text, pattern: '^[a-z]{4,}$' } }, ['aaaa', 'green', 'blue', 'aaaa']],
  [{ items: { ...text, format: 'email' }, maxItems: 1 }, ['user@example.com']],
  [{ items: { const: 'a' } }, ['a', 'a', 'a', 'a']],
  [{ items: { enum: ['green', 'red'] } }, ['red', 'green']],
  [{ items: { oneOf: [{ type: 'boolean' }] } }, [false, false, false, false]],
  [{ items: { type: 'integer' } }, []],
  [{ items: { type: 'integer' }, minItems: 1 }, [1]],
])('the items of a list obey %j', (schema, expected) => {
  expect(from('Colours: red, green, blue and red.', { type: 'array', ...schema }, 'colours')).toEqual(
    expected,
  );
});

test.each([
  ...[
    'participants',
    'attendee',
    'people',
    'persons',
    'members',
    'guests',
    'authors',
    'characters',
    'names',
  ].map((name) => [name, ['Ann Smith', 'Bob Jones', 'Oslo']] as const),
  ...['cities', 'city', 'locations', 'places', 'countries', 'regions'].map(
    (name) => [name, ['Oslo']] as const,
  ),
  ...['sources', 'citations', 'references'].map((name) => [name, ['doc1', 'a.md']] as const),
  ...['keywords', 'key_words', 'keyword', 'tags', 'tag', 'topics', 'topic'].map(
    (name) => [name, ['smith', 'jones', 'friends', 'skiing', 'south']] as const,
  ),
])('a list of %s has %j', (name, expected) => {
  const prompt =
    'Ann Smith met Bob Jones in Oslo, whose friends like to go skiing, jones without snow from south to north.';
  const prose = 'She did. [doc1] So did he. [a.md] Again. [doc1] []';
  expect(from(prompt, { type: 'array', items: text }, name, prose)).toEqual(expected);
});

test.each<[string, string, readonly string[], string?]>([
  ['Compare Paris and Rome', 'cities', ['Paris', 'Rome']],
  ['Where?', 'sources', [], 'Nowhere.'],
  ['First do this. Then do that.', 'steps', ['First do this.', 'Then do that.']],
  ['How?', 'steps', ['One.', 'Two.', 'Three.', 'Four.', 'Five.'], 'One. Two. Three. Four. Five. Six.'],
  ['How?', 'steps', ['Only this.'], 'Only this.'],
  ['- cut\n- bake', 'steps', ['cut', 'bake']],
  ['List some fruits', 'fruits', ['fruit 1', 'fruit 2']],
  ['List 3 berries', 'iced_berries', ['iced berry 1', 'iced berry 2', 'iced berry 3']],
  ['Write 2 series', 'siesta', ['siesta 1', 'siesta 2']],
  ['List -3 fruits', 'fruits', []],
])('of %j a list of %s has %j', (prompt, name, expected, prose = prompt) => {
  expect(from(prompt, { type: 'array', items: text }, name, prose)).toEqual(expected);
});

test('a list has at most twenty entries where the schema sets no limit', () => {
  expect(from('List 21 fruits', { type: 'array', items: text }, 'fruits')).toHaveLength(20);
  const rows = Array.from({ length: 21 }, (_, row) => `- row ${row}`).join('\n');
  expect(from(rows, { type: 'array', items: text }, 'rows')).toHaveLength(20);
  expect(from(rows, { type: 'array', items: text, maxItems: 21 }, 'rows')).toHaveLength(21);
});

test.each([
  'questions',
  'question',
  'followUps',
  'follow_ups',
  'follow_up',
  'follow_up_questions',
  'followUpQuestion',
  'followupquestions',
  'suggested_questions',
  'suggestedQuestions',
  'next_questions',
  'nextQuestions',
  'related_questions',
  'relatedQuestions',
])('a list of %s asks what the sources answer', (name) => {
  const prompt = '[a] Library cards cost 5 euros.\n[b] Pools open at 8.\n\nQuestion: Where is the park?';
  expect(from(prompt, { type: 'array', items: text }, name)).toEqual([
    'How much do library cards cost?',
    'When do pools open?',
  ]);
});

test.each(['open_questions', 'questions_asked'])('a list of %s asks nothing of its own', (name) => {
  const prompt = '[a] A library card costs 5 euros.\n\nQuestion: Where is the park?';
  expect(from(prompt, { type: 'array', items: text }, name, 'In the west. Or not.')).toEqual([
    'In the west.',
    'Or not.',
  ]);
});

test('where no source answers a question, a list of questions is numbered', () => {
  expect(from('Where is the park?', { type: 'array', items: text }, 'questions')).toEqual([
    'question 1',
    'question 2',
  ]);
});

test.each<[string, string, readonly string[], string?]>([
  ['- one\n- two', 'rows', ['one', 'two']],
  ['Ann will call Bob. It rains. Rows:', 'rows', ['Ann will call Bob.', 'It rains.']],
  ['Only this.', 'rows', ['One.', 'Two.', 'Three.', 'Four.', 'Five.'], 'One. Two. Three. Four. Five. Six.'],
  ['Only this.', 'rows', ['Only this.']],
  [
    '[a] A card costs 5 euros.\n[b] It opens at 8.',
    'questions',
    ['[a] A card costs 5 euros.', '[b] It opens at 8.'],
  ],
  ...['actions', 'tasks', 'todos', 'to_dos', 'next_steps', 'nextSteps', 'follow_ups', 'followUps'].map(
    (name) => ['Ann will call Bob. It rains.', name, ['Ann will call Bob.']] as [string, string, string[]],
  ),
  ['It rains. The sun shines.', 'tasks', []],
])('of %j a list of objects named %s has a row for each of %j', (prompt, name, expected, prose = prompt) => {
  const items = object({ line: text });
  expect(from(prompt, { type: 'array', items }, name, prose)).toEqual(expected.map((line) => ({ line })));
});

test.each([
  'It will rain.',
  'They must pay.',
  'We should go.',
  'You shall wait.',
  'He needs to sleep.',
  'They need to eat.',
  'Both agreed.',
  'Ann asked.',
  'A thing to do.',
  'An action.',
  'To follow up.',
  'Please call back.',
])('%j is a task', (sentence) => {
  const made = from(`It rains. ${sentence}`, { type: 'array', items: object({ line: text }) }, 'tasks');
  expect(made).toEqual([{ line: sentence }]);
});

test.each<[string, string, boolean]>([
  ['The shop is open.', 'is_open', true],
  ['The shop is open.', 'isClosed', false],
  ['The shop is not open.', 'is_open', false],
  ['The shop has an island. It is not.', 'island', true],
  ['It is a shop.', 'isOpen', false],
  ['There is no lamp.', 'has_lamp', false],
  ['It never stops.', 'should_stop', false],
  ['The door can close.', 'canClose', true],
  ['It was paid.', 'was_paid', true],
  ['It needs repair. The need is not great.', 'needs_repair', true],
  ['A repair is good. The need is not great.', 'need_repair', true],
  ['The need is not great.', 'needed', false],
  ["It doesn't open.", 'open', false],
  ['It doesn’t open.', 'open', false],
  ['It is open, without a key.', 'open', false],
  ['open: false', 'open', false],
  ['None are open.', 'open', false],
  ['It is closed. The shop is open.', 'open', true],
  ['Turn on the lamp.', 'on', true],
  ['It was switched on.', 'enabled', true],
  ['Turn on the lamp.', 'enable', true],
  ['Enable it.', 'active', true],
  ['Start now.', 'state', true],
  ['Turn off the lamp.', 'on', false],
  ['Turn on the lamp.', 'condition', false],
  ['Turn on the lamp.', 'only', false],
])('of %j %s is %j', (prompt, name, expected) => {
  expect(from(prompt, { type: 'boolean' }, name)).toBe(expected);
});

test('what a text does not say of a boolean is its default', () => {
  expect(from('It rains.', { type: 'boolean', default: true }, 'open')).toBe(true);
  expect(from('It rains.', { type: 'boolean', default: false }, 'open')).toBe(false);
  expect(from('It rains. It is not open.', { type: 'boolean', default: true }, 'open')).toBe(false);
});

test.each<[string, object]>([
  ['a type', { type: ['string', 'null'] }],
  ['a branch', { anyOf: [text, { type: 'null' }] }],
  ['a branch that stands first', { oneOf: [{ type: 'null' }, text] }],
])('what the text does not say is null where %s allows it', (_, schema) => {
  const made = from(
    'Name: Ann. Phone: 0815.',
    object({
      name: schema,
      mail: schema,
      remark: schema,
      phone: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    }),
    '',
    'Ann has a phone.',
  );
  expect(made).toEqual({ name: 'Ann', mail: null, remark: null, phone: 815 });
});

test('the whole answer is no value where null is allowed', () => {
  expect(from('Ann: yes', { type: ['string', 'null'] }, 'x', 'yes')).toBeNull();
  expect(from('Ann: yes', { type: 'string' }, 'x', 'yes')).toBe('yes');
  expect(from('Ann: yes', { anyOf: [{ type: 'null' }] })).toBeNull();
});

test('an optional property is filled only with what the text says', () => {
  const properties = {
    name: text,
    cats: { type: 'integer' },
    confidence: number,
    open: { type: 'boolean' },
    list: { type: 'array', items: text },
    remark: text,
    code: { ...text, default: '' },
  };
  expect(from('ANN has 3 cats, open.', { type: 'object', properties, required: [] })).toEqual({
    name: 'ANN',
    cats: 3,
  });
});

test('without a list of what is required, two levels of objects are', () => {
  const made = from('It rains.', {
    properties: { a: { properties: { b: { properties: { c: { const: 1 } } } } } },
  });
  expect(made).toEqual({ a: { b: {} } });
});

test('what is required and not described is a text', () => {
  expect(from('Ann lives in Oslo.', { type: 'object', required: ['city', 1] })).toEqual({ city: 'Oslo' });
  const made = from('Ann lives in Oslo.', { properties: { city: { const: 'Rome' } }, required: ['city'] });
  expect(made).toEqual({ city: 'Rome' });
});

test.each<[string, object, object, unknown]>([
  ['title', { title: 'film', const: 1 }, { title: 'music', const: 2 }, 2],
  ['description', { description: 'a film', const: 1 }, { description: 'a piece of music', const: 2 }, 2],
  [
    'properties',
    { properties: { film: { const: 1 } } },
    { properties: { music: { const: 2 } } },
    { music: 2 },
  ],
  ['first place', { const: 1 }, { const: 2 }, 1],
])('a branch is chosen by its %s', (_, one, other, expected) => {
  expect(from('Play music.', { anyOf: [one, other] })).toEqual(expected);
});

test('two properties of an object take two names of the text', () => {
  const made = from('Ann met Bob.', object({ owner: text, other: object({ owner: text }), contact: text }));
  expect(made).toEqual({ owner: 'Ann', other: { owner: 'Ann' }, contact: 'Bob' });
});

test('a schema has no value with more than 10000 parts', () => {
  const items = { type: 'array', items: { const: 1 }, minItems: 101 };
  expect(() => from('', { type: 'array', items, minItems: 100 })).toThrow(SchemaTooLargeError);
});

describe('a list about a clinical note', () => {
  const note = 'Known asthma. No fever. Takes metformin 500 mg daily and ramipril 5 mg at night.';
  const list = (properties: object, rest: object = {}) => ({
    type: 'array',
    items: object(properties),
    ...rest,
  });

  test('has a row for each problem, and what is no part of a coding is filled as anywhere else', () => {
    const made = from(note, list({ problem: text, icd10: text, severity: text, known: { type: 'boolean' } }));
    expect(made).toEqual([{ problem: 'Asthma', icd10: 'J45.909', severity: 'Known asthma.', known: true }]);
  });

  test('has as many rows as it may have', () => {
    const medicines = list({ name: text, dose: text }, { maxItems: 1 });
    expect(from(note, object({ medicines }))).toEqual({ medicines: [{ name: 'metformin', dose: '500 mg' }] });
  });

  test('ends where its rows hold such a list again', () => {
    const made = from(note, list({ icd10: text, causes: self }));
    expect(made).toEqual([0, 1, 2].reduce<unknown[]>((causes) => [{ icd10: 'J45.909', causes }], []));
  });
});
