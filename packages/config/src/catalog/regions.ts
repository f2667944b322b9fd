import type { CloudName } from './clouds.ts';
import type { Table } from './table.ts';

/** A data zone: a `DataZone…` sku processes data within it. */
export type DataZone = 'EU' | 'US' | 'APAC' | 'USGov';

/** An Azure region. */
export interface Region {
  /** Geography in which data at rest stays. */
  readonly geography: string;
  /** The data zone that it is in, if any. */
  readonly zone?: DataZone;
  readonly cloud: CloudName;
}

/** The data zones. `EU` is the EU Data Boundary: it includes Norway and Switzerland, which are not in the EU. */
export const dataZones: readonly DataZone[] = ['EU', 'US', 'APAC', 'USGov'];

function region(geography: string, zone?: DataZone, cloud: CloudName = 'public'): Region {
  return { geography, ...(zone !== undefined && { zone }), cloud };
}

/**
 * Regions and their data zones. Asia Pacific is a zone in the documents of 2026-08-06, while the availability table of
 * 2026-06-11 lists nothing in it. The United Kingdom is in no zone.
 */
export const regions: Table<string, Region> = {
  asOf: '2026-08-06',
  source:
    'MicrosoftDocs/azure-ai-docs model-matrix/deployments-standard.md (2026-06-11), concepts-deployment-types-content (2026-05-08, 2026-08-06), -gov (2026-04-03); Azure geographies',
  entries: {
    centralus: region('United States', 'US'),
    eastus: region('United States', 'US'),
    eastus2: region('United States', 'US'),
    northcentralus: region('United States', 'US'),
    southcentralus: region('United States', 'US'),
    westcentralus: region('United States', 'US'),
    westus: region('United States', 'US'),
    westus2: region('United States', 'US'),
    westus3: region('United States', 'US'),
    brazilsouth: region('Brazil'),
    canadacentral: region('Canada'),
    canadaeast: region('Canada'),
    francecentral: region('France', 'EU'),
    francesouth: region('France', 'EU'),
    germanynorth: region('Germany', 'EU'),
    germanywestcentral: region('Germany', 'EU'),
    italynorth: region('Italy', 'EU'),
    northeurope: region('Europe', 'EU'),
    norwayeast: region('Norway', 'EU'),
    norwaywest: region('Norway', 'EU'),
    polandcentral: region('Poland', 'EU'),
    spaincentral: region('Spain', 'EU'),
    swedencentral: region('Sweden', 'EU'),
    swedensouth: region('Sweden', 'EU'),
    switzerlandnorth: region('Switzerland', 'EU'),
    switzerlandwest: region('Switzerland', 'EU'),
    westeurope: region('Europe', 'EU'),
    uksouth: region('United Kingdom'),
    ukwest: region('United Kingdom'),
    australiaeast: region('Australia', 'APAC'),
    japaneast: region('Japan', 'APAC'),
    japanwest: region('Japan', 'APAC'),
    koreacentral: region('Korea', 'APAC'),
    southeastasia: region('Asia Pacific', 'APAC'),
    eastasia: region('Asia Pacific', 'APAC'),
    southindia: region('India', 'APAC'),
    centralindia: region('India', 'APAC'),
    southafricanorth: region('South Africa'),
    uaenorth: region('United Arab Emirates'),
    usgovarizona: region('US Government', 'USGov', 'us-gov'),
    usgovvirginia: region('US Government', 'USGov', 'us-gov'),
  },
};
