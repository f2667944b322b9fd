import type { Intervention } from '../service/intervention.ts';
import type { OperationRequest } from '../service/operation.ts';

/** Something that goes wrong. Made by a factory such as `rateLimited` and handed to `azure.fail`. */
export interface Fault {
  /** What goes wrong, for messages: `rateLimited`. */
  readonly name: string;
  /** What it does to a request. */
  intervention(request: OperationRequest): Intervention;
  /** For how long it closes the ports of the resources instead, from the moment it is scripted. */
  readonly refusesForMs?: number;
}
