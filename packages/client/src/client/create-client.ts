import type { Config } from '@aoai/config';
import { batchRunner } from '../batch/batch.ts';
import type { CallSettings } from '../call/call.ts';
import { checkChanges, checkGrace, checkOptions } from './check-options.ts';
import type { Client } from './client.ts';
import type { CallOptions, ClientOptions } from './client-options.ts';
import { createEngine } from './create-engine.ts';
import type { Engine } from '../call/engine.ts';
import { eventBus } from '../events/event-bus.ts';
import type { Listener } from '../events/events.ts';
import { lightResponse } from '../fetch/light-response.ts';
import { realtimeEndpoint, responsesEndpoint } from './socket-endpoint.ts';
import { batchPermit, permitted } from '../call/permit.ts';
import { headersAllowed } from '../request/read-headers.ts';
import { readJsonRequest, readRequest } from '../request/read-request.ts';
import type { JsonInput, RequestInput } from '../request/read-request.ts';
import type { CallRequest } from '../request/call-request.ts';
import { routeFor } from '../call/resource-route.ts';
import { isResumable, resumableStream } from '../call/resume-stream.ts';
import { runCall } from '../call/run-call.ts';
import { createSdk } from '../sdk/sdk.ts';
import type { SdkCall } from '../sdk/sdk-call.ts';
import { checkSdk } from '../sdk/sdk-version.ts';
import { changedSettings, settingsOf, withSdkOptions } from './settings.ts';
import { standardFetch } from '../fetch/standard-fetch.ts';
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
  const tell = options.telemetry === false ? undefined : telemetry(options.telemetry);
  const emit = tell === undefined ? bus.emit : both(bus.emit, tell);
  if (options.onEvent !== undefined) bus.observe(options.onEvent);
  const withContent = options.telemetry !== false && options.telemetry?.content === true;
  const engine = createEngine(config, options, {
    emit,
    watched: () => {
      if (withContent) return 'content';
      return bus.size() > 0 || tell?.isActive() === true ? 'summary' : undefined;
    },
  });
  const allowHeaders = headersAllowed(options.allowHeaders);
  const base = settingsOf(options);
  const close = closer(engine);
  const build = (settings: CallSettings): Client<Name> => {
    const sendOnce = (
      request: CallRequest,
      signals: readonly (AbortSignal | null | undefined)[],
      own: CallSettings,
    ) => {
      const found = routeFor(config, engine, { request, settings });
      const route = permitted(config, engine, { request, route: found, settings });
      return runCall(engine, { request, route, settings: own, signals });
    };
    const send: typeof sendOnce = async (request, signals, own) => {
      if (!isResumable(request)) return sendOnce(request, signals, own);
      const deadlineAtMs = engine.now() + own.deadlineMs;
      return resumableStream(await sendOnce(request, signals, own), {
        maxResumes: own.maxRetries,
        resume: async (id, startingAfter) => {
          const deadlineMs = Math.max(1, deadlineAtMs - engine.now());
          const url = `${resumeRoot}/${encodeURIComponent(id)}?stream=true&starting_after=${startingAfter}`;
          return sendOnce(await readRequest(url, { method: 'GET' }, allowHeaders), signals, {
            ...own,
            deadlineMs,
          });
        },
      });
    };
    const fetch = standardFetch((request, signals) => send(request, signals, settings), allowHeaders);
    const call: SdkCall = async ({ url, init, json, timeoutMs, maxRetries, signals }) => {
      const reading =
        json === undefined
          ? readRequest(url, init as RequestInput, allowHeaders)
          : readJsonRequest(String(url), { ...(init as JsonInput), json }, allowHeaders);
      const request = reading instanceof Promise ? await reading : reading;
      const own = withSdkOptions(settings, { timeoutMs, maxRetries });
      return lightResponse(await send(request, signals, own), String(url));
    };
    return createSdk(call, fetch, {
      batch: batchRunner(config, {
        // The file of a run is written here, for the deployment that was checked.
        sdkFor: (resource) => build(changedSettings(settings, { resource, trustReferences: true })).sdk,
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
        return build(changedSettings(settings, changes));
      },
    }) as unknown as Client<Name>;
  };
  return build(base);
}

/** Where responses are read again; the host is replaced by that of their resource. */
const resumeRoot = 'https://aoai.invalid/openai/v1/responses';

/** Closes what a client holds: once, however often it is asked to. */
function closer(engine: Engine): Client['close'] {
  let closed: Promise<void> | undefined;
  const finish = async (): Promise<void> => {
    await engine.calls.close();
    await engine.transport.close?.();
    await engine.quota.close?.();
  };
  return async ({ graceMs } = {}) => {
    checkGrace(graceMs);
    closed ??= finish();
    if (graceMs === undefined) return closed;
    // Also what nobody waits for: a stream that has arrived, and that nobody reads on.
    if (graceMs === 0) engine.calls.abort();
    const timer = setTimeout(() => {
      engine.calls.abort();
    }, graceMs);
    await closed.finally(() => {
      clearTimeout(timer);
    });
  };
}

/** Telemetry is told what the others are told, and cannot break a call either. */
function both(emit: Engine['emit'], tell: Listener): Engine['emit'] {
  return (event) => {
    emit(event);
    try {
      tell(event);
    } catch {
      // Watching never breaks a call.
    }
  };
}
