import type { Clock } from '../clock.ts';
import type { Identity } from '../identity/identity.ts';
import { json } from '../neighbour/listener.ts';
import type { PlainResponse } from '../neighbour/listener.ts';
import { createNeighbour, nothingAt } from '../neighbour/neighbour.ts';
import type { NeighbourServer } from '../neighbour/neighbour.ts';
import type { NeighbourError } from '../neighbour/neighbour-error.ts';
import { addKey, createKey, keyBundle, useKey } from './key-operations.ts';
import type { KeyContent } from './key-operations.ts';
import { getSecret, secretBundle, secretItem, setSecret } from './secret-operations.ts';
import type { SecretContent } from './secret-operations.ts';
import { allow, bodyOf } from './vault-call.ts';
import type { VaultCall } from './vault-call.ts';
import { badParameter } from './vault-error.ts';
import { createVersions } from './versions.ts';
import type { Deleted, Version, Versions } from './versions.ts';

/** The first contents of the vault. */
export interface KeyVaultOptions {
  /** Names of RSA keys. */
  readonly keys?: readonly string[];
  /** Secrets by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

const service = 'Azure Key Vault';

/** Azure Key Vault, as `@azure/keyvault-keys` and `@azure/keyvault-secrets` use it. */
export function createKeyVault(
  options: KeyVaultOptions & { readonly identity: Identity; readonly clock: Clock; readonly host?: string },
): NeighbourServer {
  const { identity, clock, host } = options;
  const now = (): number => clock.now();
  const keys = createVersions<KeyContent>('key', now);
  const secrets = createVersions<SecretContent>('secret', now);
  for (const [name, value] of Object.entries(options.secrets ?? {})) secrets.add(name, { value }, {});
  // RSA keys take tens of milliseconds: they are created at their first use.
  let waiting = options.keys ?? [];
  const makeKeys = async (): Promise<void> => {
    const names = waiting;
    waiting = [];
    for (const name of names) keys.add(name, await createKey(), {});
  };
  let ready: Promise<void> | undefined;
  const neighbour = createNeighbour({
    service,
    clock,
    host,
    refuse: (error) => refusal(error, identity),
    transient: (status) => ({
      error: { code: status === 429 ? 'Throttled' : 'InternalServerError', message: 'Try again later.' },
    }),
    answer: async (request) => {
      await (ready ??= makeKeys());
      return answer({ request, identity, origin: neighbour.endpoint }, { keys, secrets });
    },
  });
  return neighbour;
}

/** The 401 tells clients where to get a token, and its scope. */
function refusal({ status, code, message }: NeighbourError, identity: Identity): PlainResponse {
  const challenge = `Bearer authorization="${identity.authority}/${identity.tenantId}", resource="https://vault.azure.net"`;
  const inner = message.startsWith('Caller') ? { innererror: { code: 'ForbiddenByRbac' } } : {};
  return json(
    status,
    { error: { code, message, ...inner } },
    status === 401 ? { 'www-authenticate': challenge } : {},
  );
}

interface Vault {
  readonly keys: Versions<KeyContent>;
  readonly secrets: Versions<SecretContent>;
}

type Place = (
  call: VaultCall,
  vault: Vault,
  asked: Asked,
) => PlainResponse | undefined | Promise<PlainResponse | undefined>;

/** Who answers for each collection. */
const places: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['keys', (call, { keys }, asked) => inKeys(call, keys, asked)],
  ['secrets', (call, { secrets }, asked) => inSecrets(call, secrets, asked)],
  ['deletedkeys', (call, { keys }, asked) => inDeleted(call, keys, { ...asked, ...shownKeys(call) })],
  [
    'deletedsecrets',
    (call, { secrets }, asked) => inDeleted(call, secrets, { ...asked, ...shownSecrets(call) }),
  ],
]);

async function answer(call: VaultCall, vault: Vault): Promise<PlainResponse> {
  const { request } = call;
  const [collection = '', name = '', ...rest] = request.url.pathname
    .split('/')
    .slice(1)
    .map(decodeURIComponent);
  const [version = '', use = ''] = rest;
  const asked: Asked = { name, version, use, method: request.method };
  const answerThere = places.get(collection.toLowerCase());
  if (answerThere === undefined) throw nothingAt(service, request);
  if (!request.url.searchParams.has('api-version')) {
    allow(call);
    throw badParameter('The api-version query parameter is missing.');
  }
  const response = await answerThere(call, vault, asked);
  if (response === undefined) throw nothingAt(service, request);
  return response;
}

interface Asked {
  readonly name: string;
  readonly version: string;
  readonly use: string;
  readonly method: string;
}

async function inKeys(
  call: VaultCall,
  keys: Versions<KeyContent>,
  { name, version, use, method }: Asked,
): Promise<PlainResponse | undefined> {
  const item = (one: Version<KeyContent>) => {
    const { key, ...more } = keyBundle(call, one) as { readonly key: { readonly kid: string } };
    return { kid: key.kid, ...more };
  };
  if (method === 'GET' && (name === '' || version === 'versions')) {
    allow(call, 'keys/read');
    return list((name === '' ? keys.list() : keys.versions(name)).map(item));
  }
  if (name === '') return undefined;
  if (method === 'POST' && use === '' && (version === 'create' || version === 'rotate'))
    return addKey(call, keys, { name, isRotation: version === 'rotate' });
  if (method === 'POST') return useKey(call, keys, { name, version, use });
  if (method === 'GET' && use === '') {
    allow(call, 'keys/read');
    return json(200, keyBundle(call, keys.get(name, version)));
  }
  if (method === 'PATCH') {
    allow(call, 'keys/update/action');
    return json(200, keyBundle(call, keys.update(name, version, bodyOf(call))));
  }
  if (method !== 'DELETE') return undefined;
  allow(call, 'keys/delete');
  return json(200, deletion(call, keys.remove(name), shownKeys(call)));
}

function inSecrets(
  call: VaultCall,
  secrets: Versions<SecretContent>,
  { name, version, use, method }: Asked,
): PlainResponse | undefined {
  if (method === 'GET' && (name === '' || version === 'versions')) {
    allow(call, 'secrets/readMetadata/action');
    return list((name === '' ? secrets.list() : secrets.versions(name)).map((one) => secretItem(call, one)));
  }
  if (name === '' || use !== '') return undefined;
  if (method === 'PUT') return setSecret(call, secrets, name);
  if (method === 'GET') return getSecret(call, secrets, { name, version });
  if (method === 'PATCH') {
    allow(call, 'secrets/update/action');
    return json(200, secretItem(call, secrets.update(name, version, bodyOf(call))));
  }
  if (method !== 'DELETE') return undefined;
  allow(call, 'secrets/delete');
  return json(200, deletion(call, secrets.remove(name), shownSecrets(call)));
}

/** Deleted objects stay for ninety days, and can be recovered or purged. */
function inDeleted<Content>(
  call: VaultCall,
  items: Versions<Content>,
  asked: Asked & Shown<Content>,
): PlainResponse | undefined {
  const { kind, name, version, method, show } = asked;
  const shown = (one: Deleted<Content>) => deletion(call, one, asked);
  const read = kind === 'keys' ? 'keys/read' : 'secrets/readMetadata/action';
  if (method === 'GET') {
    allow(call, read);
    return name === '' ? list(items.listRemoved().map(shown)) : json(200, shown(items.removed(name)));
  }
  if (method === 'DELETE') {
    allow(call, `${kind}/purge/action`);
    items.purge(name);
    return { status: 204 };
  }
  if (method !== 'POST' || version !== 'recover') return undefined;
  allow(call, `${kind}/recover/action`);
  return json(200, show(items.recover(name)));
}

/** How the objects of a collection are named and shown. */
interface Shown<Content> {
  readonly kind: 'keys' | 'secrets';
  readonly show: (version: Version<Content>) => Record<string, unknown>;
}

const shownKeys = (call: VaultCall): Shown<KeyContent> => ({
  kind: 'keys',
  show: (one) => keyBundle(call, one),
});

const shownSecrets = (call: VaultCall): Shown<SecretContent> => ({
  kind: 'secrets',
  show: (one) => secretBundle(call, one),
});

function deletion<Content>(
  { origin }: VaultCall,
  { newest, deletedDate }: Deleted<Content>,
  { kind, show }: Shown<Content>,
): Record<string, unknown> {
  return {
    ...show(newest),
    recoveryId: `${origin}/deleted${kind}/${newest.name}`,
    deletedDate,
    scheduledPurgeDate: deletedDate + 90 * 86_400,
  };
}

function list(value: readonly unknown[]): PlainResponse {
  return json(200, { value, nextLink: null });
}
