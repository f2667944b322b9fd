import type { AttemptResult } from './attempt.ts';
import type { Call } from '../engine/call.ts';
import { UnexpectedAnswerError } from '../errors.ts';

/** Paths whose POST starts work that goes on without the connection. */
const jobs =
  /^\/(?:fine_tuning\/jobs|videos|video\/generations\/jobs|evals\/[^/]+\/runs|threads(?:\/[^/]+)?\/runs)$/;

/** Whether a call starts work that goes on when its connection is gone: it must not be started twice. */
export function startsBackgroundWork({ request: { method, path, json } }: Call): boolean {
  if (method !== 'POST') return false;
  return (path === '/responses' && json?.['background'] === true) || jobs.test(path);
}

/** Errors of attempts that were never sent. */
const unsentCodes: ReadonlySet<unknown> = new Set([
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'PROXY_FAILED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** Whether an attempt that failed may have reached the service: without its answer this is unknown. */
export function mayHaveBegun(result: Extract<AttemptResult, { kind: 'failed' }>): boolean {
  const { status, answer, error } = result;
  if (answer !== undefined) return status === 408 || status === 504;
  if (error instanceof UnexpectedAnswerError) return !error.isPage;
  return !unsentCodes.has((error as { code?: unknown } | undefined)?.code);
}
