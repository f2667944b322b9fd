import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { languageOpinion, SecondOpinionError } from '../src/assist/second-opinion.ts';
import { redact } from '../src/redact/redact.ts';

const credential = { getToken: async () => ({ token: 'secret', expiresOnTimestamp: 0 }) };

/** A peer in the place of Azure AI Language, which the mock does not play. */
async function language(status: number, body: unknown) {
  const seen: { path: string | undefined; body: string; authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      seen.push({ path: request.url, body: text, authorization: request.headers.authorization });
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { seen, server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('what the second reader finds is replaced too', async () => {
  const text = 'Bronwen rang at noon.';
  const documents = [
    {
      entities: [
        { category: 'Person', offset: 0, length: 7 },
        { category: 'Odd', offset: 90, length: 9 },
      ],
    },
  ];
  const peer = await language(200, { results: { documents, errors: [] } });
  const marks = await languageOpinion(peer.endpoint, credential)(text);
  expect(redact(text, { name: 'Q', born: '1900-01-01' }, marks).text).toBe('[NAME_1] rang at noon.');
  expect(peer.seen[0]).toMatchObject({
    path: '/language/:analyze-text?api-version=2024-11-01',
    authorization: 'Bearer secret',
  });
  expect(JSON.parse(peer.seen[0]?.body ?? '')).toMatchObject({
    kind: 'PiiEntityRecognition',
    parameters: { domain: 'phi', loggingOptOut: true, stringIndexType: 'Utf16CodeUnit' },
  });
  peer.server.close();
});

test.each([
  [500, {}],
  [200, { results: { documents: [], errors: [{ error: { message: 'too long' } }] } }],
])('without its answer (%i) nothing is sent', async (status, body) => {
  const peer = await language(status, body);
  await expect(languageOpinion(peer.endpoint, credential)('text')).rejects.toThrow(SecondOpinionError);
  peer.server.close();
});
