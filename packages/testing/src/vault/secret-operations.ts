import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { allow, bodyOf } from './vault-call.ts';
import type { VaultCall } from './vault-call.ts';
import { badParameter } from './vault-error.ts';
import type { Version, Versions } from './versions.ts';

/** A secret in the vault. */
export interface SecretContent {
  readonly value: string;
  readonly contentType?: string;
}

/** Answers `PUT /secrets/{name}`. */
export function setSecret(call: VaultCall, secrets: Versions<SecretContent>, name: string): PlainResponse {
  allow(call, 'secrets/setSecret/action');
  const { value, contentType, attributes, tags } = bodyOf(call);
  if (typeof value !== 'string') throw badParameter("Property 'value' has to be a text.");
  const content = { value, ...(typeof contentType === 'string' && { contentType }) };
  return json(200, secretBundle(call, secrets.add(name, content, { attributes, tags })));
}

/** Answers `GET /secrets/{name}/{version}`. */
export function getSecret(
  call: VaultCall,
  secrets: Versions<SecretContent>,
  { name, version }: { readonly name: string; readonly version: string },
): PlainResponse {
  allow(call, 'secrets/getSecret/action');
  const found = secrets.get(name, version);
  if (!found.attributes.enabled)
    throw new NeighbourError(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.');
  return json(200, secretBundle(call, found));
}

/** A secret with its value. */
export function secretBundle(call: VaultCall, version: Version<SecretContent>): Record<string, unknown> {
  return { value: version.content.value, ...secretItem(call, version) };
}

/** A secret in a list: without its value. */
export function secretItem(call: VaultCall, version: Version<SecretContent>): Record<string, unknown> {
  return {
    id: `${call.origin}/secrets/${version.name}/${version.version}`,
    attributes: version.attributes,
    contentType: version.content.contentType,
    tags: version.tags,
  };
}
