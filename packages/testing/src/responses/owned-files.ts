import { livingFiles } from '../files/file-store.ts';
import type { OperationRequest } from '../service/operation.ts';
import { refuse } from '../service/parameter.ts';

/**
 * Refuses files that this resource does not have, with the text of the service (BerriAI/litellm#25759; the status is
 * not known).
 */
export function checkFiles(request: OperationRequest, ids: readonly unknown[]): void {
  const files = livingFiles(request);
  const strange = ids.map(String).filter((id) => !files.has(id));
  if (strange.length === 0) return;
  const list = strange.map((id) => id.slice(0, 200)).join(', ');
  const message = `Files [${list}] were not found due to ownership verification failure. Ensure the same AOAI resource is used to create and access files.`;
  throw refuse(message, null, null);
}
