import { expect } from 'vitest';
import { matchers } from './vitest/matchers.ts';

// In this entry file itself: a bundler would drop a module that is imported only for its side effects.
expect.extend(matchers);

export { azureTest } from './vitest/azure-test.ts';
export type { AzureFixtures, AzureTestOptions } from './vitest/azure-test.ts';
export type { ReceivedRequest } from './vitest/matchers.ts';
