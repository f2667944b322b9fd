import { expect, test } from 'vitest';
import {
  authoringError,
  bareError,
  gatewayError,
  invalidRequest,
  modelError,
  operationNotSupported,
  resourceNotFound,
  serverFailure,
} from './envelopes.ts';

test('the gateway writes errors in its own spacing, with and without an error around them', () => {
  expect(bareError(401, { message: 'a "b"', more: 1 })).toEqual({
    kind: 'json',
    status: 401,
    origin: 'gateway',
    text: '{ "statusCode": 401, "message": "a \\"b\\"", "more": 1 }',
  });
  expect(gatewayError(429, { code: '429', message: 'a "b"' })).toEqual({
    kind: 'json',
    status: 429,
    origin: 'gateway',
    text: '{"error":{"code":"429","message":"a \\"b\\""}}',
  });
  expect(resourceNotFound()).toEqual({
    kind: 'json',
    status: 404,
    origin: 'gateway',
    text: '{"error":{"code":"404","message": "Resource not found"}}',
  });
  expect(gatewayError(404, { code: '1', message: 'x', spaced: false }).text).toContain('"message":"x"');
});

test('an error of the gateway may have headers and name its region, and its status stays', () => {
  const headers = { 'x-a': 'b' };
  expect(gatewayError(404, { code: '1', message: 'x' }, { headers, isRegional: true })).toMatchObject({
    status: 404,
    origin: 'gateway',
    headers,
    isRegional: true,
  });
});

test('the model server and the authoring service have an error with their own members, and headers', () => {
  const headers = { 'x-a': 'b' };
  const error = { message: 'x', type: null, param: 'p', code: 'c', more: 1 };
  expect(modelError(400, error, { headers })).toEqual({
    kind: 'json',
    status: 400,
    headers,
    text: '{"error":{"message":"x","type":null,"param":"p","code":"c","more":1}}',
  });
  expect(authoringError(404, { code: 'c', message: 'x', target: null }, { headers })).toEqual({
    kind: 'json',
    status: 404,
    headers,
    text: '{"error":{"code":"c","message":"x","target":null}}',
  });
});

test.each([
  [{}, null, null],
  [{ param: 'n' }, 'n', null],
  [{ code: 'c' }, null, 'c'],
])('a request that is wrong about %j is refused with 400', (about, param, code) => {
  const { status, text } = invalidRequest('No.', about);
  expect([status, JSON.parse(text)]).toEqual([
    400,
    { error: { message: 'No.', type: 'invalid_request_error', param, code } },
  ]);
});

test('a failure of the mock names its request, and its cause where there is one', () => {
  const error = (cause?: string) => {
    const { status, text } = serverFailure('my-request', cause);
    expect(status).toBe(500);
    return (JSON.parse(text) as { readonly error: Readonly<Record<string, unknown>> }).error;
  };
  expect(error()).toEqual({
    message: expect.stringContaining('(Please include the request ID my-request in your message.)') as string,
    type: 'server_error',
    param: null,
    code: null,
  });
  expect(error('boom')).toMatchObject({ innererror: { code: 'MockFailure', message: 'boom' } });
});

test('an operation that a model does not have is named beside the model', () => {
  const { status, origin, text } = operationNotSupported('embeddings', 'gpt-4.1');
  expect([status, origin]).toEqual([400, 'gateway']);
  expect(text).toMatch(
    /^\{"error":\{"code":"OperationNotSupported","message":"The embeddings operation does not work with the specified model, gpt-4\.1\. /,
  );
});
