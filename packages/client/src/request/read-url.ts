import { isUnderDeployment } from '../route/target.ts';

/** What a URL asks for. */
export interface RequestPlace {
  /** Below the root of the api: `/chat/completions`. */
  readonly path: string;
  /** Without what names a deployment, an api-version or a key. */
  readonly query: string;
  /** The name in `/deployments/{name}/…`. */
  readonly nameInPath?: string;
  /** The value of `model` or `deployment` in the query. */
  readonly nameInQuery?: string;
}

/** A URL of the v1 surface as the SDK builds it for nearly every call: nothing in it to decode or to resolve. */
const plainUrl = /^https?:\/\/[^/?#]+\/openai\/v1(\/[a-z_]+(?:\/[\w-]+)*)$/;
/** Characters of the service's ids. Other characters may be read by a proxy as `..` or as another path. */
const plainSegment = /^[\w.:~-]+$/;
const firstSegment = /^[a-z][a-z_]*$/;
/** Parameters that are a credential, or say what the config says. */
const droppedParameters =
  /^(api-?version|(api|subscription|ocp-?apim-?subscription|access)?-?(key|token)|authorization|code|secret|sig)$/;
const namingParameters = /^(model|deployment)(-?(name|id))?$/;

/**
 * Reads a URL that a client built for `/openai/v1` or for a dated api.
 * @throws TypeError for a path that the service does not have, or that could be read in two ways.
 */
export function readUrl(url: URL | string): RequestPlace {
  const plain = typeof url === 'string' ? plainUrl.exec(url)?.[1] : undefined;
  if (plain !== undefined && isCertain(plain)) return { path: plain, query: '' };
  const { pathname, searchParams } = new URL(url);
  const { name, segments } = belowRoot(pathname.split('/').slice(1));
  if (segments.at(-1) === '' && segments.length > 1) segments.pop();
  const decoded = segments.map(decodedOnce);
  const path = `/${decoded.join('/')}`;
  const [first = ''] = decoded;
  const isPlain = decoded.every((segment) => plainSegment.test(segment) && !/^\.+$/.test(segment));
  // The root once more, in an encoding: another server may start to read there.
  const isRoot = first === 'openai';
  if (!isPlain || isRoot || !firstSegment.test(first) || !isCertain(path)) throw notOurs(pathname);
  return {
    path,
    ...readQuery(searchParams),
    ...(name === undefined ? undefined : { nameInPath: decodedOnce(name) }),
  };
}

/** `false` where a server that ignores case, or that looks further on, would find another deployment or operation. */
function isCertain(path: string): boolean {
  if (isUnderDeployment(path)) return true;
  const lower = path.toLowerCase();
  return !isUnderDeployment(lower) && !/\/deployments(\/|$)/.test(lower);
}

/** A client made for OpenAI itself calls `/v1/…`. The path of a gateway may end with `/openai` as well. */
function belowRoot(segments: readonly string[]): { name?: string; segments: string[] } {
  let at = segments.indexOf('openai') + 1;
  if (at === 0 && segments[0] !== 'v1') return { segments: [] };
  while (segments[at] === 'openai' && at + 1 < segments.length) at += 1;
  if (segments[at] === 'v1') at += 1;
  const name = segments[at] === 'deployments' ? segments[at + 1] : undefined;
  if (name === undefined || name === '') return { segments: segments.slice(at) };
  return { name, segments: segments.slice(at + 2) };
}

function readQuery(parameters: URLSearchParams): Pick<RequestPlace, 'query' | 'nameInQuery'> {
  let nameInQuery: string | undefined;
  const kept = new URLSearchParams();
  for (const [name, value] of parameters) {
    const plain = decodedFully(name).toLowerCase().replaceAll('_', '-').trim();
    if (namingParameters.test(plain)) nameInQuery ??= value;
    else if (!droppedParameters.test(plain)) kept.append(name, value);
  }
  return { query: kept.toString(), ...(nameInQuery === undefined ? undefined : { nameInQuery }) };
}

function notOurs(pathname: string): TypeError {
  return new TypeError(
    `Cannot send ${JSON.stringify(pathname)}: it is no path of Azure OpenAI. Call one below "/openai/v1" or "/openai", such as "/openai/v1/files", with plain ids.`,
  );
}

/** What is no valid encoding stays as it is: it is no plain id, and no name of the config either. */
function decodedOnce(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As the last of several servers would read it. */
function decodedFully(text: string): string {
  const once = decodedOnce(text);
  return once === text ? text : decodedFully(once);
}
