import { isRecord, parseJson } from '../answer/records.ts';
import { readForm } from '../files/multipart.ts';
import { ephemeralKeyOf } from '../service/ephemeral-keys.ts';
import type { DeploymentRequest, OperationRequest } from '../service/operation.ts';
import { refuse } from '../service/parameter.ts';
import { bytes, type WireResponse } from '../service/wire-response.ts';
import { answerOffer } from './session-description.ts';

/** The deployment of a call: that of the ephemeral key, of the query, or of the session in a form. */
export function deploymentOfCall(request: OperationRequest): string | undefined {
  const session = ephemeralKeyOf(request)?.session['model'];
  if (typeof session === 'string') return session;
  const { sent } = read(request);
  const model = isRecord(sent) ? sent['model'] : undefined;
  return request.query.get('model') ?? (typeof model === 'string' ? model : undefined);
}

/**
 * Answers `POST /realtime/calls`: the first step of a call over WebRTC, the exchange of session descriptions
 * (how-to/realtime-audio-webrtc). No media follow: the mock has no other end.
 */
export function createCall(request: DeploymentRequest): WireResponse {
  const answer = answerOffer(read(request).offer, request.random);
  if (answer === undefined) throw refuse('The SDP offer could not be parsed.', 'sdp', 'invalid_offer');
  const id = request.random.id('rtc_', 32);
  return bytes(Buffer.from(answer), 'application/sdp', {
    status: 201,
    headers: { Location: `/v1/realtime/calls/${id}` },
  });
}

/** The offer alone, or a form with the session beside it. */
function read(request: OperationRequest): { readonly offer: string; readonly sent?: unknown } {
  if (request.headers['content-type']?.startsWith('multipart/') !== true)
    return { offer: request.raw.toString() };
  const form = readForm(request);
  return { offer: form.text('sdp') ?? '', sent: parseJson(form.text('session') ?? 'null') };
}
