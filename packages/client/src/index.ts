export type { Client, CloseOptions } from './client/client.ts';
export type {
  BudgetOptions,
  CallOptions,
  CircuitOptions,
  ClientOptions,
  HedgeOptions,
  RetryOptions,
} from './client/client-options.ts';
export type { Budget, BudgetAmount, BudgetAnswer, BudgetEntry, BudgetStore } from './budget/budget.ts';
export { createClient } from './client/create-client.ts';
export type { BatchLimits, BatchRequest } from './batch/batch-parts.ts';
export type { BatchResult } from './batch/batch-results.ts';
export type { BatchOptions, BatchPlace, BatchProgress, BatchRunner } from './batch/batch.ts';
export { contentFilter } from './content-filter/content-filter.ts';
export type { ContentFilterFinding, ContentFilterVerdict } from './content-filter/content-filter.ts';
export type {
  ContentFilterCategory,
  ContentFilterResult,
  ContentFilterResults,
  ContentFilterSeverity,
} from './content-filter/result.ts';
export { diagnoseAnswer } from './answer/diagnose-answer.ts';
export type { AnswerDiagnosis, ReceivedAnswer } from './answer/diagnose-answer.ts';
export {
  AnswerTooLargeError,
  BudgetExceededError,
  ClientClosedError,
  DeadlineExceededError,
  PoolExhaustedError,
  QuotaStoreError,
  ResidencyError,
  StreamTruncatedError,
  TransportLoadError,
  UnexpectedAnswerError,
} from './errors.ts';
export type { UnusableTarget } from './errors.ts';
export type { ClientEvent, Listener, Operation, Usage } from './events/events.ts';
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
} from './quota/quota.ts';
export type { OpenTelemetryApi, TelemetryOptions } from './telemetry/telemetry.ts';
export type {
  Transport,
  TransportHeaders,
  TransportRequest,
  TransportResponse,
} from './transport/transport.ts';
export { fetchTransport } from './transport/fetch-transport.ts';
export type { FetchTransportOptions } from './transport/fetch-transport.ts';
export { responsesSocket } from './transport/responses-socket.ts';
export type { ResponsesSocketOptions } from './transport/responses-socket.ts';
export { undiciTransport } from './transport/undici-transport.ts';
export { wayTo } from './transport/way-to.ts';
export type { Way, WayOptions } from './transport/way-to.ts';
export type { Spending } from './engine/ledger.ts';
export type { ClientStatus, TargetStatus } from './client/status.ts';
export type { SocketEndpoint, SocketEndpoint as RealtimeEndpoint } from './client/socket-endpoint.ts';
