import type { CallSettings } from '../engine/call.ts';
import type { CallOptions, ClientOptions } from './client-options.ts';

/** The settings of a client's calls, with every default filled in. */
export function settingsOf(options: ClientOptions): CallSettings {
  return {
    deadlineMs: options.deadlineMs ?? 600_000,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 300_000,
    firstTokenTimeoutMs: options.firstTokenTimeoutMs,
    idleTimeoutMs: options.idleTimeoutMs === false ? undefined : (options.idleTimeoutMs ?? 120_000),
    maxAnswerBytes: options.maxAnswerBytes ?? 256 * 2 ** 20,
    maxRetries: options.retry === false ? 0 : (options.retry?.maxRetries ?? 5),
    tags: options.tags ?? {},
    resource: undefined,
    trustReferences: false,
    fit: options.fit ?? false,
  };
}

/** Settings with some of them changed. `undefined` changes nothing. */
export function changedSettings(settings: CallSettings, changes: CallOptions): CallSettings {
  const { idleTimeoutMs = settings.idleTimeoutMs, tags } = changes;
  return {
    deadlineMs: changes.deadlineMs ?? settings.deadlineMs,
    attemptTimeoutMs: changes.attemptTimeoutMs ?? settings.attemptTimeoutMs,
    firstTokenTimeoutMs: changes.firstTokenTimeoutMs ?? settings.firstTokenTimeoutMs,
    idleTimeoutMs: idleTimeoutMs === false ? undefined : idleTimeoutMs,
    maxAnswerBytes: changes.maxAnswerBytes ?? settings.maxAnswerBytes,
    maxRetries: settings.maxRetries,
    tags: { ...settings.tags, ...tags },
    resource: changes.resource ?? settings.resource,
    trustReferences: changes.trustReferences ?? settings.trustReferences,
    fit: changes.fit ?? settings.fit,
  };
}

/** Settings with what the SDK's own options ask for: its time-out is for one attempt, as in the SDK. */
export function withSdkOptions(
  settings: CallSettings,
  { timeoutMs, maxRetries }: { timeoutMs: number | undefined; maxRetries: number | undefined },
): CallSettings {
  if (timeoutMs === undefined && maxRetries === undefined) return settings;
  return {
    ...settings,
    attemptTimeoutMs: timeoutMs ?? settings.attemptTimeoutMs,
    maxRetries: maxRetries ?? settings.maxRetries,
  };
}
