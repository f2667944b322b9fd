import { expect } from 'vitest';
import { matchers } from './vitest/matchers.ts';

// Here, in the entry itself: a bundler drops a module that is imported for what it does, since nothing else here does anything.
expect.extend(matchers);

export { azureTest } from './vitest/azure-test.ts';
export type { AzureFixtures, AzureTestOptions } from './vitest/azure-test.ts';
export type { ReceivedRequest } from './vitest/matchers.ts';
