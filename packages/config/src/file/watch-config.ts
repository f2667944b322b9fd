import { watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { findConfig } from './find-config.ts';
import { loadConfig, readConfigFile, type LoadConfigOptions } from './load-config.ts';

/** Options of `watchConfig`. */
export interface WatchConfigOptions extends LoadConfigOptions {
  /** Called when the file changed into something that cannot be used; the last good config stays. */
  readonly onError?: (error: ConfigError) => void;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** A config that follows its file. */
export interface WatchedConfig {
  /** The last good config. */
  readonly config: Config;
  /** Ends the watch. */
  close(): void;
}

/** Editors write in several steps: events within this time are one change. */
const settleMs = 50;

/**
 * Loads a config and calls `onChange` with each new one: never with an invalid one, never twice with the same.
 * Follows replaced files and swapped symbolic links, as editors and Kubernetes do. For a module only the file itself
 * is watched, not its imports.
 * @throws ConfigError when the first load fails.
 */
export async function watchConfig(
  path: string | undefined,
  onChange: (config: Config) => void,
  options: WatchConfigOptions = {},
): Promise<WatchedConfig> {
  const { env = process.env, cwd = process.cwd(), onError, signal } = options;
  const source = path === undefined ? await findConfig(cwd, { env }) : resolve(cwd, path);
  let config = await loadConfig(source, { env, cwd });
  if (source === undefined) return { config, close: () => undefined };
  let lastProblem: string | undefined;
  let revision = 0;
  let timer: NodeJS.Timeout | undefined;
  let loading: Promise<void> = Promise.resolve();
  let closed = false;

  const reload = async () => {
    try {
      const next = await readConfigFile(source, { env, revision: `${process.pid}-${(revision += 1)}` });
      lastProblem = undefined;
      if (closed || isDeepStrictEqual(next, config)) return;
      config = next;
      onChange(next);
    } catch (error) {
      // A broken file that is written again unchanged is not reported again.
      if (!(error instanceof ConfigError)) throw error;
      if (closed || error.message === lastProblem) return;
      lastProblem = error.message;
      onError?.(error);
    }
  };
  // The folder is watched, not the file: the watcher of a file ends when the file is replaced.
  const watcher = watch(dirname(source), { persistent: false }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      loading = loading.then(reload).catch(throwLater);
    }, settleMs);
    timer.unref();
  });
  // The folder was removed or cannot be watched any more: the last good config stays.
  watcher.on('error', (cause) => {
    const message = `Cannot be watched any longer: ${cause.message}`;
    onError?.(new ConfigError([{ path: '', message }], { source, cause }));
  });
  const close = () => {
    closed = true;
    clearTimeout(timer);
    watcher.close();
    signal?.removeEventListener('abort', close);
  };
  if (signal?.aborted === true) close();
  else signal?.addEventListener('abort', close, { once: true });
  return {
    get config() {
      return config;
    },
    close,
  };
}

/** An error that `onChange` or `onError` throws is an uncaught exception of the process. It does not end the watch. */
function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
