import type { Observed } from '../script/observed.ts';

/** One request as a person reads it. */
export function requestLine({ request, findings }: Observed): string {
  const { method, path, deployment, response } = request;
  const parts = [
    new Date(request.receivedAtMs).toISOString().slice(11, 19),
    method,
    path,
    ...(deployment === undefined || path.includes(`/${deployment}/`) ? [] : [`(${deployment})`]),
    response === undefined || response.outcome === 'abandoned' ? 'abandoned' : String(response.status),
    `${tookMs({ request, findings })} ms`,
  ];
  return [parts.join(' '), ...findings.map(({ message }) => `         ! ${message}`)].join('\n');
}

/** One request as a program reads it: no bodies and no headers, so nothing that is private. */
export function requestJson(observed: Observed): string {
  const { request, findings } = observed;
  return JSON.stringify({
    time: new Date(request.receivedAtMs).toISOString(),
    event: 'request',
    number: request.number,
    method: request.method,
    path: request.path,
    resource: request.resource,
    deployment: request.deployment ?? null,
    operation: request.operation ?? null,
    credential: request.credential,
    status: request.response?.status ?? null,
    outcome: request.response?.outcome ?? null,
    durationMs: tookMs(observed),
    findings: findings.map(({ rule, message }) => ({ rule, message })),
  });
}

function tookMs({ request }: Observed): number {
  return Math.round((request.response?.finishedAtMs ?? request.receivedAtMs) - request.receivedAtMs);
}
