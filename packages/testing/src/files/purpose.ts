import type { OperationRequest } from '../service/operation.ts';
import { authoringRefusal } from './file-store.ts';

/** Purposes that a caller may give (v1 spec), with the two that OpenAI has besides. */
const purposes = ['assistants', 'batch', 'fine-tune', 'evals', 'user_data', 'vision'];

/** Refuses an unknown purpose. */
export function checkPurpose(request: OperationRequest, purpose: unknown): string {
  if (typeof purpose === 'string' && purposes.includes(purpose)) return purpose;
  const message =
    purpose === undefined
      ? "The 'purpose' field is required."
      : `Invalid value for 'purpose': ${JSON.stringify(purpose).slice(0, 100)}. Use one of ${purposes.join(', ')}.`;
  throw authoringRefusal(request, 400, { code: 'invalidPayload', message });
}
