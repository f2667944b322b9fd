import { expect, test } from 'vitest';
import { readOptions } from './options.ts';
import { UsageError } from './usage-error.ts';

const usual = {
  host: '127.0.0.1',
  port: 8080,
  config: undefined,
  identity: undefined,
  https: false,
  latency: 'instant',
  timeScale: 1,
  seed: undefined,
  faults: undefined,
  replay: undefined,
  apiKey: undefined,
  signIn: 'entra-id',
  cors: false,
  anyDeployment: false,
  defaultModel: 'gpt-4.1',
  headers: '2026',
  json: false,
  page: true,
  quiet: false,
  shell: 'sh',
  envFile: undefined,
  help: false,
  version: false,
};

/** What `args` are refused with. */
function refusal(...args: string[]): string {
  try {
    return JSON.stringify(readOptions(args));
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
}

test.each<[string[], object]>([
  [[], {}],
  [['--port', '0'], { port: 0 }],
  [['--port', '65535'], { port: 65_535 }],
  [['-p', '9000'], { port: 9000 }],
  [['--time-scale', '0.001'], { timeScale: 0.001 }],
  [['--time-scale', '1000000'], { timeScale: 1_000_000 }],
  [['--latency', 'realistic'], { latency: 'realistic' }],
  [['--latency', '300'], { latency: { firstTokenMs: 300 } }],
  [['--latency', '0'], { latency: { firstTokenMs: 0 } }],
  [['--latency', '300,80'], { latency: { firstTokenMs: 300, tokensPerSecond: 80 } }],
  [['--latency', '12.25,0.75'], { latency: { firstTokenMs: 12.25, tokensPerSecond: 0.75 } }],
  [
    ['--sign-in', 'both', '--headers', '2024', '--shell', 'cmd'],
    { signIn: 'both', headers: '2024', shell: 'cmd' },
  ],
  [['--no-page', '--cors', '--https', '--json'], { page: false, cors: true, https: true, json: true }],
  [['-qhv'], { quiet: true, help: true, version: true }],
  [['-c', 'a', '-i', 'b', '-e', 'd'], { config: 'a', identity: 'b', envFile: 'd' }],
  [['--any-deployment', '--default-model', 'o3'], { anyDeployment: true, defaultModel: 'o3' }],
  [['--seed=', '--replay=r', '--faults=f'], { seed: '', replay: 'r', faults: 'f' }],
])('%j changes %j and nothing else', (args, changed) => {
  expect(readOptions(args)).toEqual({ ...usual, ...changed });
});

test.each([
  ['--prt', '--port'],
  ['--poort', '--port'],
  ['--prot', '--port'],
  ['--pirt', '--port'],
  ['--pork', '--port'],
  ['--port2', '--port'],
  ['--seeds', '--seed'],
  ['--any', '--any-deployment'],
])('%s is taken for a slip of %s', (typed, meant) => {
  expect(refusal(typed)).toBe(`Unknown option "${typed}": did you mean "${meant}"?`);
});

test.each(['--an', '--portss', '--pxrx', '--sees-d', '--no-quiet', '-x', '--quite so'])(
  '%s is not like any option',
  (typed) => {
    expect(refusal(typed)).toBe(`Unknown option "${typed}".`);
  },
);

test.each([
  [['serve'], 'Unexpected argument "serve": options start with "--".'],
  [["it's here"], 'Unexpected argument "it\'s here": options start with "--".'],
  [['--port'], 'Option "-p, --port <value>" argument missing.'],
  [['--quiet=yes'], 'Option "-q, --quiet" does not take an argument.'],
  [['--port', '--json'], 'Option "--port" argument is ambiguous.'],
])('%j is refused in one sentence', (args, message) => {
  expect(refusal(...args)).toBe(message);
});

test('what Node said of an option is kept as the cause', () => {
  expect(() => readOptions(['--frobnicate'])).toThrow(
    expect.objectContaining({
      cause: expect.objectContaining({ code: 'ERR_PARSE_ARGS_UNKNOWN_OPTION' }) as unknown,
    }),
  );
});

test.each([
  ['port', ['http', '', ' ', '-1', '65536', '80.5'], 'Give a whole number from 0 to 65535.'],
  ['time-scale', ['0', '0.0009', '1000001', 'fast', ''], 'Give a number from 0.001 to 1000000.'],
  [
    'latency',
    ['slow', '300,0', '300,', ',80', '300 80', '300,80,9', '-300', '1.', 'at 300', '', '3x5', '300,8x5'],
    'Use "instant", "realistic", milliseconds to the first token such as "300", or those and tokens per second: "300,80".',
  ],
  ['headers', ['2023'], 'Use one of "2024", "2025", "2026".'],
  ['sign-in', ['token'], 'Use one of "entra-id", "key", "both".'],
  ['shell', ['tcsh'], 'Use one of "sh", "bash", "zsh", "fish", "powershell", "cmd".'],
])('--%s is not %j', (name, values, advice) => {
  for (const value of values)
    expect(refusal(`--${name}=${value}`)).toBe(`Invalid \`--${name}\`: ${JSON.stringify(value)}. ${advice}`);
});

test.each([
  'sesame',
  '0123456789abcdef0123456789abcdef',
  'a!b~c',
  'key-7-of-the-lab',
  'monkey',
  'keyhole',
  'xx',
  'xxxy',
  'yxxx',
  'two...',
  '...two',
  '%not',
  'not%',
  '$a-b',
  'a$b',
  'a<b>',
  '<b>a',
  'b[0]',
  '[0]b',
  'a{b}',
  '{b}a',
  'it"s"',
  '"s"it',
  'a**',
  '**a',
  'a%b%',
  '%b%a',
  'undefined1',
  'keyJ.a.b',
  'eyJhbGciOiJSUzI1NiJ9.nothing',
])('the key %s is one that clients send', (key) => {
  expect(readOptions(['--api-key', key]).apiKey).toBe(key);
});

test.each([
  '',
  'My API Key',
  'schlüssel',
  'tab\tkey',
  '<your-api-key>',
  '<>',
  '[KEY]',
  '{{KEY}}',
  '$KEY',
  '${KEY}',
  '%KEY%',
  '"0123456789"',
  "'0123456789'",
  'xxx',
  'XXXXXXXX',
  '*',
  '***',
  '...',
  'undefined',
  'null',
  'none',
  'TODO',
  'changeme',
  'change-me',
  'change_me',
  'secret',
  'dummy',
  'placeholder',
  'key',
  'my-key',
  'my__key',
  'azurekey',
  'azure__key',
  'the-aoai-key',
  'openai--key',
  'resource-key',
  'resource__key',
  'subscription-key',
  'account_key',
  'api__key',
  'YOUR_AZURE_OPENAI_API_KEY',
  'insert-api-key-here',
  'key--here',
  'paste_key_goes_here',
  'key-value',
  'put-api-key-1',
  'enterkey2',
  'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln',
])('the key %j is refused, as clients refuse it', (key) => {
  expect(refusal('--api-key', key)).toBe(
    `Invalid \`--api-key\`: ${JSON.stringify(key)}. Give letters, digits and signs without white space, and no placeholder: clients refuse others.`,
  );
});
