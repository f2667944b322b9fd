/** What a request refers to beside the deployment that it calls. */
export interface Mentions {
  /** Deployments that it names: of a realtime session, of a grader, of the image generation tool. */
  readonly deployments: readonly string[];
  /** Places that it sends data to and whose region is unknown, each as a sentence part. */
  readonly outside: readonly string[];
  /** What may name a deployment and is not read, each as a sentence part. */
  readonly unseen: readonly string[];
  /** An API key for one of those. */
  readonly hasKey: boolean;
}

/** A request that refers to nothing. */
export const noMentions: Mentions = { deployments: [], outside: [], unseen: [], hasKey: false };

// In JSON, the quotes within a text are escaped: outside of keys and of whole values this finds nothing.
const mayRefer =
  /"(?:[\w-]*(?:model|deployment)[\w-]*|data_?sources|mcp|web_search[\w-]*|bing_[\w-]*|image_generation|embedding_dependency)"/i;

/** Whether a JSON text may refer to anything, from a place in it on. */
export function mayReferTo(text: string, from: number): boolean {
  return mayRefer.test(from === 0 ? text : text.slice(from));
}

/** Keys whose value is text of the caller or a schema of theirs: a `model` in there names no deployment. */
const freeForm: ReadonlySet<string> = new Set([
  'arguments',
  'attributes',
  'content',
  'item',
  'item_schema',
  'json_schema',
  'logit_bias',
  'messages',
  'metadata',
  'parameters',
  'prediction',
  'sample',
  'schema',
  'template',
  'user_security_context',
  'variables',
]);
const namingKey = /^(model|deployment)(name|id)?$/;

/** A key of an object in a body whose value names a deployment. */
export interface NamedPlace {
  readonly holder: Record<string, unknown>;
  readonly key: string;
  readonly name: string;
}

interface Found {
  readonly places: NamedPlace[];
  readonly outside: Set<string>;
  readonly unseen: Set<string>;
  hasKey: boolean;
}

/** What a parsed JSON body refers to. The `model` at its top is not among it. */
export function mentionsIn(json: Readonly<Record<string, unknown>>): Mentions & {
  readonly places: readonly NamedPlace[];
} {
  const found: Found = { places: [], outside: new Set(), unseen: new Set(), hasKey: false };
  for (const [key, value] of Object.entries(json)) {
    // What is asked of a model. In a session, `input` is how it listens.
    if (key !== 'model' && key !== 'input') lookAt(found, { holder: json, key, value });
  }
  return {
    places: found.places,
    deployments: found.places.map(({ name }) => name),
    outside: [...found.outside],
    unseen: [...found.unseen],
    hasKey: found.hasKey,
  };
}

function lookAt(
  found: Found,
  { holder, key, value }: { holder: Record<string, unknown>; key: string; value: unknown },
): void {
  const plain = key.toLowerCase().replaceAll(/[_-]/g, '');
  if (plain === 'datasources') {
    lookAtSources(found, value);
    return;
  }
  if (namingKey.test(plain) && typeof value === 'string') {
    found.places.push({ holder, key, name: value });
    return;
  }
  if (typeof value !== 'object' || value === null || freeForm.has(key)) return;
  if (plain === 'tools' && Array.isArray(value)) for (const tool of value) lookAtTool(found, tool);
  if (Array.isArray(value)) for (const each of value) walk(found, each);
  else walk(found, value);
}

function walk(found: Found, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const each of value) walk(found, each);
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    lookAt(found, { holder: value as Record<string, unknown>, key, value: each });
  }
}

/** On Your Data: a search service and an embedding of which only the address is known. */
function lookAtSources(found: Found, sources: unknown): void {
  found.outside.add('`data_sources` reads from and sends questions to a service outside of the config');
  if (/"type":"(api_key|key_and_key_id|connection_string|encoded_api_key)"/i.test(JSON.stringify(sources))) {
    found.hasKey = true;
  }
  walkSources(found, sources);
}

/** The embedding of the questions: `{ type: 'deployment_name', deployment_name }`. */
function walkSources(found: Found, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (/^deployment_?name$/i.test(key) && typeof each === 'string') {
      found.places.push({ holder: value as Record<string, unknown>, key, name: each });
    } else walkSources(found, each);
  }
}

function lookAtTool(found: Found, tool: unknown): void {
  const { type } = (tool ?? {}) as { readonly type?: unknown };
  if (typeof type !== 'string') return;
  const plain = type.toLowerCase();
  if (plain === 'mcp') found.outside.add('the tool "mcp" calls a server outside of the config');
  if (/^(web_search|bing_)/.test(plain)) {
    found.outside.add(`the tool ${JSON.stringify(type)} searches outside of the config`);
  }
  if (plain === 'image_generation' && typeof (tool as { model?: unknown }).model !== 'string') {
    found.unseen.add(imageToolUnnamed);
  }
}

/** What is wrong with an image generation tool, unless the header names its deployment. */
export const imageToolUnnamed =
  'the tool "image_generation" does not name its deployment: set the header `x-ms-oai-image-generation-deployment`';
