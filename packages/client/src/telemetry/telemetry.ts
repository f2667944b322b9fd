import { createRequire } from 'node:module';
import type * as OpenTelemetry from '@opentelemetry/api';
import type { Listener } from '../events/events.ts';
import { metricsListener } from './metrics.ts';
import { spansListener } from './spans.ts';

/** What OpenTelemetry records of calls. */
export interface TelemetryOptions {
  /**
   * Record prompts and answers on the spans, as `gen_ai.input.messages` and `gen_ai.output.messages`. They may hold
   * personal data and secrets of your users.
   * @default false
   */
  readonly content?: boolean;
  /**
   * `import * as api from '@opentelemetry/api'`: for an application that is bundled into one file, where the client cannot
   * load the package by its name.
   * @default the installed package
   */
  readonly api?: OpenTelemetryApi;
}

/** The part of `@opentelemetry/api` that is used here. Own types, because the package is an optional peer. */
export interface OpenTelemetryApi {
  readonly context: { active(): unknown };
  readonly metrics: { getMeter(name: string): unknown };
  readonly trace: { getTracer(name: string): unknown; setSpan(context: never, span: never): unknown };
  readonly SpanKind: { readonly CLIENT: number };
  readonly SpanStatusCode: { readonly ERROR: number };
}

/** A listener that knows whether OpenTelemetry has been set up. */
export interface TelemetryListener extends Listener {
  isActive(): boolean;
}

type Api = typeof OpenTelemetry;

/** Every copy of `@opentelemetry/api` 1.x stores here what the application has registered. */
const setUp = Symbol.for('opentelemetry.js.api.1');

/**
 * A listener that records spans and metrics by the GenAI semantic conventions. It costs nothing until the application
 * has set OpenTelemetry up: only then is `@opentelemetry/api` loaded, which is an optional peer.
 */
export function telemetry({ content = false, api: given }: TelemetryOptions = {}): TelemetryListener {
  let api = given as Api | undefined;
  let isMissing = false;
  const spans = once((loaded) => spansListener(loaded, content));
  const metrics = once(metricsListener);
  const listen: Listener = (event) => {
    const { trace, metrics: meters } = whatIsSetUp();
    if (isMissing || (trace === undefined && meters === undefined)) return;
    api ??= loadApi();
    isMissing = api === undefined;
    if (api === undefined) return;
    // Spans and metrics separately: an instrument that is created before its provider is registered records nothing, ever.
    if (trace !== undefined) spans(api)(event);
    if (meters !== undefined) metrics(api)(event);
  };
  const isActive = () => {
    const { trace, metrics: meters } = whatIsSetUp();
    return !isMissing && (trace !== undefined || meters !== undefined);
  };
  return Object.assign(listen, { isActive });
}

function whatIsSetUp(): { readonly trace?: unknown; readonly metrics?: unknown } {
  return (globalThis as Readonly<Record<symbol, object | undefined>>)[setUp] ?? {};
}

function once(create: (api: Api) => Listener): (api: Api) => Listener {
  let listener: Listener | undefined;
  return (api) => (listener ??= create(api));
}

function loadApi(): Api | undefined {
  try {
    // Loaded synchronously, not by `import()`: the span must begin in the context in which the call was made.
    return createRequire(import.meta.url)('@opentelemetry/api') as Api;
  } catch {
    return undefined;
  }
}
