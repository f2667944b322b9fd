export { runMock } from './bin/run-mock.ts';
export type { MockCommandHost } from './bin/run-mock.ts';
export type { Citation, DraftUsage } from './answer/draft.ts';
export { manualClock, realClock } from './clock.ts';
export type { Clock, ManualClock, RealClockOptions } from './clock.ts';
export { createClientCertificate } from './neighbour/certificate.ts';
export type { Certificate } from './neighbour/certificate.ts';
export type {
  AppOptions,
  Directory,
  DirectoryOptions,
  FederatedCredential,
  RoleAssignment,
  UserOptions,
} from './identity/directory.ts';
export type { Category, Detector, FilterPolicies, FilterPolicy, Threshold } from './filters/filter-policy.ts';
export type {
  BlocklistResult,
  CodeResult,
  DetectionResult,
  FilterResults,
  Severity,
  SeverityResult,
} from './filters/filter-results.ts';
export type { IdentityFlow } from './identity/environment.ts';
export type { IdentityFault, IdentityFaultOptions, IdentityPlace } from './identity/identity-faults.ts';
export type { RefusalFault } from './identity/refusal-fault.ts';
export type { FaultOptions, NeighbourFault } from './neighbour/fault.ts';
export { createIdentity } from './identity/identity.ts';
export type { Identity, IdentityOptions } from './identity/identity.ts';
export type { CredentialOptions, MockAccessToken, MockCredential } from './identity/mock-credential.ts';
export { readIdentityFile } from './identity/read-identity-file.ts';
export type { IdentityFile } from './identity/identity-file.ts';
export type { IdentityRequest } from './identity/router.ts';
export type { Demand, Principal, Verification } from './identity/verify.ts';
export type { JournalOptions } from './journal/journal.ts';
export type { RecordedRequest, RecordedResponse } from './journal/recorded-request.ts';
export type { Latency, LatencyOptions } from './latency.ts';
export { createLimiter } from './limits/limiter.ts';
export type { Admission, Admitted, LimitKind, QuotaUse, Refused, Tokens } from './limits/admission.ts';
export type { Limiter, LimiterOptions } from './limits/limiter.ts';
export type { HeaderEra } from './limits/rate-limit-headers.ts';
export { startRecorder } from './recording/recorder.ts';
export type { Recorder, RecorderOptions } from './recording/recorder.ts';
export { readRecording } from './recording/recording.ts';
export type { RecordedExchange, Recording } from './recording/recording.ts';
export { errorInStream, malformedJson } from './script/body-faults.ts';
export type { ErrorInStreamOptions } from './script/body-faults.ts';
export {
  cutMidStream,
  neverAnswers,
  refused,
  reset,
  slow,
  truncated,
  wrongContentLength,
} from './script/connection-faults.ts';
export type { CutOptions, SlowOptions, TruncatedOptions } from './script/connection-faults.ts';
export { UnconsumedRepliesError, UnexpectedRequestError } from './script/errors.ts';
export type { UnconsumedReply } from './script/errors.ts';
export type { Fault } from './script/fault.ts';
export {
  firewalled,
  keysDisabled,
  permissionDenied,
  unauthorized,
  wrongTenant,
} from './script/identity-faults.ts';
export type { Reply, ReplyParts, ScriptedToolCall } from './script/reply.ts';
export { respondWith } from './script/respond-with.ts';
export type { RawAnswer } from './script/respond-with.ts';
export type { FailOptions, ReplyOptions } from './script/script.ts';
export {
  contextLengthExceeded,
  deploymentNotFound,
  failedDependency,
  modelRetired,
  notInRegion,
  operationTimeout,
  serverError,
  unavailable,
} from './script/service-faults.ts';
export type { ModelRetiredOptions } from './script/service-faults.ts';
export { highDemand, rateLimited } from './script/throttling.ts';
export type { RateLimitedOptions, RetryHint } from './script/throttling.ts';
export type { Observed, ObserveListener } from './script/observed.ts';
export { startMockAzure } from './start-mock-azure.ts';
export type { MockAzure, MockAzureOptions } from './start-mock-azure.ts';
export type { Finding, FindingRule } from './verdict/finding.ts';
export type { SearchOptions, SearchService } from './search/search-service.ts';
export type { Neighbour } from './neighbour/neighbour.ts';
export type { NeighbourRequest } from './neighbour/neighbour-requests.ts';
export type { KeyVaultOptions } from './vault/key-vault.ts';
