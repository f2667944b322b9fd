import { beginExchange } from './exchange.ts';
import type { DeploymentOperation, InternalCall } from './operation.ts';
import type { Turn } from './turn.ts';

const noQuery = new URLSearchParams();
const noBytes = Buffer.alloc(0);

/** The turn of a call that an operation makes itself, with its own random numbers, and without quota and faults. */
export function innerTurn(
  { service, request, outgoing }: Turn,
  { path, body, label }: InternalCall,
): { readonly turn: Turn; readonly operation: DeploymentOperation } | undefined {
  const match = service.route('POST', `/openai/v1${path}`);
  if (typeof match === 'string' || match.operation.target !== 'deployment') return undefined;
  const random = request.random.fork(label);
  const inner: Turn['request'] = {
    ...request,
    id: random.guid(),
    surface: 'v1',
    api: 'v1',
    method: 'POST',
    path: `/openai/v1${path}`,
    params: match.params,
    query: noQuery,
    body,
    raw: noBytes,
    random,
  };
  const turn: Turn = {
    service: { ...service, admit: () => ({ headers: '' }), strike: () => undefined },
    request: inner,
    exchange: beginExchange(inner, match.operation, service.clock.now()),
    outgoing,
  };
  return { turn, operation: match.operation };
}
