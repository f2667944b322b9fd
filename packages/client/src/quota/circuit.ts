import type { CircuitRules } from './quota.ts';

/** A closed circuit lets every attempt pass, an open one none, a half-open one a single probe. */
export type Circuit =
  | { readonly state: 'closed'; readonly recent: readonly boolean[]; readonly openings: 0 }
  | { readonly state: 'open'; readonly untilMs: number; readonly openings: number }
  | { readonly state: 'half-open'; readonly openings: number };

export const closedCircuit: Circuit = { state: 'closed', recent: [], openings: 0 };

/** Whether an attempt may start, and whether it is the one probe of an open circuit whose time has come. */
export function mayAttempt(circuit: Circuit, nowMs: number): 'yes' | 'as-probe' | 'no' {
  if (circuit.state === 'closed') return 'yes';
  return circuit.state === 'open' && nowMs >= circuit.untilMs ? 'as-probe' : 'no';
}

/** The circuit while its one probe is under way. */
export function probing(circuit: Circuit): Circuit {
  return { state: 'half-open', openings: circuit.openings };
}

/** The circuit after an attempt that was no probe. */
export function afterAttempt(circuit: Circuit, ok: boolean, { rules, nowMs }: RulesAt): Circuit {
  // Attempts that began before the circuit opened may end while it is open: they do not change it.
  if (circuit.state !== 'closed') return circuit;
  if (ok && circuit.recent.length === 0) return circuit;
  const recent = [...circuit.recent, !ok].slice(-rules.window);
  const failures = recent.filter(Boolean).length;
  if (failures >= rules.failures) return opened(1, { rules, nowMs });
  return failures === 0 ? closedCircuit : { state: 'closed', recent, openings: 0 };
}

/** The circuit after its probe. A probe that ends without a verdict lets the next one try at once. */
export function afterProbe(circuit: Circuit, result: 'ok' | 'failed' | 'unknown', rules: RulesAt): Circuit {
  if (result === 'ok') return closedCircuit;
  const { openings } = circuit;
  if (result === 'unknown') return { state: 'open', untilMs: rules.nowMs, openings };
  return opened(openings + 1, rules);
}

interface RulesAt {
  readonly rules: CircuitRules;
  readonly nowMs: number;
}

function opened(openings: number, { rules, nowMs }: RulesAt): Circuit {
  const openMs = Math.min(rules.maxOpenMs, rules.openMs * 2 ** Math.min(openings - 1, 30));
  return { state: 'open', untilMs: nowMs + openMs, openings };
}
