import type { User } from '../identity/directory.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { badRequest } from './graph-error.ts';
import { has, readGroups } from './graph-call.ts';
import type { GraphCall } from './graph-call.ts';

/** A user as `/me` and `/users/{id}` give it. */
export function profile(call: GraphCall, user: User): Record<string, unknown> {
  const all: Record<string, unknown> = {
    id: user.objectId,
    displayName: user.name,
    userPrincipalName: user.username,
    mail: user.username,
    givenName: user.name.split(' ')[0],
    surname: user.name.split(' ').slice(1).join(' ') || null,
    jobTitle: null,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    businessPhones: [],
  };
  return { '@odata.context': `${call.origin}/v1.0/$metadata#users/$entity`, ...selected(call, all) };
}

/** Groups of `user`, a page at a time. A caller without the right to read groups gets only their ids, as from Graph. */
export function listMemberships(call: GraphCall, user: User): PlainResponse {
  const { url } = call.request;
  const unsupported = ['$filter', '$search', '$orderby', '$expand'].find((name) =>
    url.searchParams.has(name),
  );
  if (unsupported !== undefined)
    throw badRequest(`The mock of Microsoft Graph does not know the query option '${unsupported}' here.`);
  const top = pageSize(url.searchParams.get('$top'));
  const start = offset(url.searchParams.get('$skiptoken'));
  const ids = call.identity.directory.groupIds(user);
  const mayReadGroups = has(call, readGroups);
  const value = ids.slice(start, start + top).map((id) => ({
    '@odata.type': '#microsoft.graph.group',
    ...selected(call, {
      id,
      displayName: mayReadGroups ? (call.identity.directory.groupName(id) ?? id) : null,
      securityEnabled: mayReadGroups ? true : null,
      mailEnabled: mayReadGroups ? false : null,
      groupTypes: mayReadGroups ? [] : null,
    }),
  }));
  return json(200, {
    '@odata.context': `${call.origin}/v1.0/$metadata#directoryObjects`,
    ...(url.searchParams.get('$count') === 'true' && { '@odata.count': ids.length }),
    ...(start + top < ids.length && { '@odata.nextLink': nextLink(call, start + top) }),
    value,
  });
}

/** Answers the actions that give or check ids; `undefined` for an action of another name. */
export function memberIds(call: GraphCall, action: string, person: () => User): PlainResponse | undefined {
  const limits = memberActions.get(action);
  if (limits === undefined) return undefined;
  const ids = call.identity.directory.groupIds(person());
  const body = parse(call.request.body);
  if (limits.list === undefined) {
    if (typeof body['securityEnabledOnly'] !== 'boolean')
      throw badRequest("The parameter 'securityEnabledOnly' is missing or is not a Boolean.");
    return answerIds(call, ids);
  }
  const wanted = body[limits.list];
  if (!Array.isArray(wanted) || wanted.length > 20)
    throw badRequest(`The parameter '${limits.list}' has to be a list of at most 20 ids.`);
  return answerIds(
    call,
    ids.filter((id) => wanted.includes(id)),
  );
}

/** Actions, and the list that each checks. */
const memberActions: ReadonlyMap<string, { readonly list?: string }> = new Map([
  ['getMemberObjects', {}],
  ['getMemberGroups', {}],
  ['checkMemberGroups', { list: 'groupIds' }],
  ['checkMemberObjects', { list: 'ids' }],
]);

function answerIds(call: GraphCall, value: readonly string[]): PlainResponse {
  return json(200, { '@odata.context': `${call.origin}/v1.0/$metadata#Collection(Edm.String)`, value });
}

function selected(call: GraphCall, all: Record<string, unknown>): Record<string, unknown> {
  const names = call.request.url.searchParams.get('$select')?.split(',');
  return names === undefined
    ? all
    : Object.fromEntries(names.map((name) => [name.trim(), all[name.trim()] ?? null]));
}

function pageSize(text: string | null): number {
  const top = text === null ? 100 : Number(text);
  if (Number.isInteger(top) && top >= 1 && top <= 999) return top;
  throw badRequest(`Invalid page size specified: '${text ?? ''}'. Must be between 1 and 999 inclusive.`);
}

function offset(token: string | null): number {
  const start = token === null ? 0 : Number(token);
  if (Number.isInteger(start) && start >= 0) return start;
  throw badRequest('The skip token is not valid.');
}

function nextLink(call: GraphCall, start: number): string {
  const url = new URL(call.request.url.pathname + call.request.url.search, call.origin);
  url.searchParams.set('$skiptoken', String(start));
  return url.href;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // The same answer as for JSON of another shape.
  }
  throw badRequest('Unable to read JSON request payload. The payload has to be an object.');
}
