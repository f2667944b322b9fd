import type { MockResource } from '../service/mock-resource.ts';
import { accountId, provider } from './scope.ts';
import type { ArmNames } from './scope.ts';

/** A resource of the mock with its path in Resource Manager. */
export interface ArmAccount {
  readonly resource: MockResource;
  /** Endpoint on this machine. */
  readonly endpoint: string;
  /** Name of the account: the first label of its host, else its key in the config. */
  readonly name: string;
  readonly location: string;
}

export function armAccount(resource: MockResource, endpoint: string): ArmAccount {
  const { hostname } = new URL(resource.config.endpoint);
  const [label = ''] = hostname.split('.');
  const isName = hostname.includes('.') && /^[a-z][a-z0-9-]+$/.test(label);
  return {
    resource,
    endpoint,
    name: isName ? label : resource.name,
    location: resource.config.region ?? 'swedencentral',
  };
}

/**
 * The account as Resource Manager writes it (version 2026-07-01: github.com/Azure/bicep-types-az,
 * generated/cognitiveservices).
 */
export function accountJson(
  names: ArmNames,
  account: ArmAccount,
  options: { readonly isKeyless: boolean },
): Record<string, unknown> {
  const { name, location, resource } = account;
  const endpoint = `${account.endpoint}/`;
  return {
    id: accountId(names, name),
    name,
    type: `${provider}/accounts`,
    kind: 'OpenAI',
    sku: { name: 'S0' },
    location,
    etag: `"${name}"`,
    tags: { ...resource.config.tags },
    identity: { type: 'SystemAssigned' },
    properties: {
      provisioningState: 'Succeeded',
      endpoint,
      endpoints: {
        'OpenAI Language Model Instance API': endpoint,
        'OpenAI Dall-E API': endpoint,
        'OpenAI Sora API': endpoint,
        'OpenAI Whisper API': endpoint,
        'OpenAI Model Scaleset API': endpoint,
        'OpenAI Realtime API': endpoint,
        'Token Service API': endpoint,
      },
      customSubDomainName: name,
      disableLocalAuth: options.isKeyless,
      publicNetworkAccess: 'Enabled',
      networkAcls: { defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] },
      privateEndpointConnections: [],
      isMigrated: false,
      dateCreated: '2026-01-01T00:00:00.0000000Z',
      callRateLimit: { rules: [] },
      capabilities: [
        { name: 'VirtualNetworks' },
        { name: 'CustomerManagedKey' },
        { name: 'TrustedServices', value: 'Microsoft.CognitiveServices,Microsoft.Search' },
      ],
    },
  };
}
