import type { Intervention } from '../service/intervention.ts';
import type { OperationRequest } from '../service/operation.ts';

/** A fault for `azure.fail`. Create it with a factory such as `rateLimited`. */
export interface Fault {
  /** Its name in messages: `rateLimited`. */
  readonly name: string;
  /** What it does to a request. */
  intervention(request: OperationRequest): Intervention;
  /** How long it closes the ports of the resources instead, starting when it is scripted. */
  readonly refusesForMs?: number;
}
