import type { Config } from '@aoai/config';
import { batchRunner } from '../batch/batch.ts';
import type { CallSettings } from '../engine/call.ts';
import { callsWith } from './calls.ts';
import { checkChanges, checkGrace, checkOptions } from './check-options.ts';
import type { Client } from './client.ts';
import type { CallOptions, ClientOptions } from './client-options.ts';
import { createEngine } from './create-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { eventBus } from '../events/event-bus.ts';
import type { Listener } from '../events/events.ts';
import { realtimeEndpoint, responsesEndpoint } from './socket-endpoint.ts';
import { batchPermit } from '../call/permit.ts';
import { headersAllowed } from '../request/read-headers.ts';
import { createSdk } from '../sdk/sdk.ts';
import { checkSdk } from '../sdk/sdk-version.ts';
import { changedSettings, settingsOf } from './settings.ts';
import { clientStatus } from './status.ts';
import { telemetry } from '../telemetry/telemetry.ts';

/**
 * Creates the client of a config: the `openai` SDK, with names of the config in place of models, over every target.
 * @throws TypeError or RangeError when an option makes no sense, or the installed `openai` is out of range.
 */
export function createClient<Name extends string>(
  config: Config<Name>,
  options: ClientOptions = {},
): Client<Name> {
  checkSdk();
  checkOptions(config, options);
  const bus = eventBus();
  const recorder = options.telemetry === false ? undefined : telemetry(options.telemetry);
  const emit = recorder === undefined ? bus.emit : emitTo(bus.emit, recorder);
  if (options.onEvent !== undefined) bus.observe(options.onEvent);
  const withContent = options.telemetry !== false && options.telemetry?.content === true;
  const engine = createEngine(config, options, {
    emit,
    watched: () => {
      if (withContent) return 'content';
      return bus.size() > 0 || recorder?.isActive() === true ? 'summary' : undefined;
    },
  });
  const sources = { config, engine, allowHeaders: headersAllowed(options.allowHeaders) };
  const close = closeOnce(engine);
  const surface = (settings: CallSettings): Client<Name> => {
    const { call, fetch } = callsWith(sources, settings);
    const sdk = createSdk(call, fetch, {
      batch: batchRunner(config, {
        // The file of a run is written here, for the deployment that was checked.
        sdkFor: (resource) => surface(changedSettings(settings, { resource, trustReferences: true })).sdk,
        targets: engine.targets,
        closing: engine.calls.closing,
        permit: batchPermit(config, engine),
      }),
      status: () => clientStatus(engine),
      observe: bus.observe,
      close,
      [Symbol.asyncDispose]: () => close(),
      realtimeEndpoint: (name: Name) => realtimeEndpoint(engine, name),
      responsesEndpoint: (name: Name) => responsesEndpoint(engine, name),
      with: (changes: CallOptions) => {
        checkChanges(changes);
        return surface(changedSettings(settings, changes));
      },
    });
    // The same object: the SDK's types keep `fetch` private, and take any text as a `model`.
    return sdk as unknown as Client<Name>;
  };
  return surface(settingsOf(options));
}

/** Closes what a client holds. Closing twice is closing once. */
function closeOnce(engine: Engine): Client['close'] {
  let closed: Promise<void> | undefined;
  const finish = async (): Promise<void> => {
    await engine.calls.close();
    // One after the other, since streams settle while the transport closes; and each, whatever becomes of those before.
    try {
      await engine.transport.close?.();
    } finally {
      try {
        await engine.quota.close?.();
      } finally {
        await engine.budgets?.close();
      }
    }
  };
  return async ({ graceMs } = {}) => {
    checkGrace(graceMs);
    closed ??= finish();
    if (graceMs === undefined) return closed;
    // Also streams that have arrived and that the caller no longer reads.
    if (graceMs === 0) engine.calls.abort();
    const timer = setTimeout(() => {
      engine.calls.abort();
    }, graceMs);
    await closed.finally(() => {
      clearTimeout(timer);
    });
  };
}

/** Emits to listeners and to telemetry. Neither can break a call. */
function emitTo(emit: Engine['emit'], listener: Listener): Engine['emit'] {
  return (event) => {
    emit(event);
    try {
      listener(event);
    } catch {
      // Watching never breaks a call.
    }
  };
}
