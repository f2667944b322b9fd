import { describe, expect, test } from 'vitest';
import { classify, classifyStreamError } from './classify.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
const of = (status: number, body: unknown = '', headers: Record<string, string> = {}) =>
  classify(
    { status, headers: new Headers(headers) },
    typeof body === 'string' ? body : JSON.stringify(body),
    nowMs,
  );
const error = (code: string, message = 'No.') => ({ error: { code, message } });

describe('classify', () => {
  test.each([
    [300, 'refused'],
    [302, 'refused'],
    [399, 'refused'],
    [400, 'fatal'],
    [401, 'unauthorized'],
    [402, 'fatal'],
    [403, 'refused'],
    [404, 'refused'],
    [405, 'refused'],
    [406, 'fatal'],
    [407, 'refused'],
    [408, 'unavailable'],
    [409, 'unavailable'],
    [410, 'refused'],
    [413, 'fatal'],
    [421, 'refused'],
    [422, 'fatal'],
    [424, 'fatal'],
    [429, 'throttled'],
    [451, 'refused'],
    [499, 'fatal'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [599, 'unavailable'],
  ])('a status %i alone means %s', (status, outcome) => {
    expect(of(status)).toStrictEqual({ outcome });
  });

  test.each([
    [400, 'OperationNotSupported'],
    [400, 'ModelNotSupported'],
    [400, 'model_not_found'],
    [400, 'model_not_supported'],
    [422, 'model_not_available'],
    [400, 'unsupported_model'],
    [400, 'unsupported_api_version'],
    [400, 'unsupported_region'],
    [400, 'UnsupportedApiVersion'],
    [400, 'UnsupportedModel'],
    [422, 'UnsupportedRegion'],
    [400, 'InvalidApiVersionParameter'],
    [400, 'Tenant provided in token does not match resource token'],
  ])('%i with the code %j is the problem of the target', (status, code) => {
    expect(of(status, error(code))).toEqual({ outcome: 'refused', code });
  });

  test.each(['MyModelNotSupported', 'ModelNotSupportedHere', 'unsupported_value', 'content_filter'])(
    '400 with the code %j is the problem of the request',
    (code) => {
      expect(of(400, error(code))).toEqual({ outcome: 'fatal', code });
    },
  );

  test.each([
    ['This feature is not enabled for your subscription.', 'refused'],
    ['The model is not yet available in this region', 'refused'],
    ['Fine-tuning has not been deployed to this location.', 'refused'],
    ['The resource does not support this.', 'refused'],
    ["Your sku doesn’t say. The deployment doesn't allow it", 'refused'],
    ['The tenants of this account do not offer it', 'refused'],
    ['API version not supported', 'refused'],
    ['API version is not supported', 'refused'],
    ['Please use a custom subdomain.', 'refused'],
    ['The value is not supported. See the region.', 'fatal'],
    ['not supported', 'fatal'],
    ['This does not support a region', 'fatal'],
  ])('400 that says %j is %s', (message, outcome) => {
    expect(of(400, { error: { message } })).toEqual({ outcome });
    expect(of(406, { error: { message } }), 'other statuses speak for themselves').toEqual({
      outcome: 'fatal',
    });
  });

  test.each([
    ['DeploymentNotFound', 'misplaced'],
    ['unknown_model', 'misplaced'],
    ['NotFound', 'refused'],
  ])('404 with the code %j is %s', (code, outcome) => {
    expect(of(404, error(code))).toEqual({ outcome, code });
    if (outcome === 'misplaced') expect(of(400, error(code)).outcome).toBe('fatal');
  });

  test('a quota that is used up for good is not waited for, whatever the answer says', () => {
    const used = of(429, error('insufficient_quota'), { 'retry-after': '1' });
    expect(used).toEqual({ outcome: 'fatal', code: 'insufficient_quota', retryAfterMs: 1_000 });
    expect(of(500, error('insufficient_quota')).outcome).toBe('unavailable');
  });

  test.each([
    [500, 'false', 'fatal'],
    [429, 'false', 'fatal'],
    [401, 'false', 'fatal'],
    [403, 'false', 'fatal'],
    [400, 'true', 'unavailable'],
    [429, 'true', 'throttled'],
    [401, 'true', 'unauthorized'],
    [400, 'maybe', 'fatal'],
  ])('%i with `x-should-retry: %s` is %s', (status, shouldRetry, outcome) => {
    expect(of(status, '', { 'x-should-retry': shouldRetry })).toEqual({ outcome });
  });

  test.each([
    [403, { statusCode: 403, message: 'Out of call volume quota.' }, 'throttled'],
    [403, { statusCode: 403, message: 'Quotas are out.' }, 'refused'],
    [400, { statusCode: 403, message: 'Out of call volume quota.' }, 'fatal'],
  ])('%i with %j is %s', (status, body, outcome) => {
    expect(of(status, body)).toEqual({ outcome, code: '403' });
  });

  test.each([
    ['399', 'fatal'],
    ['400', 'fatal'],
    ['401', 'unauthorized'],
    ['429', 'throttled'],
    ['500', 'unavailable'],
    ['599', 'unavailable'],
    ['600', 'fatal'],
    ['none', 'fatal'],
  ])('a 424 whose model answered %s is %s', (wrapped, outcome) => {
    const headers = { 'ms-azureml-model-error-statuscode': wrapped };
    expect(of(424, '', headers)).toEqual({ outcome });
    expect(of(400, '', headers).outcome).toBe('fatal');
  });

  test('a 424 speaks of its target where the model behind it does', () => {
    const answered = (wrapped: string) =>
      of(424, error('ModelNotSupported'), { 'ms-azureml-model-error-statuscode': wrapped }).outcome;
    expect(['399', '400', '599', '600'].map(answered)).toEqual(['fatal', 'refused', 'unavailable', 'fatal']);
  });

  test.each([
    [429, true],
    [408, true],
    [503, true],
    [400, false],
    [403, false],
    [401, false],
  ])('a wait of a %i counts: %s', (status, counts) => {
    const { retryAfterMs } = of(status, '', { 'retry-after': '7' });
    expect(retryAfterMs).toBe(counts ? 7_000 : undefined);
  });

  test('a wait counts also where only the words or a header make the answer one to wait for', () => {
    expect(of(403, 'Quota will be replenished in 00:00:09.')).toEqual({
      outcome: 'throttled',
      retryAfterMs: 9_000,
    });
    expect(of(400, '', { 'x-should-retry': 'true', 'retry-after-ms': '40' })).toEqual({
      outcome: 'unavailable',
      retryAfterMs: 40,
    });
    expect(of(429, '', { 'x-should-retry': 'false', 'retry-after-ms': '40' })).toEqual({
      outcome: 'fatal',
      retryAfterMs: 40,
    });
  });

  test.each([
    ['You have exceeded the token rate limit', 'tokens'],
    ['Requests have EXCEEDED CALL RATE LIMIT', 'requests'],
    ['exceeded the request rate limit', 'requests'],
    ['exceeded tokens rate limit', 'tokens'],
    ['exceeded the rate limit', undefined],
  ])('a 429 that says %j names the limit %j', (message, limitHit) => {
    expect(of(429, { error: { message } }).limitHit).toBe(limitHit);
    expect(of(503, { error: { message } }).limitHit, 'nothing else is about a limit').toBeUndefined();
  });

  test('reads JSON after white space, and takes other text as it is', () => {
    expect(of(404, ` \n${JSON.stringify(error('DeploymentNotFound'))}`).outcome).toBe('misplaced');
    expect(of(400, `x${JSON.stringify(error('ModelNotSupported'))}`)).toEqual({ outcome: 'fatal' });
    expect(of(403, 'The quota is out').outcome).toBe('throttled');
  });
});

test.each([
  [{ code: 'too_many_requests', message: '', status: undefined }, 'throttled'],
  [{ code: 'x', message: '', status: 401 }, 'unauthorized'],
  [{ code: 'server_error', message: '', status: undefined }, 'unavailable'],
  [{ code: 'insufficient_quota', message: '', status: 429 }, 'fatal'],
  [{ code: 'ModelNotSupported', message: '', status: undefined }, 'refused'],
  [{ code: '', message: 'The region does not support it', status: undefined }, 'refused'],
  [{ code: '', message: 'Bad', status: undefined }, 'fatal'],
])('inside a stream %j is %s', (inStream, outcome) => {
  expect(classifyStreamError(inStream)).toBe(outcome);
});
