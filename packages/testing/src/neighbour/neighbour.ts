import type { Clock } from '../clock.ts';
import { createFaultSchedule } from './fault.ts';
import type { FaultOptions, NeighbourFault } from './fault.ts';
import { createListener } from './listener.ts';
import type { PlainHandler, PlainRequest, PlainResponse } from './listener.ts';
import { NeighbourError, unknownCode } from './neighbour-error.ts';
import { createNeighbourRequests } from './neighbour-requests.ts';
import type { NeighbourRequest } from './neighbour-requests.ts';
import { createUnknownRequests } from './unknown-requests.ts';
import type { UnknownRequests } from './unknown-requests.ts';

/** A service beside Azure OpenAI that samples and tools need: Resource Manager, Azure AI Search. */
export interface Neighbour {
  /** HTTPS, which Azure's clients insist on before they send a token: trust `azure.identity.ca`. */
  readonly endpoint: string;
  /** Makes the next requests fail. */
  fail(fault: NeighbourFault, options?: FaultOptions): void;
  /** Ends all faults. */
  restore(): void;
  /** The last requests, oldest first. `reset()` of the mock forgets them. */
  requests(): readonly NeighbourRequest[];
}

/** The same with what the mock itself needs. */
export interface NeighbourServer extends Neighbour {
  /** The same over HTTP. */
  readonly insecureEndpoint: string;
  /** Requests for paths that it does not have. */
  readonly unknown: UnknownRequests;
  forgetRequests(): void;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface NeighbourOptions {
  /** Its name in messages. */
  readonly service: string;
  readonly clock: Clock;
  /** @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** Answers a request, or throws a `NeighbourError`. */
  readonly answer: (request: PlainRequest) => PlainResponse | Promise<PlainResponse>;
  /** Writes an error. */
  readonly refuse: (error: NeighbourError) => PlainResponse;
  /** JSON of a temporary error, in the format of the service. */
  readonly transient: (status: number) => unknown;
}

/** A neighbour that is not yet started. */
export function createNeighbour(options: NeighbourOptions): NeighbourServer {
  const { service, clock, host, answer, refuse, transient } = options;
  const unknown = createUnknownRequests(service);
  const faults = createFaultSchedule(clock, { usual: ['request'], transient });
  const record = createNeighbourRequests();
  const respond: PlainHandler = async (request) => {
    const fault = await faults.strike('request', request.signal);
    if (fault !== undefined) return fault;
    try {
      return await answer(request);
    } catch (error) {
      // A path with a broken escape.
      if (error instanceof URIError) return refuse(nothingAt(service, request));
      if (!(error instanceof NeighbourError)) throw error;
      if (error.code === unknownCode) unknown.add(request);
      return refuse(error);
    }
  };
  const listener = createListener({
    host,
    tooLarge: () =>
      refuse(
        new NeighbourError(
          413,
          'RequestEntityTooLarge',
          'The request is too large: its body may have 16 MiB at most. Send less at a time.',
        ),
      ),
    handle: async (request) => {
      const response = await respond(request);
      record.add(request, response === 'reset' ? 0 : response.status);
      return response;
    },
  });
  return {
    get endpoint() {
      return listener.secureOrigin;
    },
    get insecureEndpoint() {
      return listener.origin;
    },
    unknown,
    requests: () => record.all(),
    forgetRequests: () => {
      record.clear();
    },
    fail: (fault, schedule) => {
      faults.add(fault, schedule);
    },
    restore: () => {
      faults.clear();
    },
    start: () => listener.start(),
    close: () => listener.close(),
  };
}

/** 404 where `service` has nothing. */
export function nothingAt(
  service: string,
  { method, url }: Pick<PlainRequest, 'method' | 'url'>,
): NeighbourError {
  return new NeighbourError(
    404,
    unknownCode,
    `The mock of ${service} has nothing at '${method} ${url.pathname}'.`,
  );
}
