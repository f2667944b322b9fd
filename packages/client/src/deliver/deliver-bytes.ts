import type { Answer } from '../answer/answer.ts';
import type { Call } from '../engine/call.ts';
import { finishDelivery } from './delivery.ts';
import type { Delivery, DeliveryEnd } from './delivery.ts';
import type { Engine } from '../engine/engine.ts';

/** Passes bytes to the caller as they arrive. */
export function deliverBytes(engine: Engine, call: Call, { attempt, result }: Delivery<'bytes'>): Answer {
  const { response } = result;
  const { scope } = attempt;
  const idle = scope.idleTimer(call.settings.idleTimeoutMs, 'more of the answer');
  scope.limit(undefined, 'answer');
  scope.background();
  let state: 'open' | 'over' = 'open';

  function over(outcome: DeliveryEnd['outcome'], error?: unknown): void {
    if (state === 'over') return;
    state = 'over';
    idle.stop();
    finishDelivery(engine, call, { attempt, response, outcome, error });
  }

  function destroy(reason?: unknown): void {
    response.destroy(reason);
    over('aborted');
  }

  async function* body(): AsyncGenerator<Uint8Array, void> {
    try {
      idle.start();
      for await (const chunk of response.body) {
        idle.stop();
        yield chunk;
        idle.start();
      }
      over('ok');
    } catch (error) {
      over(call.cancellation.aborted ? 'aborted' : 'error', error);
      throw error;
    } finally {
      destroy();
    }
  }

  scope.signal.addEventListener('abort', () => {
    const reason: unknown = scope.signal.reason;
    response.destroy(reason);
    over(call.cancellation.aborted ? 'aborted' : 'error', reason);
  });
  return { status: response.status, headers: response.headers, body: body(), destroy };
}
