import { expect, test } from 'vitest';
import { messages } from './estate.ts';
import { rightAnswer } from './raw-answers.ts';
import { useRawServers } from './raw-estate.ts';
import { rawAnswer } from './raw-server.ts';

const fixture = useRawServers();
const elsewhere = { initialDelayMs: 60_000, maxDelayMs: 60_000, budgetReserve: 20 };

const refusal = (status: number, code: string, message = 'No.') =>
  rawAnswer(JSON.stringify({ error: { code, message } }), { status: `${status} No` });

async function ask(answer: string): Promise<readonly string[]> {
  const bad = await fixture.serve(({ socket }) => socket.write(answer));
  const good = await fixture.serve((request) => request.socket.write(rightAnswer(request)));
  const azure = fixture.connect([bad, good], { retry: elsewhere });
  await azure.chat.completions.create({ model: 'pool', messages }).catch(() => undefined);
  return fixture.attempts();
}

test.each([
  ['a firewall', refusal(403, '403', 'Access denied due to Virtual Network/Firewall rules.')],
  ['keys that are forbidden', refusal(403, 'AuthenticationTypeDisabled')],
  ['a region', refusal(404, 'NotFound', 'Responses API is not enabled in this region.')],
  ['a region, with 400', refusal(400, 'BadRequest', 'This feature is not supported in this region.')],
  ['a path or an api-version', refusal(404, '404', 'Resource not found')],
  [
    'a page in place of a path',
    rawAnswer('<p>', { status: '404 No', headers: { 'content-type': 'text/html' } }),
  ],
  ['an operation', refusal(400, 'OperationNotSupported')],
  ['a retired model', refusal(410, 'ModelRetired')],
  ['a method', refusal(405, '405')],
  ['another tenant', refusal(400, 'Tenant provided in token does not match resource token')],
  [
    'a custom subdomain',
    refusal(400, 'BadRequest', 'Please provide a custom subdomain for token authentication.'),
  ],
  ['an api-version', refusal(400, 'BadRequest', 'API version not supported')],
  ['a redirect', rawAnswer('', { status: '302 Found', headers: { location: 'https://contoso.com' } })],
])('a refusal that speaks of %s sends the call to the next deployment', async (_, answer) => {
  expect(await ask(answer)).toEqual(['first', 'second']);
  expect(fixture.events).toContainEqual(
    expect.objectContaining({ type: 'attempt-failed', deployment: 'first', outcome: 'refused' }),
  );
  // It says nothing about the health of the deployment, and other requests may be welcome there.
  expect(fixture.events.filter(({ type }) => type === 'target-parked' || type === 'circuit-opened')).toEqual(
    [],
  );
});

test.each([
  ['a parameter', refusal(400, 'unsupported_parameter', "'max_tokens' is not supported with this model.")],
  ['a value', refusal(400, 'unsupported_value', "'temperature' does not support 0.1 with this model.")],
  ['a length', refusal(400, 'context_length_exceeded')],
  ['a filter', refusal(400, 'content_filter')],
  ['a body', refusal(413, 'too_large')],
  ['a shape', refusal(422, 'unprocessable', 'messages: field required')],
])('a refusal that speaks of %s of the request is final', async (_, answer) => {
  expect(await ask(answer)).toEqual(['first']);
});

test('the refusal is the answer when there is no other deployment, and costs no retry', async () => {
  const server = await fixture.serve(({ socket }) => socket.write(refusal(403, '403', 'Firewall.')));
  const azure = fixture.connect([server], { retry: { ...elsewhere, budgetReserve: 1, budgetShare: 0 } });
  for (let call = 0; call < 3; call += 1) {
    const error = azure.chat.completions.create({ model: 'first', messages });
    await expect(error).rejects.toMatchObject({ status: 403, message: '403 Firewall.' });
  }
  expect(server.requests).toHaveLength(3);
});

test.each([
  [
    'a 424 that wraps a 429',
    { 'ms-azureml-model-error-statuscode': '429', 'retry-after': '7' },
    '424 No',
    '',
    7_000,
  ],
  [
    'a call quota of API Management',
    {},
    '403 Quota Exceeded',
    '{"statusCode":403,"message":"Out of call volume quota. Quota will be replenished in 01:02:03."}',
    3_723_000,
  ],
] as const)('%s counts as throttled, with its wait', async (...row) => {
  const [, headers, status, body, retryAfterMs] = row;
  expect(await ask(rawAnswer(body, { status, headers }))).toEqual(['first', 'second']);
  expect(fixture.events.find(({ type }) => type === 'attempt-failed')).toMatchObject({
    outcome: 'throttled',
    retryAfterMs,
  });
  expect(fixture.events.find(({ type }) => type === 'target-parked')).toMatchObject({ deployment: 'first' });
});
