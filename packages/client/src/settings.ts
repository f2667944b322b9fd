import type { CallSettings } from './call.ts';
import type { CallOptions, ClientOptions } from './client-options.ts';

/** The settings of a client's calls, with every default filled in. */
export function settingsOf(options: ClientOptions): CallSettings {
  return {
    deadlineMs: options.deadlineMs ?? 600_000,
    attemptTimeoutMs: options.attemptTimeoutMs ?? 300_000,
    firstTokenTimeoutMs: options.firstTokenTimeoutMs,
    idleTimeoutMs: options.idleTimeoutMs === false ? undefined : (options.idleTimeoutMs ?? 120_000),
    maxRetries: options.retry === false ? 0 : (options.retry?.maxRetries ?? 5),
    tags: options.tags ?? {},
    resource: undefined,
  };
}

/** Settings with some of them changed. */
export function changedSettings(settings: CallSettings, changes: CallOptions): CallSettings {
  const { idleTimeoutMs = settings.idleTimeoutMs, tags, ...others } = changes;
  return {
    ...settings,
    ...others,
    idleTimeoutMs: idleTimeoutMs === false ? undefined : idleTimeoutMs,
    tags: { ...settings.tags, ...tags },
  };
}
