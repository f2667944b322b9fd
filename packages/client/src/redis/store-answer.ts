import type { TargetState } from '../quota/quota.ts';
import type { Answer } from './protocol.ts';
import type { StoreNews } from './store-memory.ts';

/** The part of an answer to `reserve` that a replica remembers. */
export function newsFrom(answer: Answer<'reserve'>, nowMs: number): StoreNews {
  const limitFrom = (text: string) => (text === '' ? undefined : Number(text));
  return {
    known: {
      atMs: nowMs,
      replicas: Math.max(1, Number(answer.replicas)),
      tokens: { limit: limitFrom(answer.tokenLimit), leaving: answer.tokensLeaving.split(',').map(Number) },
      requests: {
        limit: limitFrom(answer.requestLimit),
        leaving: answer.requestsLeaving.split(',').map(Number),
      },
    },
    epoch: answer.epoch,
    serverMs: Number(answer.serverMs),
  };
}

/** Reads the state of a target, which every answer contains. */
export function stateFrom(answer: Answer<'reserve'> | Answer<'settle'>, nowMs: number): TargetState {
  const [parkedMs, openMs] = [Number(answer.parkedMs), Number(answer.openMs)];
  return {
    circuit: answer.circuit as TargetState['circuit'],
    attempts: Number(answer.attempts),
    failures: Number(answer.failures),
    parkedUntilMs: parkedMs > 0 ? nowMs + parkedMs : 0,
    openUntilMs: openMs > 0 ? nowMs + openMs : 0,
    free: Number(answer.free),
  };
}
