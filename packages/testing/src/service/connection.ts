import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Draft } from '../answer/draft.ts';
import { answerMessage, type MessageLink } from './answer-message.ts';
import type { DeploymentConnection, DeploymentRequest } from './operation.ts';
import type { Turn } from './turn.ts';

/** So many messages may wait for their turn; then nothing more is read. */
const mostWaiting = 16;

/** Bytes that may wait for a caller who reads slowly; then nothing more is written. */
const highWaterBytes = 64 * 1024;

/** A WebSocket that was opened by the request of `turn`, for the operation that talks over it. */
export function toConnection(
  turn: Turn,
  opened: WebSocket,
  { socket, nextSequence }: { readonly socket: Duplex; readonly nextSequence: () => number },
): DeploymentConnection {
  const { request, service, exchange } = turn;
  const deploymentRequest = request as unknown as DeploymentRequest;
  const closed = new AbortController();
  let waiting = 0;
  let last = Promise.resolve();

  const leave = (): void => {
    opened.close(1001, 'The service is going away.');
  };
  const leaveWhenIdle = (): void => {
    if (waiting === 0 && service.draining.aborted) leave();
  };
  service.draining.addEventListener('abort', leaveWhenIdle);
  service.closing.addEventListener('abort', leave);
  opened.on('error', () => {
    opened.terminate();
  });
  opened.on('close', () => {
    service.draining.removeEventListener('abort', leaveWhenIdle);
    service.closing.removeEventListener('abort', leave);
    closed.abort();
    exchange.finishedAtMs = service.clock.now();
    exchange.outcome = 'answered';
    service.finished?.(exchange);
  });

  const link: MessageLink = {
    closed: closed.signal,
    nextSequence,
    isFull: () => opened.bufferedAmount > highWaterBytes,
    send: async (text) => {
      const { promise, resolve }: PromiseWithResolvers<void> = Promise.withResolvers();
      // Whoever has gone is noticed by `closed`.
      opened.send(text, () => {
        resolve();
      });
      await promise;
    },
    close: (code) => {
      opened.close(code);
    },
    breakOff: () => {
      opened.terminate();
    },
    reset: () => {
      if ('resetAndDestroy' in socket) (socket as Socket).resetAndDestroy();
      else socket.destroy();
    },
  };

  return {
    request: deploymentRequest,
    closed: closed.signal,
    send: (text) => {
      void link.send(text);
    },
    close: (code, reason) => {
      opened.close(code, reason);
    },
    onMessage: (listener) => {
      opened.on('message', (data) => {
        waiting += 1;
        if (waiting > mostWaiting) opened.pause();
        const text = Array.isArray(data)
          ? Buffer.concat(data).toString()
          : Buffer.from(data as Buffer).toString();
        last = last
          .then(async () => {
            if (!closed.signal.aborted) await listener(text);
          })
          .catch(() => {
            opened.close(1011);
          })
          .then(() => {
            waiting -= 1;
            if (opened.isPaused && waiting <= mostWaiting) opened.resume();
            leaveWhenIdle();
          });
      });
    },
    answer: async (call) => answerMessage(turn, call, link),
    scripted: async (): Promise<Draft | undefined> =>
      (await service.script?.(deploymentRequest, exchange))?.draft,
  };
}
