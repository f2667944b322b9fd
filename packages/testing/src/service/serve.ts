import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from '../page/page.ts';
import type { ResourceChooser } from './choose-resource.ts';
import { decide } from './decide.ts';
import { deliver, failure } from './deliver.ts';
import { resourceNotFound } from './envelopes.ts';
import type { MockResource } from './mock-resource.ts';
import { preflight } from './preflight.ts';
import { receive } from './receive.ts';
import type { Match } from './router.ts';
import type { Service } from './service.ts';
import { beginTurn, type Received, type Turn } from './turn.ts';
import type { WireResponse } from './wire-response.ts';

const noBytes = Buffer.alloc(0);

/** The parts of the mock that a port needs. */
export interface Port {
  readonly resource: MockResource;
  readonly choose: ResourceChooser;
  readonly nextSequence: () => number;
  /** The live page, where there is one. */
  readonly page?: Page;
}

/** Makes the listener of one port. */
export function serve(
  service: Service,
  { resource, choose, nextSequence, page }: Port,
): (incoming: IncomingMessage, outgoing: ServerResponse) => void {
  return (incoming, outgoing) => {
    if (page?.(incoming, outgoing) === true) return;
    const sequence = nextSequence();
    const meant = choose(incoming.headers.host, resource);
    const isBodyless =
      incoming.method === 'GET' &&
      incoming.headers['content-length'] === undefined &&
      incoming.headers['transfer-encoding'] === undefined;
    if (isBodyless) {
      answer(service, meant, { incoming, outgoing, sequence, raw: noBytes });
      return;
    }
    receive(incoming, service.maxBodyBytes, (raw) => {
      answer(service, meant, { incoming, outgoing, sequence, raw });
    });
  };
}

function answer(service: Service, resource: MockResource, received: Received): void {
  const turn = beginTurn(service, resource, received);
  const { method, path } = turn.request;
  const match = service.route(method === 'HEAD' ? 'GET' : method, pathOf(path, resource));
  if (typeof match !== 'string') turn.exchange.operation = match.operation;
  service.begun?.(turn.exchange);
  let response: WireResponse | Promise<WireResponse>;
  try {
    response = decided(turn, match, received.raw === undefined);
  } catch (error) {
    response = failure(turn, error);
  }
  if (!(response instanceof Promise)) {
    send(turn, response);
    return;
  }
  response.then(
    (settled) => {
      send(turn, settled);
    },
    (error: unknown) => {
      send(turn, failure(turn, error));
    },
  );
}

/** Delivers an answer. A failure is reported to the caller only. */
function send(turn: Turn, response: WireResponse): void {
  try {
    deliver(turn, response);
  } catch (error) {
    if (turn.outgoing.headersSent) turn.outgoing.destroy();
    else deliver({ ...turn, intervention: undefined, admission: undefined }, failure(turn, error));
  }
}

/** Decides about a request, or answers that its path does not exist. */
export function decided(
  turn: Turn,
  match: Match | 'unknown' | 'wrong-method',
  isTooLarge: boolean,
): WireResponse | Promise<WireResponse> {
  if (typeof match !== 'string') return decide(turn, match, isTooLarge);
  if (turn.request.method === 'OPTIONS' && match === 'wrong-method')
    return preflight(turn.request, turn.service.mayRead(turn.request.headers.origin));
  return resourceNotFound();
}

/**
 * The path behind a gateway's base path or a Foundry project. An endpoint that ends with a slash, as the portal shows it,
 * makes many clients ask for `//openai/…`, which Azure serves (200 in the notebooks of run-llama/llama_index).
 */
export function pathOf(asked: string, { config }: MockResource): string {
  const path = asked.includes('//') ? asked.replace(/\/{2,}/g, '/') : asked;
  if (config.basePath !== '' && path.startsWith(`${config.basePath}/`))
    return path.slice(config.basePath.length);
  return path.startsWith('/api/projects/') ? path.replace(/^\/api\/projects\/[^/]+/, '') : path;
}
