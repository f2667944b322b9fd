export type { Client, CloseOptions } from './client.ts';
export type {
  CallOptions,
  CircuitOptions,
  ClientOptions,
  HedgeOptions,
  RetryOptions,
} from './client-options.ts';
export { createClient } from './create-client.ts';
export type { BatchLimits, BatchRequest } from './batch-parts.ts';
export type { BatchResult } from './batch-results.ts';
export type { BatchOptions, BatchPlace, BatchProgress, BatchRunner } from './batch.ts';
export { contentFilter } from './content-filter.ts';
export type { ContentFilterFinding, ContentFilterVerdict } from './content-filter.ts';
export type {
  ContentFilterCategory,
  ContentFilterResult,
  ContentFilterResults,
  ContentFilterSeverity,
} from './content-filter-result.ts';
export {
  ClientClosedError,
  DeadlineExceededError,
  PoolExhaustedError,
  QuotaStoreError,
  ResidencyError,
  StreamTruncatedError,
} from './errors.ts';
export type { UnusableTarget } from './errors.ts';
export type { ClientEvent, Listener, Operation, Usage } from './events.ts';
export type {
  CircuitRules,
  Grant,
  ObservedQuota,
  QuotaStore,
  QuotaTarget,
  Refusal,
  RefusalReason,
  SettledChange,
  Settlement,
  TargetState,
  TokenCount,
} from './quota.ts';
export type { TelemetryOptions } from './telemetry.ts';
export type { Transport, TransportHeaders, TransportRequest, TransportResponse } from './transport.ts';
export { undiciTransport } from './undici-transport.ts';
export type { Spending } from './ledger.ts';
export type { ClientStatus, TargetStatus } from './status.ts';
export type { RealtimeEndpoint } from './realtime-endpoint.ts';
