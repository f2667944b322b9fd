import { bearerToken } from '../bearer-token.ts';
import type { User } from '../identity/directory.ts';
import type { Identity } from '../identity/identity.ts';
import type { Principal } from '../identity/verify.ts';
import type { PlainRequest } from '../neighbour/listener.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { insufficientPrivileges } from './graph-error.ts';

/** A request to Microsoft Graph with its caller. */
export interface GraphCall {
  readonly request: PlainRequest;
  readonly identity: Identity;
  readonly origin: string;
  readonly caller: Principal;
}

/** The caller of the token. @throws {NeighbourError} for a token that is missing or not meant for Microsoft Graph. */
export function authenticateGraph(identity: Identity, request: PlainRequest, origin: string): Principal {
  const token = bearerToken(request.headers.authorization);
  if (token === undefined) throw unauthenticated('Access token is empty.');
  const verdict = identity.verify(token, { service: 'graph', origin });
  if (verdict.ok) return verdict.principal;
  throw unauthenticated(
    verdict.problem === 'wrong-tenant'
      ? 'Access token validation failure. Invalid tenant.'
      : 'Access token validation failure. Invalid audience, signature or lifetime.',
  );
}

function unauthenticated(message: string): NeighbourError {
  return new NeighbourError(401, 'InvalidAuthenticationToken', message);
}

/** Permissions to read the profiles of everybody. */
const readUsers: readonly string[] = [
  'User.Read.All',
  'User.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];

/** Permissions to read groups and their members. */
export const readGroups: readonly string[] = [
  'GroupMember.Read.All',
  'GroupMember.ReadWrite.All',
  'Group.Read.All',
  'Group.ReadWrite.All',
  'Directory.Read.All',
  'Directory.ReadWrite.All',
];

const readOwnProfile = ['User.Read', 'User.ReadWrite', ...readUsers];

/** The person of `/me`. @throws {NeighbourError} for an app that acts for itself, or without `User.Read`. */
export function ownProfile(call: GraphCall): User {
  if (call.caller.kind === 'app')
    throw new NeighbourError(
      400,
      'BadRequest',
      '/me request is only valid with delegated authentication flow.',
    );
  demand(call, readOwnProfile);
  return existing(call, call.caller.objectId);
}

/** The person of `/users/{id}`. @throws {NeighbourError} for another person than the caller, without a permission to read it. */
export function profileOf(call: GraphCall, id: string): User {
  const isOwn = call.identity.directory.user(id)?.objectId === call.caller.objectId;
  demand(call, isOwn ? readOwnProfile : readUsers);
  return existing(call, id);
}

export function has({ caller }: GraphCall, permissions: readonly string[]): boolean {
  return caller.permissions.some((name) => permissions.includes(name));
}

function demand(call: GraphCall, permissions: readonly string[]): void {
  if (!has(call, permissions)) throw insufficientPrivileges();
}

function existing({ identity }: GraphCall, id: string): User {
  const user = identity.directory.user(id);
  if (user !== undefined) return user;
  throw new NeighbourError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}
