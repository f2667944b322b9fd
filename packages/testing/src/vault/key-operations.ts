import { constants, createPublicKey, generateKeyPair, privateDecrypt, publicEncrypt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { NeighbourError } from '../neighbour/neighbour-error.ts';
import { allow, bodyOf } from './vault-call.ts';
import type { VaultCall } from './vault-call.ts';
import { badParameter } from './vault-error.ts';
import type { Version, Versions } from './versions.ts';

/** A key in the vault. The private half never leaves it. */
export interface KeyContent {
  readonly type: 'RSA' | 'RSA-HSM';
  readonly operations: readonly string[];
  readonly privateKey: KeyObject;
}

const usualOperations = ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'];

/** A new RSA key. */
export async function createKey(type: KeyContent['type'] = 'RSA', size = 2048): Promise<KeyContent> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: size });
  return { type, operations: usualOperations, privateKey };
}

/** Answers `POST /keys/{name}/create` and `…/rotate`. */
export async function addKey(
  call: VaultCall,
  keys: Versions<KeyContent>,
  { name, isRotation }: { readonly name: string; readonly isRotation: boolean },
): Promise<PlainResponse> {
  allow(call, isRotation ? 'keys/rotate/action' : 'keys/create/action');
  if (isRotation) {
    const { content, tags } = keys.get(name);
    return json(200, keyBundle(call, keys.add(name, await createKey(content.type), { tags })));
  }
  const { kty, key_size: size = 2048, key_ops: operations, attributes, tags } = bodyOf(call);
  if (kty !== 'RSA' && kty !== 'RSA-HSM')
    throw badParameter(
      `The mock of Azure Key Vault makes keys of type RSA and RSA-HSM, not of type ${JSON.stringify(kty)}.`,
    );
  if (typeof size !== 'number' || ![2048, 3072, 4096].includes(size))
    throw badParameter(`The key size ${JSON.stringify(size)} is not supported: use 2048, 3072 or 4096.`);
  const key = await createKey(kty, size);
  const content = Array.isArray(operations) ? { ...key, operations: operations.map(String) } : key;
  return json(200, keyBundle(call, keys.add(name, content, { attributes, tags })));
}

/** The operations that use a key: their names in roles, and the permission that the key needs. */
const uses: ReadonlyMap<
  string,
  { readonly action: string; readonly operation: string; readonly seals: boolean }
> = new Map([
  ['wrapkey', { action: 'keys/wrap/action', operation: 'wrapKey', seals: true }],
  ['unwrapkey', { action: 'keys/unwrap/action', operation: 'unwrapKey', seals: false }],
  ['encrypt', { action: 'keys/encrypt/action', operation: 'encrypt', seals: true }],
  ['decrypt', { action: 'keys/decrypt/action', operation: 'decrypt', seals: false }],
]);

/** Answers `POST /keys/{name}/{version}/wrapkey` and the like; `undefined` for another operation. */
export function useKey(
  call: VaultCall,
  keys: Versions<KeyContent>,
  { name, version, use }: { readonly name: string; readonly version: string; readonly use: string },
): PlainResponse | undefined {
  const found = uses.get(use.toLowerCase());
  if (found === undefined) return undefined;
  allow(call, found.action);
  const key = keys.get(name, version);
  if (!key.attributes.enabled)
    throw new NeighbourError(403, 'Forbidden', `Operation ${use} is not allowed on a disabled key.`);
  if (!key.content.operations.includes(found.operation))
    throw new NeighbourError(
      403,
      'Forbidden',
      `Operation ${use} is not permitted on this key. The key allows: ${key.content.operations.join(', ')}.`,
    );
  const { alg, value } = bodyOf(call);
  const padding = paddings.get(String(alg));
  if (padding === undefined)
    throw badParameter(`Property 'alg' is ${JSON.stringify(alg)}: use RSA-OAEP-256, RSA-OAEP or RSA1_5.`);
  if (typeof value !== 'string' || !/^[\w-]+$/.test(value))
    throw badParameter("Property 'value' has to be text in base64url.");
  const input = Buffer.from(value, 'base64url');
  const result = found.seals ? sealed(key.content, padding, input) : opened(key.content, padding, input);
  return json(200, { kid: keyId(call, key), value: result.toString('base64url') });
}

interface Padding {
  readonly padding: number;
  readonly oaepHash?: string;
}

const paddings: ReadonlyMap<string, Padding> = new Map<string, Padding>([
  ['RSA-OAEP-256', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }],
  ['RSA-OAEP', { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }],
  ['RSA1_5', { padding: constants.RSA_PKCS1_PADDING }],
]);

function sealed({ privateKey }: KeyContent, padding: Padding, input: Buffer): Buffer {
  try {
    return publicEncrypt({ key: createPublicKey(privateKey), ...padding }, input);
  } catch {
    throw badParameter('The value is too long for this key and algorithm.');
  }
}

function opened({ privateKey }: KeyContent, padding: Padding, input: Buffer): Buffer {
  try {
    return privateDecrypt({ key: privateKey, ...padding }, input);
  } catch {
    // The service gives no details either, so that errors reveal nothing.
    throw badParameter('The parameter is incorrect.');
  }
}

/** A key as the service gives it: the public half alone. */
export function keyBundle(call: VaultCall, version: Version<KeyContent>): Record<string, unknown> {
  const { type, operations, privateKey } = version.content;
  const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' });
  return {
    key: { kid: keyId(call, version), kty: type, key_ops: operations, n, e },
    attributes: version.attributes,
    tags: version.tags,
  };
}

function keyId(call: VaultCall, { name, version }: Version<KeyContent>): string {
  return `${call.origin}/keys/${name}/${version}`;
}
