import { gatewayError } from '../service/envelopes.ts';
import type { DeploymentRequest, Operation } from '../service/operation.ts';
import { wantsSocket } from '../service/wants-socket.ts';
import { json, type WireResponse } from '../service/wire-response.ts';
import { createCall, deploymentOfCall } from './call.ts';
import { createClientSecret, deploymentOfSession } from './client-secret.ts';
import { converse } from './conversation.ts';

/** Realtime conversations over a WebSocket (docs/wire/websockets.md#13.1), and the first steps of one over WebRTC. */
export const realtimeOperations: readonly Operation[] = [
  {
    name: 'Realtime_Connect',
    method: 'GET',
    v1: '/realtime',
    dated: '/realtime',
    since: '2024-10-01-preview',
    target: 'deployment',
    capability: 'realtime',
    deploymentOf: ({ query }) => query.get('model') ?? query.get('deployment') ?? undefined,
    estimate: () => ({ tokens: 0 }),
    handle: open,
    connect: converse,
  },
  {
    name: 'Realtime_CreateClientSecret',
    method: 'POST',
    v1: '/realtime/client_secrets',
    target: 'deployment',
    capability: 'realtime',
    deploymentOf: deploymentOfSession,
    estimate: () => ({ tokens: 0 }),
    handle: createClientSecret,
  },
  {
    name: 'Realtime_CreateCall',
    method: 'POST',
    v1: '/realtime/calls',
    reads: 'raw',
    target: 'deployment',
    capability: 'realtime',
    deploymentOf: deploymentOfCall,
    estimate: () => ({ tokens: 0 }),
    handle: createCall,
  },
];

function open(request: DeploymentRequest): WireResponse {
  if (wantsSocket(request)) return json({}, { status: 101 });
  return gatewayError(426, {
    code: 'UpgradeRequired',
    message: 'This operation is a WebSocket: send `Upgrade: websocket`.',
  });
}
