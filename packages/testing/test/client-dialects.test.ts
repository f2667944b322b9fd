import { connect } from 'node:net';
import { startMockAzure, type MockAzure } from '@aoai/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// How HTTP clients of other languages write the same request: every correct form gets the same answer.

let azure: MockAzure;

beforeAll(async () => {
  azure = await startMockAzure({ anyDeployment: 'gpt-4.1' });
});

afterAll(async () => azure.close());

const path = '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21';
const hello = '{"messages":[{"role":"user","content":"Say hello"}]}';

interface Request {
  readonly line?: string;
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** Sends bytes over a socket of its own, and reads all that comes back. */
async function exchange({ line = `POST ${path} HTTP/1.1`, headers, body = hello }: Request): Promise<string> {
  const bytes = Buffer.from(body);
  const head = [
    line,
    'Host: 127.0.0.1',
    `api-key: ${azure.apiKey}`,
    'Connection: close',
    ...(headers ?? ['Content-Type: application/json', `Content-Length: ${bytes.length}`]),
  ];
  const socket = connect(Number(new URL(azure.endpoint).port), '127.0.0.1');
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  socket.write(bytes);
  const received: Buffer[] = [];
  for await (const chunk of socket) received.push(chunk as Buffer);
  return Buffer.concat(received).toString();
}

function post(target: string): string {
  return `POST ${target} HTTP/1.1`;
}

test.each([
  // run-llama/llama_index's notebooks show 200 for it; openai-python up to 1.56 and 4.104 of npm write it.
  ['an endpoint with a slash at its end', post(`/${path}`)],
  ['a deployment whose name is escaped', post(path.replace('gpt-4o', 'a%2Fb%20c'))],
  ['the whole URL, as to a proxy', post(`https://mock.openai.azure.com${path}`)],
  ['HTTP/1.0', `POST ${path} HTTP/1.0`],
])('answers %s', async (_, line) => {
  expect(await exchange({ line })).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test.each([
  [
    'chunks (OkHttp, .NET streams)',
    'Transfer-Encoding: chunked',
    `9\r\n${hello.slice(0, 9)}\r\n${(hello.length - 9).toString(16).toUpperCase()};x=y\r\n${hello.slice(9)}\r\n0\r\n\r\n`,
  ],
  [
    'an expectation to continue (curl, .NET)',
    `Content-Length: ${hello.length}\r\nExpect: 100-continue`,
    hello,
  ],
  [
    'an offer of HTTP/2 (Java)',
    `Content-Length: ${hello.length}\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA`,
    hello,
  ],
])('answers a body with %s', async (_, header, body) => {
  const answer = await exchange({ headers: ['Content-Type: application/json; charset=utf-8', header], body });
  expect(answer).toMatch(/^(?:HTTP\/1\.1 100 Continue\r\n\r\n)?HTTP\/1\.1 200 OK\r\n/);
});

test.each([
  ['a byte order mark (PowerShell)', `\uFEFF${hello}`],
  ['blanks around it', `\r\n ${hello}\n`],
  [
    'explicit nulls (.NET, Rust)',
    hello.replace('}]', ',"name":null}],"stream":null,"tools":null,"n":null,"stop":null'),
  ],
  ['whole numbers as decimals (Python, Go)', hello.replace('{', '{"n":1.0,"max_tokens":16.0,"seed":7.0,')],
  ['a seed of 64 bits (Java, Go)', hello.replace('{', '{"seed":9223372036854775807,')],
  ['escapes for every letter', hello.replace('Say', String.raw`\u0053\u0061\u0079 \ud83d\ude00`)],
])('answers JSON with %s', async (_, body) => {
  expect(await exchange({ body })).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

describe('a form', () => {
  const file = 'Content-Disposition: form-data; name="file"; filename="a.jsonl"';
  const form = (parts: readonly string[]): string =>
    `${parts.map((part) => `--b\r\n${part}\r\n`).join('')}--b--\r\n`;
  const purpose = 'Content-Disposition: form-data; name="purpose"\r\n\r\nbatch';

  test.each([
    [
      'Python (httpx)',
      'multipart/form-data; boundary=b',
      [purpose, `${file}\r\nContent-Type: application/octet-stream\r\n\r\n{}`],
    ],
    [
      '.NET',
      'multipart/form-data; boundary="b"',
      [
        'Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=purpose\r\n\r\nbatch',
        `Content-Disposition: form-data; name=file; filename=a.jsonl; filename*=utf-8''a.jsonl\r\n\r\n{}`,
      ],
    ],
    [
      'Java (Apache)',
      'multipart/form-data; charset=ISO-8859-1; boundary=b',
      [
        purpose.replace(
          '\r\n\r\n',
          '\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n',
        ),
        `${file}\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\nContent-Length: 2\r\n\r\n{}`,
      ],
    ],
    [
      'Rust (hyper)',
      'multipart/form-data; boundary=b',
      [purpose.toLowerCase(), `${file.replace('Content-Disposition', 'content-disposition')}\r\n\r\n{}`],
    ],
  ])('of %s', async (_, type, parts) => {
    const body = form(parts);
    const headers = [`Content-Type: ${type}`, `Content-Length: ${body.length}`];
    const answer = await exchange({ line: post('/openai/files?api-version=2024-10-21'), headers, body });
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/);
    expect(answer).toContain('"bytes":2,');
    expect(answer).toContain('"filename":"a.jsonl"');
  });
});
