import { createHash } from 'node:crypto';
import type { JWK } from 'jose';
import { randomKey } from '../random-key.ts';
import { knownRoles } from './role-table.ts';

/** A federated credential: tokens of this issuer and subject sign the app in. */
export interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  /** @default 'api://AzureADTokenExchange' */
  readonly audience?: string;
  /** Public keys of the issuer. Without them the token has to come from the mock itself. */
  readonly jwks?: { readonly keys: readonly JWK[] };
}

/** An app registration and its service principal. */
export interface AppOptions {
  /** @default a GUID derived from the name */
  readonly clientId?: string;
  readonly objectId?: string;
  /** Client secrets that are valid now. */
  readonly secret?: string | readonly string[];
  /** Expired secrets: they fail as expired. */
  readonly expiredSecrets?: readonly string[];
  /** PEM certificates the app may sign its assertions with. */
  readonly certificates?: readonly string[];
  readonly federatedCredentials?: readonly FederatedCredential[];
  /** Allowed redirect URIs. @default any address of this machine */
  readonly redirectUris?: readonly string[];
  /** Application ID URI when the app is an API. @default `api://${clientId}` */
  readonly identifierUri?: string;
  /** Delegated permissions the app offers when it is an API, for example `['access_as_user']`. */
  readonly scopes?: readonly string[];
  /** Whether users and administrators have consented to its permissions. @default true */
  readonly consented?: boolean;
  /** Whether flows without a client credential are allowed: device code, password. @default false */
  readonly publicClient?: boolean;
  /** Names of groups the app belongs to. */
  readonly groups?: readonly string[];
  /**
   * App roles granted to the app or, in `users`, to a person, by the name of the API. The API `graph` is Microsoft Graph.
   */
  readonly appRoles?: Readonly<Record<string, readonly string[]>>;
}

/** A person who can sign in. */
export interface UserOptions {
  readonly objectId?: string;
  /** Display name. @default the key in `users` */
  readonly name?: string;
  /** User principal name. @default `${key}@contoso.onmicrosoft.com` */
  readonly username?: string;
  /** Without one the sign-in page does not ask for a password. */
  readonly password?: string;
  readonly groups?: readonly string[];
  readonly appRoles?: Readonly<Record<string, readonly string[]>>;
  readonly disabled?: boolean;
}

/** Gives a principal a role on one resource of the config, or on all of them. */
export interface RoleAssignment {
  /** Key of an app, a user or a group. */
  readonly principal: string;
  /** Name of an Azure role, for example `Cognitive Services OpenAI User`. */
  readonly role: string;
  /** Key of a resource in the config. @default every resource */
  readonly resource?: string;
}

/** The contents of the mock's Entra ID tenant. */
export interface DirectoryOptions {
  /** @default the tenant of the first resource that names one */
  readonly tenantId?: string;
  /** Other tenants the same apps and users can sign in to. */
  readonly otherTenants?: readonly string[];
  /** By name. The app `default` exists unless it is given here. */
  readonly apps?: Readonly<Record<string, AppOptions>>;
  /** By name. @default one user, `mock-user` */
  readonly users?: Readonly<Record<string, UserOptions>>;
  /** Object ids of groups, by name. A group that appears only elsewhere gets a derived one. */
  readonly groups?: Readonly<Record<string, string>>;
  /** @default every app and every user may call every resource */
  readonly roleAssignments?: readonly RoleAssignment[];
}

/** An app of the tenant with every default filled in. */
export interface App extends AppOptions {
  readonly kind: 'app';
  readonly name: string;
  readonly clientId: string;
  readonly objectId: string;
  readonly identifierUri: string;
  readonly secrets: readonly string[];
  /** Certificates and federated credentials may be registered later. */
  readonly certificates: string[];
  readonly federatedCredentials: FederatedCredential[];
}

/** A user of the tenant with every default filled in. */
export interface User extends UserOptions {
  readonly kind: 'user';
  readonly key: string;
  readonly name: string;
  readonly username: string;
  readonly objectId: string;
}

/** Looks up objects of the tenant. */
export interface Directory {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly apps: readonly App[];
  readonly users: readonly User[];
  readonly defaultApp: App;
  readonly roleAssignments: readonly RoleAssignment[];
  /** The GUID of a tenant by its GUID or domain name; `undefined` when it is not known here. */
  tenant(nameOrId: string): string | undefined;
  /** By client id or name. */
  app(idOrName: string): App | undefined;
  /** By client id alone, as a request names it. */
  client(id: string): App | undefined;
  /** By name, username or object id. */
  user(idOrName: string): User | undefined;
  groupIds(principal: App | User): readonly string[];
  /** Name of a group by its object id. */
  groupName(id: string): string | undefined;
}

/** Domain of the mock's tenant. */
const tenantName = 'contoso.onmicrosoft.com';

/** The tenant when neither the options nor the config name one. */
const defaultTenantId: string = guidFrom('tenant', tenantName);

/** The tenant that `options` describe. */
export function createDirectory(options: DirectoryOptions = {}): Directory {
  const tenantId = (options.tenantId ?? defaultTenantId).toLowerCase();
  const tenants = new Set([tenantId, ...(options.otherTenants ?? []).map((id) => id.toLowerCase())]);
  const { default: own = { secret: randomKey(), publicClient: true }, ...others } = options.apps ?? {};
  const defaultApp = asApp(['default', own]);
  const apps = [defaultApp, ...Object.entries(others).map(asApp)];
  const users = Object.entries(options.users ?? { 'mock-user': { name: 'Mock User' } }).map(asUser);
  const principals = [...apps, ...users];
  const groups = new Map(Object.entries(options.groups ?? {}));
  for (const name of principals.flatMap((principal) => principal.groups ?? []))
    if (!groups.has(name)) groups.set(name, guidFrom('group', name));
  const roleAssignments = options.roleAssignments ?? everybody(apps, users);
  checkAssignments(roleAssignments, [
    ...apps.map((app) => app.name),
    ...users.map((user) => user.key),
    ...groups.keys(),
  ]);
  return {
    tenantId,
    tenantName,
    apps,
    users,
    defaultApp,
    roleAssignments,
    tenant(nameOrId) {
      const id = nameOrId.toLowerCase();
      if (tenants.has(id)) return id;
      return ['common', 'organizations', 'adfs', tenantName].includes(id) ? tenantId : undefined;
    },
    client: (id) => apps.find(({ clientId }) => clientId === id.toLowerCase()),
    app: (idOrName) => apps.find((app) => app.clientId === idOrName.toLowerCase() || app.name === idOrName),
    user(idOrName) {
      const id = idOrName.toLowerCase();
      return users.find(
        (user) => user.key === idOrName || user.username.toLowerCase() === id || user.objectId === id,
      );
    },
    groupIds: (principal) => (principal.groups ?? []).map((name) => groups.get(name) ?? name),
    groupName: (id) => [...groups].find(([, known]) => known === id)?.[0],
  };
}

function asApp([name, options]: [string, AppOptions]): App {
  const clientId = (options.clientId ?? guidFrom('app', name)).toLowerCase();
  return {
    ...options,
    kind: 'app',
    name,
    clientId,
    objectId: (options.objectId ?? guidFrom('service-principal', name)).toLowerCase(),
    identifierUri: options.identifierUri ?? `api://${clientId}`,
    secrets: typeof options.secret === 'string' ? [options.secret] : (options.secret ?? []),
    certificates: [...(options.certificates ?? [])],
    federatedCredentials: [...(options.federatedCredentials ?? [])],
  };
}

function asUser([key, options]: [string, UserOptions]): User {
  return {
    ...options,
    kind: 'user',
    key,
    name: options.name ?? key,
    username: options.username ?? `${key}@${tenantName}`,
    objectId: (options.objectId ?? guidFrom('user', key)).toLowerCase(),
  };
}

/** Every app and user may do what samples and tests do; a test about roles names its own assignments. */
function everybody(apps: readonly App[], users: readonly User[]): RoleAssignment[] {
  return [...apps.map((app) => app.name), ...users.map((user) => user.key)].flatMap((principal) => [
    { principal, role: 'Cognitive Services OpenAI Contributor' },
    { principal, role: 'Search Index Data Contributor' },
    { principal, role: 'Search Service Contributor' },
    { principal, role: 'Key Vault Crypto Officer' },
    { principal, role: 'Key Vault Secrets Officer' },
    { principal, role: 'Contributor' },
  ]);
}

function checkAssignments(assignments: readonly RoleAssignment[], known: readonly string[]): void {
  for (const { role } of assignments) {
    if (knownRoles.includes(role)) continue;
    throw new TypeError(
      `Cannot assign a role in \`roleAssignments\`: ${JSON.stringify(role)} allows nothing here. Known roles: ${knownRoles.map((name) => JSON.stringify(name)).join(', ')}.`,
    );
  }
  const unknown = assignments.filter(({ principal }) => !known.includes(principal));
  if (unknown.length === 0) return;
  const names = unknown.map(({ principal }) => JSON.stringify(principal)).join(', ');
  throw new TypeError(
    `Cannot assign roles in \`roleAssignments\`: no app, user or group is called ${names}. Known names: ${known.map((name) => JSON.stringify(name)).join(', ')}.`,
  );
}

/** A GUID that depends on `parts` only, so that ids stay the same from run to run. */
export function guidFrom(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
