import type { Table } from './table.ts';

/** The default quota of a subscription for a model. */
export interface Quota {
  /** Tokens and requests a minute in the lowest paid tier, by sku. Quota is counted by subscription, region, model and sku. */
  readonly tier1?: Readonly<Record<string, { readonly tpm: number; readonly rpm: number }>>;
  /** Requests per minute for each thousand tokens per minute. */
  readonly rpmPerThousandTpm?: number;
}

const million = 1_000_000;

function tier1(rpm: number): Quota {
  return { tier1: { GlobalStandard: { tpm: million, rpm } } };
}

const newest: Quota = {
  tier1: { GlobalStandard: { tpm: million, rpm: 1000 }, DataZoneStandard: { tpm: 333_000, rpm: 333 } },
};
/** `1000 / 10s`. */
const embedding = tier1(6000);
const older: Quota = { rpmPerThousandTpm: 6 };

/** Quotas. Older chat models get 6 requests for each thousand tokens; reasoning models have ratios of their own. */
export const quotas: Table<string, Quota> = {
  asOf: '2026-08-20',
  source:
    'MicrosoftDocs/azure-ai-docs quotas-limits (tier 1, 2026-08-20), includes/quota-1.md (2026-09-16); headers recorded in 2026 (180 RPM at 30K TPM)',
  entries: {
    'gpt-6.1-sol': newest,
    'gpt-6-astra': newest,
    'gpt-6-sol': newest,
    'gpt-6-luna': newest,
    'gpt-5.6-sol': newest,
    'gpt-5.6-terra': newest,
    'gpt-5.6-luna': newest,
    'gpt-5.5': newest,
    'gpt-5.4': tier1(10_000),
    'gpt-5.2': tier1(10_000),
    'gpt-5.1': tier1(10_000),
    'gpt-5': tier1(10_000),
    'gpt-5-mini': tier1(1000),
    'gpt-4.1': tier1(1000),
    'gpt-4o': older,
    'gpt-4o-mini': older,
    'gpt-4': older,
    'gpt-4-32k': older,
    'gpt-35-turbo': older,
    'gpt-35-turbo-16k': older,
    o1: { rpmPerThousandTpm: 1 / 6 },
    o3: { rpmPerThousandTpm: 1 },
    'o4-mini': { rpmPerThousandTpm: 1 },
    'o3-mini': { rpmPerThousandTpm: 1 / 10 },
    'o3-pro': { rpmPerThousandTpm: 1 / 10 },
    'text-embedding-3-large': embedding,
    'text-embedding-3-small': embedding,
  },
};

/** Limits of the service that no quota raises. */
export interface ServiceLimits {
  readonly resourcesPerRegion: number;
  readonly standardDeploymentsPerResource: number;
  readonly messagesPerRequest: number;
  readonly toolsPerRequest: number;
  readonly inputsPerEmbeddingRequest: number;
  readonly customRequestHeaders: number;
  readonly requestsPerBatch: number;
}

/** Limits of the service (MicrosoftDocs/azure-ai-docs quotas-limits, how-to/batch). */
export const serviceLimits: ServiceLimits = {
  resourcesPerRegion: 30,
  standardDeploymentsPerResource: 32,
  messagesPerRequest: 2048,
  toolsPerRequest: 128,
  inputsPerEmbeddingRequest: 2048,
  customRequestHeaders: 10,
  requestsPerBatch: 100_000,
};
