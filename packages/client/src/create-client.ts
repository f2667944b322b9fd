import type { Config } from '@aoai/config';
import type { Answer } from './answer.ts';
import type { CallSettings } from './call.ts';
import type { Client } from './client.ts';
import type { CallOptions, ClientOptions } from './client-options.ts';
import { createTargets, resourceTargets } from './create-targets.ts';
import type { Engine } from './engine.ts';
import { eventBus } from './event-bus.ts';
import type { Listener } from './events.ts';
import { lightResponse } from './light-response.ts';
import type { HedgeRules } from './hedge.ts';
import { ledger } from './ledger.ts';
import { memoryQuota } from './memory-quota.ts';
import { readRequest } from './request.ts';
import type { CallRequest } from './request.ts';
import { standardResponse } from './standard-response.ts';
import { retryBudget } from './retry-budget.ts';
import { router } from './route.ts';
import type { Route } from './route.ts';
import { runCall } from './run-call.ts';
import { createSdk } from './sdk.ts';
import type { SdkCall } from './sdk.ts';
import { clientStatus } from './status.ts';
import { sticky } from './sticky.ts';
import { waitingLine } from './waiting-line.ts';
import { telemetry } from './telemetry.ts';
import { undiciTransport } from './undici-transport.ts';

/**
 * Creates the client of a config: the `openai` SDK, with names of the config in place of models, over every target.
 * @throws TypeError or RangeError when an option makes no sense.
 */
export function createClient<Name extends string>(
  config: Config<Name>,
  options: ClientOptions = {},
): Client<Name> {
  const bus = eventBus();
  const tell = options.telemetry === false ? undefined : telemetry(options.telemetry);
  const emit = tell === undefined ? bus.emit : both(bus.emit, tell);
  if (options.onEvent !== undefined) bus.observe(options.onEvent);
  const withContent = options.telemetry !== false && options.telemetry?.content === true;
  const engine: Engine = {
    ...createEngine(config, options),
    emit,
    watched: () => {
      if (withContent) return 'content';
      return bus.size() > 0 || tell?.isActive() === true ? 'summary' : undefined;
    },
  };
  bus.observe((event) => {
    if (event.type === 'call-finished') engine.ledger.add(event);
  });
  const base = settingsOf(options);
  const close = async (): Promise<void> => {
    await engine.transport.close?.();
    await engine.quota.close?.();
  };
  const build = (settings: CallSettings): Client<Name> => {
    const send = (
      request: CallRequest,
      signals: readonly (AbortSignal | null | undefined)[],
      own: CallSettings,
    ) =>
      runCall(engine, {
        request,
        route: routeFor(config, engine, { request, settings }),
        settings: own,
        signals,
      });
    const fetch = fetchOver((request, signals) => send(request, signals, settings));
    const call: SdkCall = async ({ url, init, timeoutMs, signals }) => {
      const request = readRequest(url, init as never);
      const own = timeoutMs === undefined ? settings : { ...settings, attemptTimeoutMs: timeoutMs };
      return lightResponse(await send(request, signals, own), String(url));
    };
    return createSdk(call, fetch, {
      status: () => clientStatus(engine),
      observe: bus.observe,
      close,
      with: (changes: CallOptions) => build(changed(settings, changes)),
    }) as unknown as Client<Name>;
  };
  return build(base);
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

function createEngine(config: Config, options: ClientOptions): Omit<Engine, 'emit' | 'watched'> {
  const { now = Date.now, random = Math.random } = options;
  const retry = options.retry === false ? {} : (options.retry ?? {});
  const circuit = options.circuit === false ? { failures: Infinity } : (options.circuit ?? {});
  const targets = createTargets(config, options, {
    failures: circuit.failures ?? 5,
    window: circuit.window ?? 10,
    openMs: circuit.openMs ?? 5_000,
    maxOpenMs: circuit.maxOpenMs ?? 120_000,
  });
  const route = router(config, targets, now);
  return {
    route,
    targets,
    resources: resourceTargets(targets),
    quota: options.quota ?? memoryQuota({ now }),
    transport: options.transport ?? undiciTransport(),
    budget: retryBudget({ share: retry.budgetShare ?? 0.2, reserve: retry.budgetReserve ?? 20 }),
    backoff: { initialDelayMs: retry.initialDelayMs ?? 500, maxDelayMs: retry.maxDelayMs ?? 8_000 },
    hedge: hedgeRules(options),
    sticky: sticky(),
    ledger: ledger(),
    now,
    random,
    wake: () => {
      for (const { line } of route.all.values()) if (line.length > 0) line.poke();
    },
  };
}

function hedgeRules({ hedge }: ClientOptions): HedgeRules | undefined {
  if (hedge === undefined || hedge === false) return undefined;
  const budget = retryBudget({ share: hedge.maxShare ?? 0.05, reserve: 1 });
  return {
    afterMs: hedge.afterMs,
    earn: () => {
      budget.earn();
    },
    spend: () => budget.spend(),
  };
}

function settingsOf(options: ClientOptions): CallSettings {
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

function changed(settings: CallSettings, changes: CallOptions): CallSettings {
  const { idleTimeoutMs = settings.idleTimeoutMs, tags, ...others } = changes;
  return {
    ...settings,
    ...others,
    idleTimeoutMs: idleTimeoutMs === false ? undefined : idleTimeoutMs,
    tags: { ...settings.tags, ...tags },
  };
}

/** The route of a request: by its name, or to a resource when it has none. */
function routeFor(
  config: Config,
  engine: Engine,
  { request, settings }: { request: CallRequest; settings: CallSettings },
): Route {
  if (request.name !== undefined) return engine.route(request.name);
  const preferred = settings.resource ?? Object.keys(config.resources)[0] ?? '';
  const ofResources = engine.resources;
  const first = ofResources.get(preferred);
  if (first === undefined) {
    const known = Object.keys(config.resources).map((name) => JSON.stringify(name));
    throw new RangeError(
      `Cannot resolve resource ${JSON.stringify(preferred)}: no deployment of this config is in it. Known names: ${known.join(', ')}.`,
    );
  }
  // A thing whose place nobody remembers may be in any resource: they are asked in turn.
  const others = [...ofResources.values()].filter((target) => target !== first);
  const asked = engine.sticky.idsIn(request).length > 0 ? [first, ...others] : [first];
  return {
    name: preferred,
    tiers: asked.map((target) => [{ target, weight: 1 }]),
    line: waitingLine(engine.now),
  };
}

/** A standard `fetch` over a call. Host and credentials of the request are of no account: the config has them. */
function fetchOver(
  send: (request: CallRequest, signals: readonly (AbortSignal | null | undefined)[]) => Promise<Answer>,
): typeof globalThis.fetch {
  return async (input, init) => {
    // The SDK asks in this way whether a `fetch` can send forms.
    if (typeof input === 'string' && input.startsWith('data:')) return globalThis.fetch(input, init);
    if (!(input instanceof Request)) {
      const answer = await send(readRequest(input, (init ?? {}) as never), [init?.signal]);
      return standardResponse(answer, String(input));
    }
    const request = new Request(input, init);
    const body = request.body === null ? undefined : await request.bytes();
    const read = readRequest(request.url, { method: request.method, headers: request.headers, body });
    return standardResponse(await send(read, [request.signal]), request.url);
  };
}
