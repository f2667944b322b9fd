import type { TargetState } from '../quota/quota.ts';
import type { StoreNews } from './last-known.ts';

/** What an answer to `reserve` says for later. `taken` is what it has just granted. */
export function newsFrom(
  answer: readonly unknown[],
  { nowMs, taken }: { nowMs: number; taken: number },
): StoreNews {
  const [, , , serverMs, , , replicas, , epoch, tokenLimit, requestLimit, tokens, requests] = answer;
  const limitFrom = (text: unknown) => (text === '' ? undefined : Number(text));
  const leavingFrom = (text: unknown, more: number) =>
    String(text)
      .split(',')
      .map((part, place, all) => Number(part) + (place === all.length - 1 ? more : 0));
  return {
    known: {
      atMs: nowMs,
      replicas: Math.max(1, Number(replicas)),
      tokens: { limit: limitFrom(tokenLimit), leaving: leavingFrom(tokens, taken) },
      requests: { limit: limitFrom(requestLimit), leaving: leavingFrom(requests, taken > 0 ? 1 : 0) },
    },
    epoch: String(epoch),
    serverMs: Number(serverMs),
  };
}

/** The state of a target, as every answer ends with it. */
export function stateFrom(snapshot: unknown, nowMs: number): TargetState {
  const [circuit, attempts, failures, parkedFor, openFor, free] = snapshot as readonly unknown[];
  return {
    circuit: circuit as TargetState['circuit'],
    attempts: Number(attempts),
    failures: Number(failures),
    parkedUntilMs: Number(parkedFor) > 0 ? nowMs + Number(parkedFor) : 0,
    openUntilMs: Number(openFor) > 0 ? nowMs + Number(openFor) : 0,
    free: Number(free),
  };
}
