import type { CloudName } from '@aoai/config';
import type { App, Directory } from './directory.ts';

// First-party services of Microsoft, which accept tokens. Their application ids are the same in every tenant.

/** The services of the mock that check tokens. */
export type ServiceName = 'openai' | 'search' | 'management' | 'graph' | 'vault';

interface Service {
  readonly name: string;
  readonly appId: string;
  /** Version of its tokens. @default '1.0' */
  readonly version?: '2.0';
  readonly audiences: Readonly<Partial<Record<CloudName, readonly string[]>>>;
}

// docs/wire/authentication.md#3: docs name ai.azure.com for v1, specs and older docs cognitiveservices.azure.com. The sovereign
// scopes are those of azure-sdk-for-net#44021.
const services: Readonly<Record<ServiceName | 'storage' | 'ai' | 'exchange', Service>> = {
  openai: {
    name: 'Microsoft Cognitive Services',
    appId: '7d312290-28c8-473c-a0ed-8e53749b6d6d',
    audiences: {
      public: ['https://cognitiveservices.azure.com'],
      'us-gov': ['https://cognitiveservices.azure.us'],
      china: ['https://cognitiveservices.azure.cn'],
    },
  },
  ai: {
    name: 'Azure Machine Learning Services',
    appId: '18a66f5f-dbdf-4c17-9dd7-1634712a9cbe',
    audiences: { public: ['https://ai.azure.com'], 'us-gov': ['https://ai.azure.us'] },
  },
  search: {
    name: 'Azure Cognitive Search',
    appId: '880da380-985e-4198-81b9-e05b1cc53158',
    audiences: {
      public: ['https://search.azure.com'],
      'us-gov': ['https://search.azure.us'],
      china: ['https://search.azure.cn'],
    },
  },
  management: {
    name: 'Windows Azure Service Management API',
    appId: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
    audiences: {
      public: ['https://management.azure.com', 'https://management.core.windows.net'],
      'us-gov': ['https://management.usgovcloudapi.net', 'https://management.core.usgovcloudapi.net'],
      china: ['https://management.chinacloudapi.cn', 'https://management.core.chinacloudapi.cn'],
    },
  },
  graph: {
    name: 'Microsoft Graph',
    appId: '00000003-0000-0000-c000-000000000000',
    audiences: { public: ['https://graph.microsoft.com'], 'us-gov': ['https://graph.microsoft.us'] },
  },
  vault: {
    name: 'Azure Key Vault',
    appId: 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093',
    audiences: { public: ['https://vault.azure.net'] },
  },
  exchange: {
    name: 'Azure AD Token Exchange',
    appId: 'fb60f99c-7a34-4190-8149-302f77469936',
    version: '2.0',
    audiences: { public: ['api://AzureADTokenExchange'] },
  },
  storage: {
    name: 'Azure Storage',
    appId: 'e406a681-f3d4-42a8-90b6-c2b029497af1',
    audiences: { public: ['https://storage.azure.com'] },
  },
};

/** Whether a token for `audience` opens `service` in `cloud`, or in any cloud. */
export function accepts(service: ServiceName, cloud: CloudName | undefined, audience: string): boolean {
  const entries = service === 'openai' ? [services.openai, services.ai] : [services[service]];
  const bare = withoutSlash(audience);
  return entries.some(({ appId, audiences }) => {
    const lists = cloud === undefined ? Object.values(audiences) : [audiences[cloud] ?? []];
    return appId === bare || lists.some((list) => list.includes(bare));
  });
}

/** The target of a token: one resource, and permissions on it. */
export interface Target {
  /** Value of `aud`. */
  readonly audience: string;
  /** Tokens of Microsoft's own services are of version 1.0 here, those of the tenant's APIs of 2.0. */
  readonly version: '1.0' | '2.0';
  /** The API of the tenant that is meant, if it is one. */
  readonly api?: App;
  /** Delegated permissions, `.default` included. */
  readonly scopes: readonly string[];
  /** Any of `openid`, `profile`, `email`, `offline_access`. */
  readonly openid: readonly string[];
}

const openidScopes = ['openid', 'profile', 'email', 'offline_access'];

/** The target of a `scope` parameter; `undefined` when the tenant does not know the resource. */
export function targetOfScope(scope: string, directory: Directory): Target | undefined {
  const words = scope.split(/[\s]+/).filter((word) => word !== '');
  const openid = words.filter((word) => openidScopes.includes(word));
  const wanted = words.filter((word) => !openidScopes.includes(word)).map(splitScope);
  const [first] = wanted;
  const target = targetOfResource(first?.resource ?? 'https://graph.microsoft.com', directory);
  if (target === undefined || namesManyResources(scope)) return undefined;
  return { ...target, scopes: wanted.map(({ permission }) => permission), openid };
}

/** Whether a `scope` parameter names more than one resource: a token is for one. */
export function namesManyResources(scope: string): boolean {
  const words = scope.split(/\s+/).filter((word) => word !== '' && !openidScopes.includes(word));
  return new Set(words.map((word) => withoutSlash(splitScope(word).resource))).size > 1;
}

/** The target of a `resource` parameter (v1 endpoints and managed identities). */
export function targetOfResource(resource: string, directory: Directory): Target | undefined {
  const bare = withoutSlash(resource);
  const known = Object.values(services).find(
    (service) =>
      service.appId === bare || Object.values(service.audiences).some((list) => list.includes(bare)),
  );
  if (isLoopback(bare)) return { audience: bare, version: '1.0', scopes: ['.default'], openid: [] };
  if (known !== undefined)
    return { audience: resource, version: known.version ?? '1.0', scopes: ['.default'], openid: [] };
  const api = directory.apps.find((app) => app.identifierUri === bare || app.clientId === bare);
  if (api === undefined) return undefined;
  return { audience: api.clientId, version: '2.0', api, scopes: ['.default'], openid: [] };
}

/** Azure's clients make a scope from the endpoint they are given: here, a service of the mock itself. */
function isLoopback(uri: string): boolean {
  return URL.canParse(uri) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(uri).hostname);
}

/** `https://cognitiveservices.azure.com/.default`: the last segment is the permission, the rest the resource. */
function splitScope(scope: string): { resource: string; permission: string } {
  const slash = scope.lastIndexOf('/');
  // A bare word such as `User.Read` is a permission of Microsoft Graph.
  if (slash === -1) return { resource: 'https://graph.microsoft.com', permission: scope };
  return { resource: scope.slice(0, slash), permission: scope.slice(slash + 1) };
}

function withoutSlash(uri: string): string {
  return uri.replace(/\/+$/, '');
}
