import { isRecord } from '../answer/records.ts';
import { keepEphemeralKey } from '../service/ephemeral-keys.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import { checkValue, missing } from '../service/parameter.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { newSession, updateSession } from './session.ts';

/** The deployment of the session that is asked for. */
export function deploymentOfSession({ body }: OperationRequest): string | undefined {
  const { session } = body;
  return isRecord(session) && typeof session['model'] === 'string' ? session['model'] : undefined;
}

/** Answers `POST /realtime/client_secrets`: an ephemeral key for a browser (how-to/realtime-audio-webrtc). */
export function createClientSecret(request: DeploymentRequest): WireResponse {
  const { body, random, clock, dateMs } = request;
  const { session: sent, expires_after: after } = body;
  if (!isRecord(sent)) throw missing('session');
  if (sent['type'] === undefined) throw missing('session.type');
  checkValue(sent['type'], 'session.type', { type: 'string', oneOf: ['realtime', 'transcription'] });
  const seconds = isRecord(after) ? (after['seconds'] ?? 600) : 600;
  checkValue(seconds, 'expires_after.seconds', { type: 'integer', min: 10, max: 7200 });
  const lifetimeMs = (seconds as number) * 1000;
  const session = updateSession(newSession(request, 'ga'), sent);
  const value = random.id('ek_', 32);
  keepEphemeralKey(request, value, { expiresAtMs: clock.now() + lifetimeMs, session });
  return json({ value, expires_at: Math.floor((dateMs + lifetimeMs) / 1000), session });
}
