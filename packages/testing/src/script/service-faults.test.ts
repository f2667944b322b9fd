import { expect, test } from 'vitest';
import type { OperationRequest } from '../service/operation.ts';
import { asked, askedOf } from './asked.fake.ts';
import type { Fault } from './fault.ts';
import { firewalled, keysDisabled, permissionDenied, unauthorized, wrongTenant } from './identity-faults.ts';
import {
  contextLengthExceeded,
  deploymentNotFound,
  failedDependency,
  modelRetired,
  notInRegion,
  operationTimeout,
  serverError,
  unavailable,
} from './service-faults.ts';

function answerOf(fault: Fault, request: OperationRequest = askedOf()) {
  const { response } = fault.intervention(request);
  if (response?.kind !== 'json') throw new Error('The answer is no JSON.');
  return response;
}

interface ErrorBody {
  readonly error: { readonly message: string; readonly [member: string]: unknown };
}

/** Whether the model's server or the gateway refuses, with which status, and all but the words. */
function shapeOf(fault: Fault, request?: OperationRequest) {
  const { status, origin = 'model', text } = answerOf(fault, request);
  const { message: _, ...members } = (JSON.parse(text) as ErrorBody).error;
  return [status, origin, members];
}

const ofTheModel = { type: 'invalid_request_error', param: null };

test.each<[string, Fault, unknown[]]>([
  [
    'an error of the server',
    serverError(),
    [500, 'model', { type: 'server_error', param: null, code: null }],
  ],
  ['an operation that takes too long', operationTimeout(), [408, 'gateway', { code: 'Timeout' }]],
  [
    'a prompt that is too long',
    contextLengthExceeded(),
    [400, 'model', { ...ofTheModel, param: 'messages', code: 'context_length_exceeded' }],
  ],
  ['a region without the operation', notInRegion(), [404, 'gateway', { code: 'NotFound' }]],
  ['a model that is retired', modelRetired(), [404, 'gateway', { code: '404' }]],
  [
    'a model that is retired, in its other form',
    modelRetired({ status: 400 }),
    [400, 'gateway', { code: 'OperationNotSupported' }],
  ],
  [
    'a model that failed',
    failedDependency({ status: 503 }),
    [424, 'model', { type: null, param: null, code: null }],
  ],
  ['a principal without a role', permissionDenied(), [401, 'gateway', { code: 'PermissionDenied' }]],
  ['keys that are off', keysDisabled(), [403, 'gateway', { code: 'AuthenticationTypeDisabled' }]],
  ['a firewall', firewalled(), [403, 'gateway', { code: '403' }]],
  [
    'a token of another tenant',
    wrongTenant(),
    [400, 'gateway', { code: 'Tenant provided in token does not match resource token' }],
  ],
])('%s has the status, the sender and the members of Azure', (_, fault, shape) => {
  expect(shapeOf(fault)).toEqual(shape);
});

test('a deployment that is not there is refused by the gateway where the URL is dated, and by the model server on v1', () => {
  expect(shapeOf(deploymentNotFound(), asked({ surface: 'dated' }))).toEqual([
    404,
    'gateway',
    { code: 'DeploymentNotFound' },
  ]);
  expect(answerOf(deploymentNotFound(), asked({ surface: 'dated' })).text).toMatch(
    /^\{"error":\{"code":"DeploymentNotFound","message": "The API/,
  );
  expect(shapeOf(deploymentNotFound(), asked({ surface: 'v1' }))).toEqual([
    404,
    'model',
    { ...ofTheModel, code: 'DeploymentNotFound' },
  ]);
});

test('an error of the server has the id of its request, in the words of the model or of the gateway', () => {
  const request = asked({ id: 'my-request' });
  expect(answerOf(serverError(), request).text).toContain('Please include the request ID my-request in');
  expect(answerOf(serverError({ from: 'gateway' }), request)).toMatchObject({
    status: 500,
    origin: 'gateway',
    text: '{ "statusCode": 500, "message": "Internal server error", "activityId": "my-request" }',
  });
});

test('a model that failed says with which status in its words and in headers', () => {
  const answer = answerOf(failedDependency({ status: 503 }));
  expect(answer.text).toContain('"The model failed with status 503."');
  expect(answer.headers).toEqual({
    'ms-azureml-model-error-reason': 'model_error',
    'ms-azureml-model-error-statuscode': '503',
  });
  expect(answerOf(failedDependency()).text).toContain('status 429.');
});

test('a service that is down says so in plain text', () => {
  expect(unavailable().intervention(asked()).response).toMatchObject({
    kind: 'bytes',
    status: 503,
    contentType: 'text/plain',
    bytes: Buffer.from('no healthy upstream'),
  });
});

test('a retired model is named, and the oldest one where the request has no deployment', () => {
  const retired = modelRetired({ status: 400 });
  expect(answerOf(retired, askedOf()).text).toContain('specified model, gpt-4.1.');
  expect(answerOf(retired, asked()).text).toContain('specified model, gpt-35-turbo.');
});

test('who shows a key is told that it is wrong, and who shows a token, that it is not good', () => {
  const withKey = answerOf(unauthorized(), asked({ headers: { 'api-key': 'x' } }));
  expect([withKey.status, withKey.reason]).toEqual([401, 'PermissionDenied']);
  expect(withKey.text).toContain('invalid subscription key');
  const withToken = answerOf(unauthorized(), asked({ headers: { authorization: 'Bearer x' } }));
  expect([withToken.status, withToken.reason]).toEqual([401, undefined]);
  expect(withToken.text).toContain('Access token is missing, invalid');
  expect(answerOf(permissionDenied()).reason).toBe('PermissionDenied');
});

test('a token of another tenant is told of with the tenant of its caller, or one that is made up', () => {
  const caller = asked({ principal: { kind: 'entra-id', tenantId: 'my-tenant' } });
  expect(answerOf(wrongTenant(), caller).text).toContain('Token tenant my-tenant does not match');
  const nobody = asked({ principal: { kind: 'api-key' } });
  expect(answerOf(wrongTenant(), nobody).text).toMatch(/Token tenant [\da-f-]{36} does not match/);
});

test('a firewall has other words where only a private endpoint is let in', () => {
  expect(answerOf(firewalled()).text).toContain('Virtual Network/Firewall rules.');
  expect(answerOf(firewalled({ privateEndpoint: true })).text).toContain('configure private endpoint.');
});
