import { expect, test } from 'vitest';
import { UnexpectedAnswerError } from '../errors.ts';
import { mayHaveBegun, startsBackgroundWork } from './background-work.ts';
import type { Call } from '../engine/call.ts';

test.each([
  ['POST', '/responses', { background: true }, true],
  ['POST', '/responses', { background: 'yes' }, false],
  ['POST', '/responses', undefined, false],
  ['GET', '/responses', { background: true }, false],
  ['POST', '/chat/completions', { background: true }, false],
  ['POST', '/fine_tuning/jobs', undefined, true],
  ['GET', '/fine_tuning/jobs', undefined, false],
  ['POST', '/fine_tuning/jobs/1/cancel', undefined, false],
  ['POST', '/videos', undefined, true],
  ['POST', '/video/generations/jobs', undefined, true],
  ['POST', '/evals/eval_1/runs', undefined, true],
  ['POST', '/evals//runs', undefined, false],
  ['POST', '/evals/a/b/runs', undefined, false],
  ['POST', '/threads/runs', undefined, true],
  ['POST', '/threads/thread_1/runs', undefined, true],
  ['POST', '/threads', undefined, false],
  ['POST', '/x/videos', undefined, false],
])('%s %s with %j starts work that goes on alone: %s', (method, path, json, starts) => {
  expect(startsBackgroundWork({ request: { method, path, json } } as Call)).toBe(starts);
});

const failed = { kind: 'failed', classified: { outcome: 'unavailable' } } as const;
const headers = new Headers();
const answer = { status: 500, headers, body: Buffer.alloc(0), destroy: () => undefined };
const unexpected = (isPage: boolean) =>
  new UnexpectedAnswerError({ deployment: 'a', status: 200, contentType: null, cause: '', fix: '', isPage });

test.each([
  ['an answer of 500', { status: 500, answer }, false],
  ['an answer of 408', { status: 408, answer }, true],
  ['an answer of 504', { status: 504, answer }, true],
  ['an answer of 429', { status: 429, answer }, false],
  ['a page in place of an answer', { error: unexpected(true) }, false],
  ['half an answer', { error: unexpected(false) }, true],
  ['no connection', { error: Object.assign(new Error(), { code: 'ECONNREFUSED' }) }, false],
  ['no such host', { error: Object.assign(new Error(), { code: 'ENOTFOUND' }) }, false],
  ['a certificate that is not trusted', { error: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } }, false],
  ['a proxy that fails', { error: { code: 'PROXY_FAILED' } }, false],
  ['a reset', { error: Object.assign(new Error(), { code: 'ECONNRESET' }) }, true],
  ['an error without a code', { error: new Error() }, true],
  ['nothing', {}, true],
])('after %s the work may have begun: %s', (_, result, may) => {
  expect(mayHaveBegun({ ...failed, ...result })).toBe(may);
});
