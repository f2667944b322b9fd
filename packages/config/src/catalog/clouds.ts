import type { Table } from './table.ts';

/** The Azure cloud that a resource lives in. */
export type CloudName = 'public' | 'us-gov' | 'china';

/** An Azure cloud: where its accounts answer and who signs its tokens. */
export interface Cloud {
  /** Suffixes of account hosts, each with its leading dot. */
  readonly hostSuffixes: readonly string[];
  /** Suffixes of regional hosts. They accept API keys only: Entra ID needs a custom subdomain. */
  readonly regionalHostSuffixes: readonly string[];
  /** Where Entra ID issues tokens. */
  readonly authority: string;
  readonly scopes: {
    /** Scope for the v1 surface. */
    readonly v1: string;
    /** Scope for dated api-versions. */
    readonly dated: string;
  };
  /** Set where it is not confirmed that Azure OpenAI is offered. */
  readonly unconfirmed?: true;
  /** The Management API, for `aoai config pull` and `aoai doctor`. */
  readonly management: { readonly endpoint: string; readonly scope: string };
}

/** The clouds. Scopes outside the public cloud come from third parties and were not verified against the service. */
export const clouds: Table<CloudName, Cloud> = {
  asOf: '2026-11-22',
  source:
    'MicrosoftDocs/azure-ai-docs (hosts, public scopes); @azure/identity constants (authorities); Azure/azure-sdk-for-net#44021 (us-gov scope); suffix lists in public code (china)',
  entries: {
    public: {
      hostSuffixes: ['.openai.azure.com', '.cognitiveservices.azure.com', '.services.ai.azure.com'],
      regionalHostSuffixes: ['.api.cognitive.microsoft.com'],
      authority: 'https://login.microsoftonline.com',
      scopes: {
        v1: 'https://ai.azure.com/.default',
        dated: 'https://cognitiveservices.azure.com/.default',
      },
      management: {
        endpoint: 'https://management.azure.com',
        scope: 'https://management.azure.com/.default',
      },
    },
    'us-gov': {
      hostSuffixes: ['.openai.azure.us', '.cognitiveservices.azure.us'],
      regionalHostSuffixes: [],
      authority: 'https://login.microsoftonline.us',
      scopes: {
        v1: 'https://cognitiveservices.azure.us/.default',
        dated: 'https://cognitiveservices.azure.us/.default',
      },
      management: {
        endpoint: 'https://management.usgovcloudapi.net',
        scope: 'https://management.usgovcloudapi.net/.default',
      },
    },
    china: {
      unconfirmed: true,
      hostSuffixes: ['.openai.azure.cn', '.cognitiveservices.azure.cn'],
      regionalHostSuffixes: [],
      authority: 'https://login.chinacloudapi.cn',
      scopes: {
        v1: 'https://cognitiveservices.azure.cn/.default',
        dated: 'https://cognitiveservices.azure.cn/.default',
      },
      management: {
        endpoint: 'https://management.chinacloudapi.cn',
        scope: 'https://management.chinacloudapi.cn/.default',
      },
    },
  },
};
