import type { Clock } from '../clock.ts';
import type { Identity } from '../identity/identity.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainRequest, PlainResponse } from '../neighbour/listener.ts';
import { createNeighbour, nothingAt } from '../neighbour/neighbour.ts';
import type { NeighbourServer } from '../neighbour/neighbour.ts';
import { graphErrorResponse } from './graph-error.ts';
import { authenticateGraph, ownProfile, profileOf } from './graph-call.ts';
import type { GraphCall } from './graph-call.ts';
import { listMemberships, memberIds, profile } from './memberships.ts';

const service = 'Microsoft Graph';

/** The part of Microsoft Graph about people and their groups. */
export function createGraphService(options: {
  readonly identity: Identity;
  readonly clock: Clock;
  readonly host?: string;
}): NeighbourServer {
  const { identity, clock, host } = options;
  const neighbour = createNeighbour({
    service,
    clock,
    host,
    refuse: graphErrorResponse,
    transient: (status) => ({
      error:
        status === 429
          ? { code: 'TooManyRequests', message: 'Too many requests' }
          : { code: 'serviceNotAvailable', message: 'The service is temporarily unavailable. Try again.' },
    }),
    answer: (request) => answer(identity, request, neighbour.endpoint),
  });
  return neighbour;
}

function answer(identity: Identity, request: PlainRequest, origin: string): PlainResponse {
  const [version = '', ...path] = request.url.pathname.split('/').filter((part) => part !== '');
  const parts = path.map(decodeURIComponent);
  if (version !== 'v1.0' && version !== 'beta') throw nothingAt(service, request);
  const call: GraphCall = { request, identity, origin, caller: authenticateGraph(identity, request, origin) };
  const [collection = '', ...rest] = parts;
  const isOwn = collection === 'me';
  const [id, ...below] = isOwn ? ['', ...rest] : rest;
  if ((!isOwn && collection !== 'users') || id === undefined) throw nothingAt(service, request);
  const person = () => (isOwn ? ownProfile(call) : profileOf(call, id));
  const operation = below.join('/');
  if (request.method === 'GET' && operation === '') return json(200, profile(call, person()));
  // The cast lists groups alone, which is all that this directory has.
  if (request.method === 'GET' && /^(transitiveM|m)emberOf(\/microsoft\.graph\.group)?$/.test(operation))
    return listMemberships(call, person());
  if (request.method === 'POST') {
    const ids = memberIds(call, operation.replace(/^microsoft\.graph\./, ''), person);
    if (ids !== undefined) return ids;
  }
  throw nothingAt(service, request);
}
