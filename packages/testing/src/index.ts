export type { Clock } from './clock.ts';
export { realClock } from './clock.ts';
export type { HeaderEra } from './limits/rate-limit-headers.ts';
export { startMockAzure } from './start-mock-azure.ts';
export type { MockAzure, MockAzureOptions } from './start-mock-azure.ts';
