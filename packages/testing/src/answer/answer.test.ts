import { describe, expect, test } from 'vitest';
import type { AnswerInput, AnswerTool } from './answer-input.ts';
import { answer } from './answer.ts';

function ask(text: string, rest: Partial<AnswerInput> = {}) {
  const system = { role: 'system', text: 'You are a helpful assistant.' } as const;
  return answer({ model: 'gpt-5-mini', messages: [system, { role: 'user', text }], ...rest });
}

const weather: AnswerTool = {
  name: 'get_current_weather',
  description: 'Get the current weather in a given location',
  parameters: {
    type: 'object',
    properties: {
      location: { type: 'string', description: 'The city and state, e.g. San Francisco, CA' },
      unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
    },
    required: ['location'],
  },
};
const time: AnswerTool = {
  name: 'get_time',
  description: 'Get the current time in a city',
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

const handbook = `Sources:
[doc1] Employees get 25 days of paid vacation a year. Unused days expire in March.
[doc2] Sick leave must be reported before 9 am.

Question: `;

describe('prose', () => {
  test.each([
    ['Hello world', 'Hello, world! How can I help you today?'],
    ['Say this is a test', 'this is a test'],
    ['Reply with the word "pong" and nothing else', 'pong'],
    ['Reply with exactly: OK', 'OK'],
    ['What is 2+2?', '2 + 2 = 4'],
    ['Count from 1 to 5', '1, 2, 3, 4, 5'],
    ['What is the capital of France?', 'The capital of France is Paris.'],
    [`${handbook}How many vacation days do I get?`, 'Employees get 25 days of paid vacation a year. [doc1]'],
    [`${handbook}When must sick leave be reported?`, 'Sick leave must be reported before 9 am. [doc2]'],
    [
      `${handbook}Who founded the company?`,
      'I could not find an answer to "Who founded the company?" in the text I was given.',
    ],
    [
      'info1.txt: The Standard plan has no vision cover.\nbenefits.pdf#page=3: Health Plus covers vision and dental.\n\nDoes Health Plus cover dental?',
      'Health Plus covers vision and dental. [benefits.pdf#page=3]',
    ],
    [
      '<source id="a.md">Refunds take 14 days.</source><source id="b.md">Shipping is free.</source>\nHow long do refunds take?',
      'Refunds take 14 days. [a.md]',
    ],
    [
      'Context: [{"id":"policy-7","content":"Laptops are replaced every 4 years."}]\n\nQuestion: How often are laptops replaced?',
      'Laptops are replaced every 4 years. [policy-7]',
    ],
    [
      'Classify the sentiment as positive, negative or neutral: I love this product, it is great!',
      'positive',
    ],
    [
      'Summarize in one sentence:\n\nIt was June. The river flooded the river town. The town has a river wall.',
      'The river flooded the river town.',
    ],
  ])('%j → %j', (text, expected) => {
    expect(ask(text).text).toBe(expected);
  });

  test('says that it knows nothing in the words that the instructions ask for', () => {
    const messages = [
      { role: 'system', text: `If you cannot tell, say "No idea."\n${handbook}` },
      { role: 'user', text: 'Who founded the company?' },
    ] as const;
    expect(answer({ model: 'm', messages }).text).toBe('No idea.');
  });

  test('answers from what was said before', () => {
    const messages = [
      { role: 'user', text: 'My name is Ada.' },
      { role: 'assistant', text: 'Nice to meet you.' },
      { role: 'user', text: 'What is my name?' },
    ] as const;
    expect(answer({ model: 'm', messages }).text).toBe('My name is Ada.');
  });

  test('is the same for the same input', () => {
    expect(ask('Why is the sky blue?')).toEqual(ask('Why is the sky blue?'));
  });
});

describe('the end of an answer', () => {
  test('stops before a stop sequence', () => {
    expect(ask('Count from 1 to 9', { stop: [', 4'] })).toMatchObject({ text: '1, 2, 3', finish: 'stop' });
  });

  test('is cut at the token limit, and says so', () => {
    expect(ask('Write a story about dragons', { maxTokens: 5 })).toMatchObject({
      text: 'There is more to dragons',
      finish: 'length',
      tokens: 5,
    });
  });

  test('has as many tokens as the limit when it just fits', () => {
    expect(ask('Say one two three', { maxTokens: 3 })).toMatchObject({ finish: 'stop', tokens: 3 });
  });
});

describe('tool calls', () => {
  const call = (text: string, rest: Partial<AnswerInput> = {}) =>
    ask(text, { tools: [weather, time], ...rest }).toolCalls.map((each) => `${each.name} ${each.arguments}`);

  test.each<[string, string[]]>([
    ["What's the weather in Paris?", ['get_current_weather {"location":"Paris"}']],
    ['weather in paris today?', ['get_current_weather {"location":"Paris"}']],
    [
      "What's the weather like in San Francisco, CA and Tokyo?",
      ['get_current_weather {"location":"San Francisco, CA"}', 'get_current_weather {"location":"Tokyo"}'],
    ],
    [
      'What is the weather in Boston in celsius and what time is it in Oslo?',
      ['get_current_weather {"location":"Boston","unit":"celsius"}', 'get_time {"city":"Oslo"}'],
    ],
    ['Tell me a joke', []],
  ])('%j calls %j', (text, expected) => {
    expect(call(text)).toEqual(expected);
  });

  test('makes one call when parallel calls are off', () => {
    expect(call('Weather in Paris and Tokyo?', { parallelToolCalls: false })).toHaveLength(1);
  });

  test('calls nothing when told not to, and something when told to', () => {
    expect(call("What's the weather in Paris?", { toolChoice: 'none' })).toEqual([]);
    expect(call('Hello', { toolChoice: 'required' })).toHaveLength(1);
    const named = { names: ['get_time'], mode: 'required' } as const;
    expect(call("What's the weather in Paris?", { toolChoice: named })).toEqual([
      'get_time {"city":"Paris"}',
    ]);
  });

  test('answers from the result instead of calling again', () => {
    const result = answer({
      model: 'm',
      tools: [weather],
      messages: [
        { role: 'user', text: 'Weather in Paris?' },
        {
          role: 'assistant',
          text: '',
          toolCalls: [{ id: '1', name: 'get_current_weather', arguments: '{"location":"Paris"}' }],
        },
        { role: 'tool', toolCallId: '1', text: '{"temperature":22,"unit":"celsius"}' },
      ],
    });
    expect(result).toMatchObject({ text: 'Temperature 22, unit celsius.', toolCalls: [], finish: 'stop' });
  });

  test('cuts the arguments at the token limit', () => {
    const result = ask("What's the weather in Paris?", { tools: [weather], maxTokens: 9 });
    expect(result.finish).toBe('length');
    expect(() => JSON.parse(result.toolCalls[0]?.arguments ?? '') as unknown).toThrow(SyntaxError);
  });
});

test.each(['constructor', '__proto__', 'toString', 'capital of constructor?', 'hasOwnProperty and valueOf'])(
  'takes %j for a word like any other',
  (text) => {
    expect(typeof ask(text, { tools: [weather] }).text).toBe('string');
  },
);

test.each<[string, string[]]>([
  ['How many days of leave do I have left?', ['get_leave_balance {}']],
  [
    'Please book vacation from 2026-12-21 to 2026-12-31',
    ['request_leave {"from":"2026-12-21","to":"2026-12-31"}'],
  ],
  ['Who works in finance?', ['find_colleague {"query":"Who works in finance?"}']],
  ['Find Maria Lopez in the directory', ['find_colleague {"query":"Maria Lopez"}']],
  ['Show my open tickets', ['list_my_tickets {"status":"open"}']],
  [
    'My laptop is broken, open a ticket',
    ['create_ticket {"title":"My laptop is broken","description":"My laptop is broken, open a ticket"}'],
  ],
  ['What is the meaning of life?', []],
])('an agent with many tools: %j calls %j', (text, expected) => {
  const tool = (
    name: string,
    description: string,
    properties: object,
    required: string[] = [],
  ): AnswerTool => ({
    name,
    description,
    parameters: { type: 'object', properties, required },
  });
  const string = { type: 'string' };
  const day = { type: 'string', format: 'date' };
  const tools = [
    tool('get_leave_balance', 'Days of leave that the employee has left', { year: { type: 'integer' } }),
    tool('request_leave', 'Requests leave', { from: day, to: day, reason: string }, ['from', 'to']),
    tool('find_colleague', 'Finds a colleague in the directory', { query: string }, ['query']),
    tool('list_my_tickets', 'Lists open IT tickets', { status: { enum: ['open', 'closed'] } }),
    tool('create_ticket', 'Opens an IT ticket', { title: string, description: string }, [
      'title',
      'description',
    ]),
  ];
  const { toolCalls } = ask(text, { tools });
  expect(toolCalls.map((call) => `${call.name} ${call.arguments}`)).toEqual(expected);
});

test.each([
  [
    'Context:\n(handbook.pdf) Badges are issued at reception.\n\nWhere do I get a badge?',
    'Badges are issued at reception. (handbook.pdf)',
  ],
  [
    '{"question":"Where is the office?","documents":[{"title":"Office","content":"The office is in Malmö."}]}',
    'The office is in Malmö. [Office]',
  ],
  ['Generate a JSON with name and age for John who is 30', '{"name":"John","age":30}'],
  [
    'Summarize: The cat sat. The cat sat on the mat. The cat sat on the mat.',
    'The cat sat. The cat sat on the mat.',
  ],
  ['Respond with a single word: ready', 'ready'],
])('%j → %j', (text, expected) => {
  expect(ask(text).text).toBe(expected);
});

// The first is what the standard tests of LangChain for Python ask of a model with JSON mode.
test.each([
  [
    "Tell me a joke about cats. Return the result as a JSON with 'setup' and 'punchline' keys. Return nothing other than JSON.",
    ['setup', 'punchline'],
  ],
  ['Describe Ann as JSON with a "name" field and an "age" field.', ['name', 'age']],
  ['Describe Ann as JSON with the keys name and age.', ['name', 'age']],
])('writes the keys that %j names', (text, keys) => {
  expect(Object.keys(JSON.parse(ask(text, { format: { kind: 'json' } }).text) as object)).toEqual(keys);
});

test('follows a schema in the prompt that has line breaks, as Spring AI writes one', () => {
  const schema = {
    type: 'object',
    properties: { actor: { type: 'string' }, movies: { type: 'array', items: { type: 'string' } } },
  };
  const form = `Your response should be in JSON format.\nHere is the JSON Schema instance your output must adhere to:\n\`\`\`${JSON.stringify(schema, null, 2)}\`\`\`\n`;
  const { text } = ask(`Generate the filmography of 5 movies for Tom Hanks.\n${form}`);
  expect(JSON.parse(text)).toEqual({ actor: 'Tom Hanks', movies: expect.any(Array) as string[] });
});

test('gives two numbers that are the same to two properties', () => {
  const number = { type: 'integer' };
  const parameters = {
    type: 'object',
    properties: { first: number, second: number },
    required: ['first', 'second'],
  };
  const tools = [{ name: 'calculator', description: 'returns a sum of two numbers', parameters }];
  const { toolCalls } = ask('Two plus two?', { tools, toolChoice: 'required' });
  expect(toolCalls[0]?.arguments).toBe('{"first":2,"second":2}');
});

test('fills a schema with words of the prompt where it knows nothing, never with an excuse', () => {
  const schema = {
    type: 'object',
    properties: { fruits: { type: 'array', items: { type: 'string' } }, note: { type: 'string' } },
    required: ['fruits', 'note'],
  };
  const { text } = ask('List 2 fruits', { format: { kind: 'schema', schema } });
  expect(JSON.parse(text)).toEqual({ fruits: ['fruit 1', 'fruit 2'], note: 'List 2 fruits' });
});

test('a value of a schema comes from the results of tools, then from the message, then from the system message', () => {
  const schema = {
    type: 'object',
    properties: { email: { type: 'string', format: 'email' } },
    required: ['email'],
  };
  const fill = (...messages: AnswerInput['messages']) =>
    answer({ model: 'm', messages, format: { kind: 'schema', schema } }).text;
  const system = { role: 'system', text: 'The office has office@contoso.com.' } as const;
  const user = { role: 'user', text: 'I am ada@contoso.com, who is it?' } as const;
  const result = { role: 'tool', text: 'It is bob@contoso.com.' } as const;
  expect(fill(system, { role: 'user', text: 'Who is it?' })).toBe('{"email":"office@contoso.com"}');
  expect(fill(system, user)).toBe('{"email":"ada@contoso.com"}');
  expect(fill(system, user, result)).toBe('{"email":"bob@contoso.com"}');
});
