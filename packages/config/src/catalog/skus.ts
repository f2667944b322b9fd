import type { Table } from './table.ts';

/** How a deployment is run and paid for. */
export interface Sku {
  /** Where prompts and answers are processed. At rest they stay in the geography of the resource. */
  readonly processing: 'anywhere' | 'data-zone' | 'region';
  readonly billing: 'per-token' | 'provisioned' | 'batch';
  /** Provisioned units: the minimum and the step; small models may have half of it in a region. */
  readonly units?: { readonly minimum: number; readonly step: number };
  /** Hours after which Azure deletes the deployment. */
  readonly lifetimeHours?: number;
  /** Clouds in which it is offered; every cloud when absent. */
  readonly clouds?: readonly ('public' | 'us-gov' | 'china')[];
}

/**
 * Skus and where each processes data. For `region` Microsoft says both “single region” and “may be processed between
 * regions within that geography for operational purposes” (2026-08-06).
 */
export const skus: Table<string, Sku> = {
  asOf: '2026-08-06',
  source:
    'MicrosoftDocs/azure-ai-docs concepts-deployment-types-content (2026-05-08, parts of 2026-08-06), -gov (2026-04-03), provisioned-throughput.md',
  entries: {
    GlobalStandard: { processing: 'anywhere', billing: 'per-token', clouds: ['public'] },
    GlobalProvisionedManaged: {
      processing: 'anywhere',
      billing: 'provisioned',
      units: { minimum: 15, step: 5 },
      clouds: ['public'],
    },
    GlobalBatch: { processing: 'anywhere', billing: 'batch', clouds: ['public'] },
    DataZoneStandard: { processing: 'data-zone', billing: 'per-token' },
    DataZoneProvisionedManaged: {
      processing: 'data-zone',
      billing: 'provisioned',
      units: { minimum: 15, step: 5 },
    },
    DataZoneBatch: { processing: 'data-zone', billing: 'batch', clouds: ['public'] },
    Standard: { processing: 'region', billing: 'per-token' },
    // 50 and 50; 25 and 25 for the mini models.
    ProvisionedManaged: { processing: 'region', billing: 'provisioned', units: { minimum: 25, step: 25 } },
    DeveloperTier: { processing: 'anywhere', billing: 'per-token', lifetimeHours: 24, clouds: ['public'] },
  },
};
