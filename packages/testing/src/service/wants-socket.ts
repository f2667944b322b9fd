import type { OperationRequest } from './operation.ts';

/** Whether a request asks for a WebSocket. */
export function wantsSocket({ headers }: Pick<OperationRequest, 'headers'>): boolean {
  return headers.upgrade?.toLowerCase() === 'websocket' && /upgrade/i.test(headers.connection ?? '');
}
