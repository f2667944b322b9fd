// Data actions of the built-in roles that the mock's services check (Azure built-in roles for AI + machine
// learning). Owner and Contributor have none: they manage the account and may not call it (docs/wire/authentication.md#3).

const cognitive = 'Microsoft.CognitiveServices/accounts';
const search = 'Microsoft.Search/searchServices';
const vault = 'Microsoft.KeyVault/vaults';

/** Data actions of each role. */
export const dataActions: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    'Cognitive Services OpenAI User': [
      `${cognitive}/OpenAI/*/read`,
      `${cognitive}/OpenAI/deployments/*`,
      `${cognitive}/OpenAI/images/*`,
      `${cognitive}/OpenAI/audio/*`,
      `${cognitive}/OpenAI/responses/*`,
      `${cognitive}/OpenAI/conversations/*`,
      `${cognitive}/OpenAI/realtime/*`,
    ],
    'Cognitive Services OpenAI Contributor': [`${cognitive}/OpenAI/*`],
    'Cognitive Services User': ['Microsoft.CognitiveServices/*'],
    'Azure AI User': ['Microsoft.CognitiveServices/*'],
    'Azure AI Developer': [`${cognitive}/OpenAI/*`],
    'Cognitive Services Contributor': [],
    'Cognitive Services Usages Reader': [],
    'Search Index Data Reader': [`${search}/indexes/documents/read`],
    'Search Index Data Contributor': [`${search}/indexes/documents/*`],
    'Search Service Contributor': [],
    'Key Vault Administrator': [`${vault}/*`],
    'Key Vault Crypto Officer': [`${vault}/keys/*`],
    'Key Vault Crypto User': [
      `${vault}/keys/read`,
      `${vault}/keys/encrypt/action`,
      `${vault}/keys/decrypt/action`,
      `${vault}/keys/wrap/action`,
      `${vault}/keys/unwrap/action`,
    ],
    'Key Vault Crypto Service Encryption User': [
      `${vault}/keys/read`,
      `${vault}/keys/wrap/action`,
      `${vault}/keys/unwrap/action`,
    ],
    'Key Vault Secrets Officer': [`${vault}/secrets/*`],
    'Key Vault Secrets User': [`${vault}/secrets/getSecret/action`, `${vault}/secrets/readMetadata/action`],
    'Key Vault Reader': [`${vault}/*/read`, `${vault}/secrets/readMetadata/action`],
    Reader: [],
    Contributor: [],
    Owner: [],
  }),
);

/** Control-plane actions, for Azure Resource Manager and for the indexes of a search service. */
export const actions: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<readonly string[]>({
    Owner: ['*'],
    Contributor: ['*'],
    Reader: ['*/read'],
    'Cognitive Services Contributor': ['Microsoft.CognitiveServices/*'],
    'Cognitive Services OpenAI Contributor': [
      'Microsoft.CognitiveServices/*/read',
      'Microsoft.CognitiveServices/accounts/deployments/write',
      'Microsoft.CognitiveServices/accounts/deployments/delete',
    ],
    'Cognitive Services OpenAI User': ['Microsoft.CognitiveServices/*/read'],
    'Cognitive Services User': ['Microsoft.CognitiveServices/*/read'],
    'Cognitive Services Usages Reader': ['Microsoft.CognitiveServices/locations/usages/read'],
    'Search Service Contributor': ['Microsoft.Search/searchServices/*'],
  }),
);

/** The roles that the mock knows. */
export const knownRoles: readonly string[] = [...new Set([...dataActions.keys(), ...actions.keys()])].sort();
