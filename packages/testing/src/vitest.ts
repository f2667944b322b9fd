import './vitest/matchers.ts';

export { azureTest } from './vitest/azure-test.ts';
export type { AzureFixtures, AzureTestOptions } from './vitest/azure-test.ts';
export type { ReceivedRequest } from './vitest/matchers.ts';
