import { expect, test } from 'vitest';
import type { AnswerInput, AnswerMessage, AnswerTool, ToolChoice } from './answer-input.ts';
import { readConversation } from './conversation.ts';
import { chooseCalls } from './tool-calls.ts';

const text = { type: 'string' };

function tool(name: string, description = '', properties: object = {}): AnswerTool {
  return { name, description, parameters: { type: 'object', properties, required: Object.keys(properties) } };
}

type Rest = Partial<AnswerInput> & { readonly system?: string; readonly later?: readonly AnswerMessage[] };

/** The calls as “name arguments”, without the arguments where they are empty. */
function calls(asked: string, tools: readonly AnswerTool[], { system = '', later = [], ...rest }: Rest = {}) {
  const input: AnswerInput = {
    model: 'gpt-5-mini',
    messages: [{ role: 'system', text: system }, { role: 'user', text: asked }, ...later],
    tools,
    ...rest,
  };
  return chooseCalls(input, readConversation(input)).map((call) =>
    call.arguments === '{}' ? call.name : `${call.name} ${call.arguments}`,
  );
}

const weather: AnswerTool = {
  name: 'get_weather',
  description: 'Get the current weather',
  parameters: {
    type: 'object',
    properties: { city: text, unit: { enum: ['celsius', 'fahrenheit'] } },
    required: ['city'],
  },
};
const time = tool('get_time', 'Get the time of a city', { city: text });
const named = (...names: string[]) => names.map((name) => tool(name));

test.each([
  ['Show the tickets', named('create_ticket', 'list_tickets'), 'list_tickets'],
  ['Which ticket is late?', named('open_ticket', 'get_ticket'), 'get_ticket'],
  ['Please list my tickets', named('add_ticket', 'find_ticket'), 'find_ticket'],
  ['Create a ticket', named('list_tickets', 'create_ticket'), 'create_ticket'],
  ['I want to open a ticket', named('show_ticket', 'new_ticket'), 'new_ticket'],
  ['Open tickets', named('search_tickets', 'new_ticket'), 'search_tickets'],
  ['My ticket', named('list_tickets', 'create_ticket'), 'list_tickets'],
  ['Show how to create a ticket', named('create_ticket', 'list_tickets'), 'list_tickets'],
  ['Cancel the ticket', named('check_ticket', 'cancel_ticket'), 'cancel_ticket'],
  ['Cancel the ticket', named('tickets', 'update_ticket'), 'update_ticket'],
  ['Where is the ticket?', named('tickets', 'read_ticket'), 'read_ticket'],
])('%j is for the tool that reads or makes: of %o, %j', (asked, tools, expected) => {
  expect(calls(asked, tools)).toEqual([expected]);
});

test.each<[string, AnswerTool, boolean]>([
  ['Where is it?', tool('search'), true],
  ['Show it', tool('query_index'), true],
  ['Any news? ', tool('knowledge_base'), true],
  ['Look for it', tool('retriever'), true],
  ['search for it', tool('lookup'), true],
  ['It is here', tool('search'), false],
  ['We look for it', tool('find_docs'), false],
  ['Where is it?', tool('index'), false],
  ['2 * 3', tool('calculator'), true],
  ['2×3', tool('math_tool'), true],
  ['2 and 3', tool('calculator'), false],
  ['2 * 3', tool('tool'), false],
  ['Who is Ada?', tool('find_employee'), true],
  ['Who is Ada?', tool('contacts'), true],
  ['Who is Ada?', tool('index', 'Reads the directory'), true],
  ['Who is Ada?', tool('index', 'Reads about colleagues'), true],
  ['Who is Ada?', tool('index', 'Reads it'), false],
  ['Where is Ada, who left?', tool('staff'), false],
])('%j and the tool %o: %j', (asked, given, isCalled) => {
  expect(calls(asked, [given])).toHaveLength(isCalled ? 1 : 0);
});

test.each([
  ['op7', 'Adds numbers', 'What is the sum of 18 and 19?', 'What is the sum of 18?'],
  ['op7', 'Addition', 'Add 3 and 4', 'Add 3'],
  ['add_all', '', '3  plus  4', '3 pluses 4'],
  ['op7', 'A sum', '3+4', '34+'],
  ['op7', 'Sums', 'Plus 3 and 4', 'Pluses of 3 and 4'],
  ['op_add', '', 'The total of 3 and 4', 'The totals of 3 and 4'],
  ['op_addition', '', '18 + 19', '18 19'],
  ['op7', 'Subtracts', 'Subtract 3 from 4', 'Subtract 3'],
  ['op7', 'One minus another', '4  minus  3', '4 minuses 3'],
  ['op_sub', '', 'The difference of 4 and 3', 'The differences of 4 and 3'],
  ['op_sub', '', '4  less  3', '4 less'],
  ['op7', 'Multiplies', 'Multiply 4 by 3', 'Multiply 4'],
  ['op7', 'Multiplication', '4  times  3', 'Many times'],
  ['op7', 'The product of two', 'The product of 4 and 3', 'The products of 4 and 3'],
  ['op7', 'Multiplier', '4  multiplied by  3', '4 multiplied'],
  ['op7', 'Divides', 'Divide 4 by 3', 'Divide 4'],
  ['op7', 'Division', '4  divided by  3', '4 divided'],
  ['op7', 'Quotient', 'The quotient of 4 and 3', 'The quotients of 4 and 3'],
  ['op7', 'Divides', '4  over  3', '4 or over'],
])('the tool %s (%j) calculates %j, but not %j', (name, description, asked, other) => {
  expect(calls(asked, [tool(name, description)])).toEqual([name]);
  expect(calls(other, [tool(name, description)])).toEqual([]);
});

test.each([
  ['Reads an address', 'The total of 3 and 4'],
  ['Reads the summary', '3 plus 4'],
  ['Reads the assumptions', '3 plus 4'],
  ['Knows a submarine', '4 minus 3'],
  ['Knows products', 'The product of 4 and 3'],
])('the tool that %j does not calculate %j', (description, asked) => {
  expect(calls(asked, [tool('op7', description)])).toEqual([]);
});

test('a word of the name counts for two, of the description or a parameter for one', () => {
  expect(calls('The harbour', named('harbour'))).toEqual(['harbour']);
  expect(calls('The harbour', [tool('index', 'Reads about the harbour')])).toEqual([]);
  expect(
    calls('The harbour office', [tool('index', 'Reads about the harbour', { office: {} })]),
  ).toHaveLength(1);
  const options = tool('index', 'Reads about the harbour', { of: { enum: ['office', 7] } });
  expect(calls('The harbour office', [options])).toHaveLength(1);
  expect(calls('The harbour harbour', [tool('index', 'The harbour is a harbour')])).toEqual([]);
  expect(calls('Please use x1 now', [tool('x1')])).toEqual(['x1']);
});

test('a verb that tools share does not choose one alone', () => {
  expect(calls('Get the list', [tool('get_number')])).toEqual([]);
  expect(calls('Get data and info', [tool('index', 'Get data, info')])).toEqual([]);
  expect(
    calls('Add the lamp', [tool('harbour', 'Reads the lamp'), tool('add_item', 'Writes a lamp')]),
  ).toEqual(['add_item']);
});

test.each([
  ['What is the weather in Oslo?', ['get_weather {"city":"Oslo"}']],
  [
    'Weather in Paris, Oslo and Rome in celsius?',
    [
      'get_weather {"city":"Paris","unit":"celsius"}',
      'get_weather {"city":"Oslo","unit":"celsius"}',
      'get_weather {"city":"Rome","unit":"celsius"}',
    ],
  ],
  ['The weather of Paris and Oslo, please!', ['get_weather {"city":"Paris"}', 'get_weather {"city":"Oslo"}']],
  [
    'Weather in Paris and then the time in Oslo',
    ['get_weather {"city":"Paris"}', 'get_time {"city":"Oslo"}'],
  ],
  [
    'Show the weather in Paris. Tell the time in Oslo; it is late',
    ['get_weather {"city":"Paris"}', 'get_time {"city":"Oslo"}'],
  ],
  ['What is the weather in Paris? What is it like?', ['get_weather {"city":"Paris"}']],
  ['Is it late and what is the time in Oslo and is it dark', ['get_time {"city":"Oslo"}']],
  ['What is the meaning of life?', []],
])('%j calls %j', (asked, expected) => {
  expect(calls(asked, [weather, time])).toEqual(expected);
});

test.each([
  ['parameter_of_any_name', { where: text }],
  ['a_locale', { locale: text }],
  ['two_places', { city: text, country: text }],
  ['a_list', { city: { type: 'array', items: text } }],
])('several places are one call where the tool does not take one place: %s', (_, properties) => {
  expect(calls('Weather in Paris and Rome', [tool('get_weather', '', properties)])).toHaveLength(1);
});

test.each(['location', 'loc', 'CITY', 'a_place', 'country', 'region', 'home_town'])(
  'several places are several calls where the tool takes one %s',
  (name) => {
    expect(calls('Weather in Paris and Rome', [tool('get_weather', '', { [name]: text })])).toEqual([
      `get_weather {"${name}":"Paris"}`,
      `get_weather {"${name}":"Rome"}`,
    ]);
  },
);

test('there are 16 calls at most, and one when they may not be parallel', () => {
  const cities = Array.from({ length: 20 }, (_, index) => `City${'abcdefghijklmnopqrst'.charAt(index)}`);
  const asked = `Weather in ${cities.join(', ')}`;
  expect(calls(asked, [weather])).toHaveLength(16);
  expect(calls(asked, [weather], { parallelToolCalls: true })).toHaveLength(16);
  expect(calls(asked, [weather], { parallelToolCalls: false })).toEqual(['get_weather {"city":"Citya"}']);
  const forced = { toolChoice: 'required', parallelToolCalls: false } as const;
  expect(calls('Go to it in Paris and Rome', [tool('index', '', { city: text })], forced)).toHaveLength(1);
});

test.each<[AnswerInput['toolChoice'], string[]]>([
  [undefined, []],
  ['auto', []],
  ['none', []],
  ['required', ['red']],
  [{ names: ['blue'], mode: 'required' }, ['blue']],
  [{ names: ['blue'], mode: 'auto' }, []],
  [{ names: ['green'], mode: 'required' }, []],
])('for a question that no tool fits, the choice %j calls %j', (toolChoice, expected) => {
  const tools = named('red', 'blue');
  expect(calls('What is it?', tools, toolChoice === undefined ? {} : { toolChoice })).toEqual(expected);
});

test.each<[ToolChoice, string[]]>([
  ['auto', ['red']],
  ['none', []],
  [{ names: ['blue'], mode: 'auto' }, []],
  [{ names: ['red'], mode: 'auto' }, ['red']],
])('for a question that the tool “red” fits, the choice %j calls %j', (toolChoice, expected) => {
  expect(calls('Red?', named('blue', 'red'), { toolChoice })).toEqual(expected);
});

test.each<[string, string[]]>([
  ['Weather in Paris;  time in Oslo', ['get_weather {"city":"Paris"}', 'get_time {"city":"Oslo"}']],
  ['Weather in Paris.  Time in Oslo', ['get_weather {"city":"Paris"}', 'get_time {"city":"Oslo"}']],
  ['Weather in Paris  and  time in Oslo', ['get_weather {"city":"Paris"}', 'get_time {"city":"Oslo"}']],
  ['Weather in Paris, also time in Oslo', ['get_weather {"city":"Paris"}', 'get_time {"city":"Oslo"}']],
  ['Time in Oslo und weather in Paris', ['get_time {"city":"Oslo"}', 'get_weather {"city":"Paris"}']],
  ['Time in Oslo and time in Paris', ['get_time {"city":"Oslo"}', 'get_time {"city":"Paris"}']],
  [
    'Weather in Paris and time in Oslo and in Rome',
    ['get_weather {"city":"Paris"}', 'get_time {"city":"Oslo"}', 'get_time {"city":"Rome"}'],
  ],
  [
    'Weather for  Paris and Rome? In fahrenheit!',
    ['get_weather {"city":"Paris","unit":"fahrenheit"}', 'get_weather {"city":"Rome","unit":"fahrenheit"}'],
  ],
])('the clauses of %j call %j', (asked, expected) => {
  expect(calls(asked, [weather, time])).toEqual(expected);
});

test('a tool that reads is preferred to one that makes where nothing is to be made, also by half a word', () => {
  expect(calls('Which lamp is it?', named('order_lamp', 'lamp_x'))).toEqual(['lamp_x']);
  expect(calls('Add a lamp', named('reset_lamp', 'set_lamp'))).toEqual(['set_lamp']);
  expect(calls('Show the lamp', named('forget_lamp', 'get_lamp'))).toEqual(['get_lamp']);
  expect(calls('Open a lamp', named('lamp_x', 'open_lamp'))).toEqual(['open_lamp']);
  expect(calls('Create the lamp', named('list_lamp', 'lamp_x'))).toEqual(['lamp_x']);
  expect(calls('The lamps', named('lamp_x', 'list_lamp'))).toEqual(['lamp_x']);
});

test('what to fill in comes from the whole message where the question is the whole clause', () => {
  const send = tool('send_letter', '', { email: { type: 'string', format: 'email' } });
  expect(calls('I am ada@contoso.com. Can you send the letter?', [send])).toEqual([
    'send_letter {"email":"ada@contoso.com"}',
  ]);
});

test('without tools nothing is called', () => {
  expect(calls('Red?', [], { toolChoice: 'required' })).toEqual([]);
});

test('a custom tool gets the question as it is', () => {
  const shell: AnswerTool = { name: 'shell', kind: 'custom' };
  expect(calls('Use shell: ls -l', [shell])).toEqual(['shell Use shell: ls -l']);
});

test('a tool without parameters is called with none', () => {
  expect(calls('Use red', [{ name: 'red' }])).toEqual(['red']);
  expect(calls('Use red', [{ name: 'red', parameters: { type: 'object', properties: [] } }])).toEqual([
    'red',
  ]);
});

const used = (name: string, result = 'It is done.'): readonly AnswerMessage[] => [
  { role: 'assistant', text: '', toolCalls: [{ id: '1', name, arguments: '{}' }] },
  { role: 'tool', text: result, toolCallId: '1' },
];

test('a tool is not called twice, except where a call is required and no other is left', () => {
  expect(calls('Use red', named('red'), { later: used('red') })).toEqual([]);
  expect(calls('Use red', named('red'), { later: used('red'), toolChoice: 'required' })).toEqual(['red']);
  expect(calls('Use red', named('red', 'blue'), { later: used('red'), toolChoice: 'required' })).toEqual([
    'blue',
  ]);
});

test('after a first result, only a tool that the question names clearly is called as well', () => {
  const tools = named('red', 'harbour_office');
  expect(calls('The red harbour', tools)).toEqual(['red']);
  expect(calls('The red harbour', tools, { later: used('red') })).toEqual([]);
  expect(calls('The red harbour office', tools, { later: used('red') })).toEqual(['harbour_office']);
  expect(calls('Red, and the harbour office', tools, { later: used('red') })).toEqual(['harbour_office']);
});

test('arguments are taken from the result before, and from the question before this one', () => {
  const book = tool('book_room', '', { email: { type: 'string', format: 'email' } });
  expect(calls('Book the room', [book, tool('x')], { later: used('x', 'ada@contoso.com') })).toEqual([
    'book_room {"email":"ada@contoso.com"}',
  ]);
  const messages: readonly AnswerMessage[] = [
    { role: 'user', text: 'I am bob@contoso.com' },
    { role: 'user', text: 'Book the room' },
  ];
  expect(calls('', [book], { messages })).toEqual(['book_room {"email":"bob@contoso.com"}']);
});

const lookUp = (description: string) => tool('x9', description);

test.each([
  ['Use this tool for every question.', 'Where?', true],
  ['Reads. Call this function each time.', 'Where?', true],
  ['Always use it for all requests', 'Where?', true],
  ['Use it for queries about the harbour', 'Where is the harbour?', true],
  ['The tool is there to be used', 'Where?', false],
  ['Use it for queries about the harbour', 'Where is the office?', false],
  ['Reads about lamps. Use this tool', 'Where is this?', false],
  ['Never use this tool for every question', 'Where?', false],
  ['Do not call this tool for every question', 'Where?', false],
  ["Don't call this tool for every question", 'Where?', false],
  ['Call this tool for every question only if it rains', 'Where?', false],
  ['Call this tool for every question only when it rains', 'Where?', false],
  ['We use it for every question', 'Where?', false],
  ['This tool is for every question', 'Where?', false],
  ['Use this tool for every question', 'Hello', false],
  ['Use this tool for every question', 'Thanks, bye', false],
  ['Use this tool for every question', 'Thank you', false],
  ['Use this tool for every question', 'Who said hello?', true],
  ['Use this tool for any kind of request', 'Where?', true],
  ['Use this tool, always use it', 'Where is the tool?', false],
  ['Reads, not writes. Use this tool for every question', 'Where?', true],
])('a tool that says %j is for %j: %j', (description, asked, isCalled) => {
  expect(calls(asked, [lookUp(description)])).toEqual(isCalled ? ['x9'] : []);
});

test.each([
  ['Always run x9 for every message.', true],
  ['Be kind.\nInvoke x9 when they ask about the harbour', true],
  ['Use y9 for every message. You have x9.', false],
  ['Use it for every message. You have x9.', false],
  ['Never call x9 for every message.', false],
  ['Call x9 for lamps', false],
  ['x9 must be called for every message', false],
])('the system message %j has x9 called for a question about the harbour: %j', (system, isCalled) => {
  expect(calls('Where is the harbour?', [lookUp('')], { system })).toEqual(isCalled ? ['x9'] : []);
});

test('a tool that the system message asks for goes first, and alone', () => {
  const tools = [tool('harbour'), lookUp('Use this tool for every question')];
  expect(calls('Where is the harbour?', tools)).toEqual(['x9']);
  expect(calls('Where is the harbour?', tools, { later: used('harbour') })).toEqual([]);
});
