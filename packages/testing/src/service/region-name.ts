const regionNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    eastus: 'East US',
    eastus2: 'East US 2',
    francecentral: 'France Central',
    germanywestcentral: 'Germany West Central',
    northcentralus: 'North Central US',
    norwayeast: 'Norway East',
    polandcentral: 'Poland Central',
    southcentralus: 'South Central US',
    swedencentral: 'Sweden Central',
    switzerlandnorth: 'Switzerland North',
    uaenorth: 'UAE North',
    uksouth: 'UK South',
    westeurope: 'West Europe',
    westus: 'West US',
    westus3: 'West US 3',
  }),
);

/** The region as Azure's headers and messages write it: `Sweden Central`. */
export function regionName(region = 'swedencentral'): string {
  return regionNames.get(region) ?? region;
}
