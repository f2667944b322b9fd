import { expect, test } from 'vitest';
import { serviceError, statusOf } from './service-error.ts';

test.each<[unknown, ReturnType<typeof serviceError>]>([
  [undefined, undefined],
  ['Boom', undefined],
  [null, undefined],
  [[{ error: 'Boom' }], undefined],
  [{}, undefined],
  [{ error: null }, undefined],
  [{ error: '' }, undefined],
  [{ error: 7 }, undefined],
  [{ response: 'x' }, undefined],
  [{ error: 'Boom' }, { code: '', message: 'Boom', status: undefined }],
  [
    { error: 'Boom', status: 503 },
    { code: '', message: 'Boom', status: 503 },
  ],
  [{ error: { code: 'a', type: 'b', message: 'm' } }, { code: 'a', message: 'm', status: undefined }],
  [{ error: { code: '', type: 'b', message: 'm' } }, { code: 'b', message: 'm', status: undefined }],
  [{ error: { code: null, type: null, message: null } }, { code: '', message: '', status: undefined }],
  [{ error: { code: {}, message: [] } }, { code: '', message: '', status: undefined }],
  [{ error: { code: 429, message: 'm' } }, { code: '429', message: 'm', status: 429 }],
  [{ error: { code: '503', message: 'm', status: 429 } }, { code: '503', message: 'm', status: 429 }],
  [{ error: { code: 'x', message: 'm', status: '500' } }, { code: 'x', message: 'm', status: 500 }],
  [{ response: { error: { code: 'x', message: 'm' } } }, { code: 'x', message: 'm', status: undefined }],
  [
    { error: { code: 'outer' }, response: { error: { code: 'inner' } } },
    { code: 'outer', message: '', status: undefined },
  ],
  [
    { statusCode: 500, message: 'm' },
    { code: '500', message: 'm', status: 500 },
  ],
  [
    { statusCode: '429', message: 'm' },
    { code: '429', message: 'm', status: 429 },
  ],
  [
    { statusCode: 500, message: 'm', activityId: 'a' },
    { code: '500', message: 'm', status: 500 },
  ],
  [
    { statusCode: 503, error: 'Service Unavailable', message: 'm' },
    { code: '', message: 'Service Unavailable', status: 503 },
  ],
  [
    { statusCode: 500, error: { code: 'x', message: 'inner' }, message: 'm' },
    { code: 'x', message: 'inner', status: undefined },
  ],
  [{ error: { statusCode: 429, message: 'm' } }, { code: '', message: 'm', status: 429 }],
  [{ statusCode: 200, message: 'm' }, undefined],
  [{ statusCode: 500, message: null }, undefined],
  [{ statusCode: 500 }, undefined],
  [{ message: 'm' }, undefined],
])('finds in %j the error %j', (value, found) => {
  expect(serviceError(value)).toEqual(found);
});

test.each([
  [399, undefined],
  [400, 400],
  [599, 599],
  [600, undefined],
  [429.5, undefined],
  ['4xx', undefined],
  [true, undefined],
])('a status of %j in a body is %j', (status, expected) => {
  expect(serviceError({ error: { status } })?.status).toBe(expected);
});

test.each([
  ['', '', 503, 503],
  ['rate_limit_exceeded', '', 400, 400],
  ['rate_limit_exceeded', '', undefined, 429],
  ['RateLimitReached', '', undefined, 429],
  ['too_many_requests', '', undefined, 429],
  ['TooManyRequests', '', undefined, 429],
  ['Throttled', '', undefined, 429],
  ['', 'You have exceeded the token rate limit.', undefined, 429],
  ['', 'You exceeded call rate limit.', undefined, 429],
  ['', 'You have exceeded rate limit.', undefined, 429],
  ['', 'the rate limit of tokens', undefined, 400],
  ['RequestTimeout', '', undefined, 408],
  ['server_error', '', undefined, 500],
  ['ServerError', '', undefined, 500],
  ['InternalFailure', '', undefined, 500],
  ['ServiceUnavailable', '', undefined, 500],
  ['overloaded', '', undefined, 500],
  ['no_capacity', '', undefined, 500],
  ['NoCapacity', '', undefined, 500],
  ['BackendFailure', '', undefined, 500],
  ['upstream', '', undefined, 500],
  ['invalid_prompt', 'server_error', undefined, 400],
])('an error with code %j, message %j and status %j counts as %i', (code, message, status, expected) => {
  expect(statusOf({ code, message, status })).toBe(expected);
});
