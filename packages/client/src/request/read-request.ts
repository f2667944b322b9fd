import { readBody } from './body.ts';
import type { RequestBody } from './body.ts';
import type { CallRequest } from './call-request.ts';
import { estimateTokens } from './estimate.ts';
import { encodeForm, modelOfForm } from './form-body.ts';
import { checkModel, namedJson, stringified, tooDeep } from './json-body.ts';
import type { NamedJson } from './json-body.ts';
import { operationOf } from './operation.ts';
import { imageDeploymentHeader, readHeaders } from './read-headers.ts';
import type { HeadersInput } from './read-headers.ts';
import { readUrl } from './read-url.ts';
import type { RequestPlace } from './read-url.ts';
import { imageToolUnnamed, mayReferTo, noMentions, mentionsIn } from './mentions.ts';
import type { Mentions } from './mentions.ts';
import { deploymentNamed, isUnderDeployment } from '../route/target.ts';
import type { Target } from '../route/target.ts';

/** What is read of a `RequestInit`. */
export interface RequestInput {
  readonly method?: string | undefined;
  readonly headers?: HeadersInput;
  readonly body?: unknown;
}

/** A request with a JSON body that is still an object. */
export interface JsonInput {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: object | undefined;
}

/** Headers that callers may set beside those that every caller may set. */
export type AllowHeaders = ReadonlySet<string> | undefined;

/** Operations whose body may be a stream of bytes that name no deployment. */
const takesBytes = /^\/(files|uploads|containers|vector_stores)(\/|$)/;

const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Reads what a client asks for, once: the URL and the body that it built for `/openai/v1` or for a dated api.
 * A promise only where bytes of the body are still to come.
 * @throws TypeError for a request that could be read in two ways.
 */
export function readRequest(
  url: URL | string,
  input: RequestInput,
  allowHeaders?: AllowHeaders,
): CallRequest | Promise<CallRequest> {
  const place = readUrl(url);
  const method = methodOf(input.method ?? 'GET');
  const headers = readHeaders(input.headers, allowHeaders);
  checkEncoding(input.headers);
  const { body: given } = input;
  if (given !== undefined && given !== null && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError(`Cannot send ${JSON.stringify(place.path)}: a ${method} has no body. Leave it out.`);
  }
  const mustRead = place.nameInPath !== undefined || !takesBytes.test(place.path);
  const body = readBody({ body: given, contentType: headers['content-type'], mustRead });
  return body instanceof Promise
    ? body.then((read) => request({ place, method, headers, body: read }))
    : request({ place, method, headers, body });
}

/** The same for a JSON body that is an object of the caller: it is written here, so that nothing has to be parsed. */
export function readJsonRequest(url: string, input: JsonInput, allowHeaders?: AllowHeaders): CallRequest {
  const { json } = input;
  return request({
    place: readUrl(url),
    method: methodOf(input.method),
    headers: readHeaders(input.headers, allowHeaders),
    // A copy: its values are looked at once.
    body: json === undefined ? { kind: 'none' } : { kind: 'json', json: { ...json } },
  });
}

function methodOf(method: string): string {
  const upper = method.toUpperCase();
  if (methods.has(upper)) return upper;
  throw new TypeError(
    `Cannot send the request: its method is ${JSON.stringify(method)}. Use one of ${[...methods].join(', ')}.`,
  );
}

/** A body that the caller has compressed cannot be read here. */
function checkEncoding(given: HeadersInput): void {
  if (given === undefined) return;
  const entries = Symbol.iterator in given ? given : Object.entries(given);
  for (const [name, value] of entries) {
    if (name.toLowerCase() === 'content-encoding' && value.toLowerCase() !== 'identity') {
      throw new TypeError(
        `Cannot send the request: its body is encoded with ${JSON.stringify(value)}. Send it as it is, without \`content-encoding\`.`,
      );
    }
  }
}

interface ReadParts {
  readonly place: RequestPlace;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: RequestBody;
}

function request({ place, method, headers, body }: ReadParts): CallRequest {
  const { path } = place;
  const json = body.kind === 'json' ? body.json : undefined;
  if (body.kind === 'opaque') checkRead(body, { path, method, place });
  const name = nameOf({ place, method, body });
  const named = json === undefined || name === undefined ? undefined : namedJson(json, name);
  const text = named?.text ?? (json === undefined ? undefined : stringified(json));
  const { [imageDeploymentHeader]: imageDeployment, ...plainHeaders } = headers;
  const contentType = contentTypeOf(body, headers['content-type']);
  const operation = operationOf(path);
  return {
    method,
    path,
    query: place.query,
    headers: withContentType(imageDeployment === undefined ? headers : plainHeaders, contentType),
    name,
    operation,
    stream:
      json?.['stream'] === true ||
      (body.kind === 'form' && body.fields.some(([field, value]) => field === 'stream' && value === 'true')),
    tokens: estimateTokens({ operation, json, length: text?.length ?? 0 }),
    json,
    text,
    replayable: !(body.kind === 'opaque' && body.content instanceof ReadableStream),
    unread: body.kind === 'opaque' ? body.unread : undefined,
    mentions: () => mentionsOf({ text, named, imageDeployment, path, body }),
    queryFor: (target) => queryFor(place, target),
    headersFor:
      imageDeployment === undefined
        ? undefined
        : (target) => ({ [imageDeploymentHeader]: deploymentNamed(target, imageDeployment) }),
    bodyFor: bodyWriter({ body, name, named, text }),
  };
}

/** Whether a method asks for work, so that it has to say of whom. */
export function isWrite(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'DELETE';
}

function checkRead(
  { unread }: Extract<RequestBody, { kind: 'opaque' }>,
  { path, method, place }: Pick<ReadParts, 'method' | 'place'> & { path: string },
): void {
  if (place.nameInPath === undefined && !(isWrite(method) && isUnderDeployment(path))) return;
  throw new TypeError(
    `Cannot send ${JSON.stringify(path)}: its body could not be read: ${unread}. Send a JSON object in UTF-8, or a form.`,
  );
}

/** What a request calls: by its path, by its query, or by the `model` of its body. */
function nameOf({ place, method, body }: Pick<ReadParts, 'place' | 'method' | 'body'>): string | undefined {
  const { path, nameInPath, nameInQuery } = place;
  let model: string | undefined;
  if (body.kind === 'json') {
    checkModel(body.json, path);
    model = (body.json['model'] ?? undefined) as string | undefined;
  } else if (body.kind === 'form') model = modelOfForm(body.fields, path);
  if (nameInQuery !== undefined && !mayNameInQuery(path, method)) {
    throw new TypeError(
      `Cannot send ${JSON.stringify(path)}: its query names ${JSON.stringify(nameInQuery)}. Set \`model\` in the body.`,
    );
  }
  // The model of a fine-tuning job is what is trained, and no deployment.
  const own = path.startsWith('/fine_tuning/') ? undefined : model;
  return nameInPath ?? (path.startsWith('/realtime') ? nameInQuery : undefined) ?? own;
}

/** A realtime call is named in its query; lists of stored answers are filtered by it. */
function mayNameInQuery(path: string, method: string): boolean {
  return path.startsWith('/realtime') || method === 'GET';
}

function queryFor({ path, query, nameInQuery }: RequestPlace, target: Target): string {
  if (nameInQuery === undefined) return query;
  const parameters = new URLSearchParams(query);
  if (!path.startsWith('/realtime')) parameters.set('model', nameInQuery);
  else parameters.set(target.resource.api === 'v1' ? 'model' : 'deployment', target.deployment.deployment);
  return parameters.toString();
}

function contentTypeOf(body: RequestBody, given: string | undefined): string | undefined {
  // JSON under another name is for the service to judge.
  if (body.kind === 'json') return given === undefined || /json/i.test(given) ? 'application/json' : given;
  return body.kind === 'opaque' && body.type !== '' ? body.type : undefined;
}

/** The type is written from what was read, too. That of a form goes with its bytes. */
function withContentType(headers: Record<string, string>, type: string | undefined): Record<string, string> {
  if (type !== undefined) headers['content-type'] = type;
  else delete headers['content-type'];
  return headers;
}

interface Referring {
  readonly text: string | undefined;
  readonly named: NamedJson | undefined;
  readonly imageDeployment: string | undefined;
  readonly path: string;
  readonly body: RequestBody;
}

function mentionsOf({ text, named, imageDeployment, path, body }: Referring): Mentions {
  const inHeader = imageDeployment === undefined ? [] : [imageDeployment];
  if (text === undefined || !mayReferTo(text, named?.headLength ?? 0)) {
    // The session of a realtime call is JSON within a form.
    const session = body.kind === 'form' && path.startsWith('/realtime');
    if (inHeader.length === 0 && !session) return noMentions;
    const unseen = session ? ['the `session` in its form may name a deployment'] : [];
    return { ...noMentions, deployments: inHeader, unseen };
  }
  // From the text that is sent: the getters of an object of the caller could return something else the second time.
  const found = searched(text);
  return {
    hasKey: found.hasKey,
    deployments: [...inHeader, ...found.deployments],
    outside: found.outside,
    unseen: found.unseen.filter((part) => part !== imageToolUnnamed || imageDeployment === undefined),
  };
}

function searched(text: string): Mentions {
  try {
    return mentionsIn(JSON.parse(text) as Record<string, unknown>);
  } catch (cause) {
    throw tooDeep(cause);
  }
}

interface Writing {
  readonly body: RequestBody;
  readonly name: string | undefined;
  readonly named: NamedJson | undefined;
  readonly text: string | undefined;
}

function bodyWriter({ body, name, named, text }: Writing): CallRequest['bodyFor'] {
  return (target, { mentions, changed }) => {
    const { deployment } = target.deployment;
    switch (body.kind) {
      case 'none':
        return undefined;
      case 'form':
        return encodeForm(body.fields, name === undefined ? undefined : deployment);
      case 'opaque':
        return body.content;
      case 'json': {
        let written = named === undefined || name === deployment ? text : named.withModel(deployment);
        if (changed !== undefined) {
          written = named === undefined ? stringified(changed) : namedJson(changed, deployment).text;
        }
        return mentions.deployments.length === 0 || written === undefined
          ? written
          : withDeployments(written, target);
      }
    }
  };
}

/** The text with the names of the config that it refers to replaced by those of the resource. */
function withDeployments(text: string, target: Target): string {
  const json = JSON.parse(text) as Record<string, unknown>;
  for (const { holder, key, name } of mentionsIn(json).places) holder[key] = deploymentNamed(target, name);
  return stringified(json);
}
