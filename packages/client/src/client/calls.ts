import type { Config } from '@aoai/config';
import type { CallSettings } from '../engine/call.ts';
import type { Engine } from '../engine/engine.ts';
import { permitted } from '../call/permit.ts';
import { routeFor } from '../call/resource-route.ts';
import { isResumable, resumableStream } from '../call/resume-stream.ts';
import { runCall } from '../call/run-call.ts';
import { lightResponse } from '../fetch/light-response.ts';
import { standardFetch } from '../fetch/standard-fetch.ts';
import type { CallRequest } from '../request/call-request.ts';
import { readJsonRequest, readRequest } from '../request/read-request.ts';
import type { JsonInput, RequestInput } from '../request/read-request.ts';
import type { SdkCall } from '../sdk/sdk-call.ts';
import { withSdkOptions } from './settings.ts';

/** The two ways to make a call with some settings. */
export interface Calls {
  /** For the SDK of this client. */
  readonly call: SdkCall;
  /** For any other client. */
  readonly fetch: typeof globalThis.fetch;
}

interface Sources {
  readonly config: Config;
  readonly engine: Engine;
  readonly allowHeaders: ReadonlySet<string> | undefined;
}

type Send = (
  request: CallRequest,
  signals: readonly (AbortSignal | null | undefined)[],
  own: CallSettings,
) => ReturnType<typeof runCall>;

/** Reads a request, finds its route, checks that it may be sent, and runs the call. */
export function callsWith({ config, engine, allowHeaders }: Sources, settings: CallSettings): Calls {
  const sendOnce: Send = (request, signals, own) => {
    const found = routeFor(config, engine, { request, settings });
    const leave = permitted(config, engine, { request, route: found, settings });
    return runCall(engine, { request, ...leave, settings: own, signals });
  };
  const send: Send = async (request, signals, own) => {
    if (!isResumable(request)) return sendOnce(request, signals, own);
    const deadlineAtMs = engine.now() + own.deadlineMs;
    return resumableStream(await sendOnce(request, signals, own), {
      maxResumes: own.maxRetries,
      resume: async (id, startingAfter) => {
        const deadlineMs = Math.max(1, deadlineAtMs - engine.now());
        const url = `${resumeRoot}/${encodeURIComponent(id)}?stream=true&starting_after=${startingAfter}`;
        const reading = await readRequest(url, { method: 'GET' }, allowHeaders);
        return sendOnce(reading, signals, { ...own, deadlineMs });
      },
    });
  };
  return {
    fetch: standardFetch((request, signals) => send(request, signals, settings), allowHeaders),
    call: async ({ url, init, json, timeoutMs, maxRetries, signals }) => {
      const reading =
        json === undefined
          ? readRequest(url, init as RequestInput, allowHeaders)
          : readJsonRequest(String(url), { ...(init as JsonInput), json }, allowHeaders);
      const request = reading instanceof Promise ? await reading : reading;
      const own = withSdkOptions(settings, { timeoutMs, maxRetries });
      return lightResponse(await send(request, signals, own), String(url));
    },
  };
}

/** Where responses are read again; the host is replaced by that of their resource. */
const resumeRoot = 'https://aoai.invalid/openai/v1/responses';
