import { latencyModel, type Latency } from '../latency.ts';
import type { OperationRequest } from './operation.ts';
import type { Pace } from './pace.ts';
import type { WireResponse } from './wire-response.ts';

/** Paces answers by a latency, or not at all. */
export function paceBy(
  latency: Latency,
): ((request: OperationRequest, response: WireResponse) => Pace | undefined) | undefined {
  const model = latencyModel(latency);
  if (model === undefined) return undefined;
  return ({ random }, response) => {
    // Refusals are sent at once.
    if (response.status >= 400) return undefined;
    const { firstTokenMs, nextTokenMs } = model(random.fork('latency'));
    if (response.kind === 'stream') return { firstMs: firstTokenMs, nextMs: nextTokenMs };
    // A whole answer is sent when its last token is ready.
    const tokens = response.usedTokens?.outputTokens ?? 0;
    return { firstMs: firstTokenMs + tokens * nextTokenMs(), nextMs: () => 0 };
  };
}
